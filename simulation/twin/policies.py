"""The simple ways to choose that the real one is measured against, and what all of them have in common.

A policy is handed what the real matcher gets, and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.matching.learning import LogRow
from dispatch.matching.values import Candidate, Inputs
from dispatch.scenarios.spec import NeedSpec
from simulation.twin.sight import Question


@dataclass(frozen=True)
class Choice:
    """``wanted`` in the order in which they are asked, ``count`` of them now. ``chances`` that they were given."""

    wanted: Sequence[uuid.UUID]
    count: int
    chances: dict[uuid.UUID, float] | None = None


NOBODY = Choice((), 0)


class Policy(Protocol):
    """A rule of choosing. ``claims``: a place is given once, the others are stood down; without it everybody who
    accepts goes. ``widens``: when nobody is left, once more in twice the radius. ``ways``: wants travel times."""

    @property
    def name(self) -> str: ...
    @property
    def claims(self) -> bool: ...
    @property
    def widens(self) -> bool: ...
    @property
    def ways(self) -> bool: ...

    def adapt(self, spec: NeedSpec) -> NeedSpec:
        """The need as this policy's scenario has it."""

    def hear(self, row: LogRow) -> None:
        """An order has ended with an answer or without one: all that a policy ever learns."""

    def choose(self, team: Sequence[Question]) -> list[Choice]:
        """Whom to ask now for each need of one incident."""


@dataclass(frozen=True, kw_only=True)
class _Simple:
    """``posts``: nobody is taken from a gate that is at its minimum."""

    name: str
    claims: bool = False
    posts: bool = False
    widens: bool = True
    ways: bool = False
    radius_m: int | None = None

    def adapt(self, spec: NeedSpec) -> NeedSpec:
        return spec if self.radius_m is None else spec.model_copy(update={"radius_m": self.radius_m})

    def hear(self, row: LogRow) -> None:
        """Nothing is learned."""

    def choose(self, team: Sequence[Question]) -> list[Choice]:
        return [self._choose(question.inputs) for question in team]

    def _choose(self, inputs: Inputs) -> Choice:
        raise NotImplementedError

    def _near(self, inputs: Inputs) -> list[uuid.UUID]:
        fit = [candidate for candidate in inputs.candidates if self._may_be_asked(candidate, inputs)]
        fit.sort(key=lambda candidate: (candidate.distance_m, candidate.responder_id))
        return [candidate.responder_id for candidate in fit]

    def _may_be_asked(self, candidate: Candidate, inputs: Inputs) -> bool:
        bare = self.posts and candidate.post_spare is not None and candidate.post_spare < 1
        return not candidate.asked and not bare and set(inputs.need.skills) <= set(candidate.skills)


@dataclass(frozen=True, kw_only=True)
class Nearest(_Simple):
    """The nearest by a straight line, one after the other, through all within the radius."""

    name: str = "nearest"
    claims: bool = True

    def _choose(self, inputs: Inputs) -> Choice:
        return Choice(self._near(inputs), max(0, inputs.need.places - inputs.need.waiting))


@dataclass(frozen=True, kw_only=True)
class Broadcast(_Simple):
    """Everybody within the radius at once."""

    name: str = "broadcast"

    def _choose(self, inputs: Inputs) -> Choice:
        near = self._near(inputs)
        return Choice(near, len(near)) if inputs.need.places > 0 else NOBODY


@dataclass(frozen=True, kw_only=True)
class Several(_Simple):
    """The ``k`` nearest by a straight line at once; when all of them have answered in vain, the next ``k``."""

    name: str = "several"
    k: int = 5

    def _choose(self, inputs: Inputs) -> Choice:
        idle = inputs.need.places > 0 and inputs.need.waiting == 0
        return Choice(self._near(inputs), self.k) if idle else NOBODY
