"""State machines as tables that one can read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from kit.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class TransitionRefused(Conflict):
    """This step is not possible from the present state."""

    slug, title = "transition-refused", "当前状态不允许此操作"

    def __init__(self, detail: str | None = None, *, state_label: str | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        if state_label is not None:
            self.extra["state_label"] = state_label
            self.hint = f"当前为“{state_label}”；请刷新后按此状态办理。"


@dataclass(frozen=True)
class T(Generic[S]):
    """``event`` leads from ``source`` to ``target``; ``by`` names who may cause it."""

    event: str
    source: S
    target: S
    by: tuple[str, ...]


class StateTable(Generic[S]):
    """A set of transitions; for one state an event leads to one target."""

    def __init__(self, name: str, initial: S, rows: Iterable[T[S]], *, names: Mapping[S, str] | None = None) -> None:
        """``names``: the states as the people who meet a refusal call them."""
        self.name = name
        self._names = names or {}
        self.initial = initial
        self.rows = tuple(rows)
        self._targets: dict[tuple[str, S], T[S]] = {}
        for row in self.rows:
            key = (row.event, row.source)
            if key in self._targets:
                raise ValueError(f"{name}: two targets for {row.event} from {row.source}")
            self._targets[key] = row

    def target(self, event: str, source: S, *, by: str) -> S:
        """Where ``event`` leads from ``source``; raises TransitionRefused when it leads nowhere for this actor."""
        row = self._targets.get((event, source))
        if row is None or by not in row.by:
            raise TransitionRefused(
                f"{self.name}: {event} is not possible from {source}",
                state_label=self._names.get(source),
                state=str(source),
            )
        return row.target

    def allows(self, event: str, source: S) -> bool:
        return (event, source) in self._targets

    def events_from(self, source: S) -> tuple[str, ...]:
        return tuple(row.event for row in self.rows if row.source == source)

    def edges(self) -> frozenset[tuple[S, S]]:
        """The pairs (from, to) that the database's own table must allow."""
        return frozenset((row.source, row.target) for row in self.rows)

    def terminal(self) -> frozenset[S]:
        """States that no event leaves."""
        states = set(type(self.initial))
        return frozenset(states - {row.source for row in self.rows})

    def mermaid(self) -> str:
        """The diagram for docs/states/."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {r.source} --> {r.target}: {r.event} ({', '.join(r.by)})" for r in self.rows]
        lines += [f"    {s} --> [*]" for s in sorted(self.terminal())]
        return "\n".join(lines) + "\n"
