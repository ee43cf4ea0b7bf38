"""What the server refuses, as a typed exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A problem+json answer. ``slug`` is the stable last part of its type, ``title`` and ``hint`` are Chinese."""

    slug: str
    title: str
    status: int
    detail: str = ""
    hint: str = ""
    instance: str = ""
    faults: list[dict[str, str]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, body: Any, *, status: int) -> Problem:
        """From the members of an answer, whatever they are."""
        members = dict(body) if isinstance(body, dict) else {}
        known = {name: str(members.pop(name, "")) for name in ("title", "detail", "hint", "instance")}
        slug = str(members.pop("type", "")).rpartition("/")[2] or f"http-{status}"
        members.pop("status", None)
        faults = members.pop("errors", None) or []
        return cls(slug=slug, status=status, faults=list(faults), extra=members, **known)


class Refused(Exception):
    """The server said no. ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.slug}: {problem.detail or problem.title}")
        self.problem = problem

    @property
    def slug(self) -> str:
        return self.problem.slug

    @property
    def status(self) -> int:
        return self.problem.status


class Unreachable(Exception):
    """No answer came, after all tries."""
