"""Whom other settings of a scenario would have asked: the stored inputs, the same choice. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dispatch.matching.rank import replay
from dispatch.matching.values import Inputs, NeedValue, Plan
from dispatch.scenarios.spec import NeedSpec

#: the matcher looked so many times the radius far; who stood farther away is not known
LOOKED = 1.5


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One need of one past incident, as it was decided and as it would have been.

    ``beyond_known``: the new radius reaches farther than anybody looked then.
    """

    before: tuple[uuid.UUID, ...]
    after: tuple[uuid.UUID, ...]
    short_before: int
    short_after: int
    beyond_known: bool

    @property
    def added(self) -> tuple[uuid.UUID, ...]:
        return tuple(id_ for id_ in self.after if id_ not in self.before)

    @property
    def left_out(self) -> tuple[uuid.UUID, ...]:
        return tuple(id_ for id_ in self.before if id_ not in self.after)


def compare(inputs: Inputs, stored: Plan, wanted: NeedSpec | None) -> Compared:
    """``wanted`` None: the new settings ask nobody of this kind."""
    before = tuple(one.responder_id for one in stored.chosen)
    if wanted is None:
        return Compared(before=before, after=(), short_before=stored.short_of, short_after=0, beyond_known=False)
    plan = replay(replace(inputs, need=_changed(inputs, wanted)))
    return Compared(
        before=before,
        after=tuple(one.responder_id for one in plan.chosen),
        short_before=stored.short_of,
        short_after=plan.short_of,
        beyond_known=wanted.radius_m > inputs.need.radius_m * LOOKED,
    )


def _changed(inputs: Inputs, wanted: NeedSpec) -> NeedValue:
    return replace(
        inputs.need,
        skills=tuple(sorted(wanted.skills)),
        places=wanted.needed,
        waiting=0,
        pending=(),
        alert_factor=wanted.alert_factor,
        radius_m=float(wanted.radius_m),
        accept_s=None if inputs.need.accept_s is None else float(wanted.accept_s),
    )


def find_wanted(needs: Sequence[NeedSpec], *, kind: str, skills: Sequence[str]) -> NeedSpec | None:
    """The need of the new settings that stands for one of then: of the same kind, best with the same skills."""
    of_kind = [need for need in needs if need.kind == kind]
    same = [need for need in of_kind if sorted(need.skills) == sorted(skills)]
    chosen = same or of_kind
    return chosen[0] if chosen else None
