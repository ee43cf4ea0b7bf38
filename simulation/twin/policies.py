"""Who is asked: the real choice, and the simple ones that it is measured against.

A policy is handed ``Inputs``, which is what the real matcher gets, and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.matching.rank import replay
from dispatch.matching.values import Candidate, Inputs
from dispatch.scenarios.spec import NeedSpec


@dataclass(frozen=True)
class Choice:
    """``wanted`` in the order in which they are asked, ``count`` of them now."""

    wanted: Sequence[uuid.UUID]
    count: int


NOBODY = Choice((), 0)


class Policy(Protocol):
    """A rule of choosing. ``claims``: a place is given once, the others are stood down; without it everybody who
    accepts goes. ``widens``: when nobody is left, once more in twice the radius."""

    name: str
    claims: bool
    widens: bool
    ways: bool

    def adapt(self, spec: NeedSpec) -> NeedSpec:
        """The need as this policy's scenario has it."""

    def choose(self, inputs: Inputs) -> Choice:
        """Whom to ask now."""


@dataclass(frozen=True, kw_only=True)
class Ours:
    """The system's own choice: the very function that dispatches."""

    name: str = "ours"
    claims: bool = True
    widens: bool = True
    ways: bool = True
    alert_factor: float | None = None
    radius_m: int | None = None

    def adapt(self, spec: NeedSpec) -> NeedSpec:
        changed = {"alert_factor": self.alert_factor, "radius_m": self.radius_m}
        return spec.model_copy(update={name: value for name, value in changed.items() if value is not None})

    def choose(self, inputs: Inputs) -> Choice:
        plan = replay(inputs)
        return Choice([scored.responder_id for scored in (*plan.chosen, *plan.reserves)], plan.ask)


@dataclass(frozen=True, kw_only=True)
class _Simple:
    name: str
    claims: bool = False
    widens: bool = False
    ways: bool = False
    radius_m: int | None = None

    def adapt(self, spec: NeedSpec) -> NeedSpec:
        return spec if self.radius_m is None else spec.model_copy(update={"radius_m": self.radius_m})

    def _near(self, inputs: Inputs) -> list[uuid.UUID]:
        fit = [candidate for candidate in inputs.candidates if _may_be_asked(candidate, inputs)]
        fit.sort(key=lambda candidate: (candidate.distance_m, candidate.responder_id))
        return [candidate.responder_id for candidate in fit]


@dataclass(frozen=True, kw_only=True)
class Nearest(_Simple):
    """The nearest by a straight line, one after the other, through all within the radius."""

    name: str = "nearest"
    claims: bool = True

    def choose(self, inputs: Inputs) -> Choice:
        return Choice(self._near(inputs), max(0, inputs.need.places - inputs.need.waiting))


@dataclass(frozen=True, kw_only=True)
class Broadcast(_Simple):
    """Everybody within the radius at once."""

    name: str = "broadcast"

    def choose(self, inputs: Inputs) -> Choice:
        near = self._near(inputs)
        return Choice(near, len(near)) if inputs.need.places > 0 else NOBODY


@dataclass(frozen=True, kw_only=True)
class Several(_Simple):
    """The ``k`` nearest by a straight line at once; when all of them have answered in vain, the next ``k``."""

    name: str = "several"
    k: int = 5

    def choose(self, inputs: Inputs) -> Choice:
        idle = inputs.need.places > 0 and inputs.need.waiting == 0
        return Choice(self._near(inputs), self.k) if idle else NOBODY


def _may_be_asked(candidate: Candidate, inputs: Inputs) -> bool:
    """What any system sees to: on duty, free, able, not asked before, within the radius."""
    return (
        candidate.on_duty
        and not candidate.engaged
        and not candidate.asked
        and candidate.distance_m is not None
        and candidate.distance_m <= inputs.need.radius_m
        and set(inputs.need.skills) <= set(candidate.skills)
    )
