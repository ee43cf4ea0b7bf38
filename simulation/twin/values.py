"""The twin's people, calls and wishes, as values.

What the system would know of somebody (``Guard``) and what nobody knows (``Character``) are two classes, so that no
policy is ever handed the second.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal, Protocol

from dispatch.scenarios.spec import NeedSpec
from geo.crs import Position


@dataclass(frozen=True, kw_only=True)
class Post:
    """A gate that keeps ``minimum`` people; ``number`` is its place in the list."""

    number: int
    post_id: uuid.UUID
    minimum: int


@dataclass(frozen=True, kw_only=True)
class Guard:
    """As the system knows him. ``shift``: hours of the day, local, between which he works; ``day_off``: 0-6 or None."""

    number: int
    responder_id: uuid.UUID
    home: Position
    post: int | None = None
    skills: tuple[str, ...] = ()
    mobility: str = "foot"
    shift: tuple[int, int] = (0, 24)
    day_off: int | None = None


@dataclass(frozen=True, kw_only=True)
class Character:
    """What only the simulation knows. Shares 0-1, seconds are medians.

    ``accepts``: of the offers that his phone shows; ``ignores``: of those that he does not accept, the rest he
    declines; ``outages``: chance per hour that his phone falls silent for a while.
    """

    accepts: float
    ignores: float = 0.5
    answer_s: float = 12.0
    turnout_s: float = 102.0
    pace: float = 1.0
    outages: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Call:
    """One incident: when (seconds since 1970), where, and which helpers it needs."""

    number: int
    at_s: float
    position: Position
    scenario: str
    needs: tuple[NeedSpec, ...]


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What one guard does about one offer; seconds from the step before. None: it does not happen."""

    #: until his phone has it by the first channel, and by the next one after that was tried
    received_s: float | None
    next_channel_s: float | None = None
    answer: Literal["accept", "decline", "none"] = "none"
    answer_s: float = 10.0
    turnout_s: float = 60.0
    #: his time on the way over what is reckoned with
    pace: float = 1.0
    withdraws: bool = False
    #: goes on although his shift ends
    stays: bool = True
    work_s: float = 300.0


class Crowd(Protocol):
    """How people are. The policies under test never see one."""

    def react(self, call: Call, guard: Guard, at_s: float) -> Reaction:
        """What ``guard`` does when he is asked at ``at_s``."""

    def silent_since(self, guard: Guard, at_s: float) -> float | None:
        """When his phone fell silent, if it is; the server knows that by the age of its last fix."""


#: (east, north) metres off and the accuracy that the phone states
Blur = tuple[float, float, float]
