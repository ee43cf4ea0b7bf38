"""Should another one go instead of somebody who is on his way? Values in, a value out.

Whoever goes keeps going unless the other gains a good deal: both an absolute and a relative threshold. Who is almost
there, or is there, is never sent back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import TypeAdapter


class Cause(StrEnum):
    """Why a swap is proposed (换人原因)."""

    NEARER = "nearer"
    STALLED = "stalled"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class SwapRules:
    """This project's judgement; seconds and metres."""

    #: nearer than this he is as good as there
    near_s: float = 90.0
    near_m: float = 100.0
    #: the gain must reach both
    gain_s: float = 120.0
    gain_share: float = 0.4
    #: without coming nearer for so long he has stopped; before he has set out he may take twice that
    stall_s: float = 120.0
    #: without a position for so long nobody knows where he is
    silent_s: float = 90.0
    #: what a halt or a silence is expected to cost
    lost_s: float = 300.0
    #: until somebody of whom nothing is known may be there
    unknown_s: float = 900.0
    #: after a proposal was decided on or lapsed there is no other for that order within
    again_s: float = 300.0


@dataclass(frozen=True, kw_only=True)
class Traveller:
    """Somebody with a live order. ``remaining_*``: his way from where he was last; None: no place is known.

    ``progressed_at``: when he last came nearer to his target; ``captured_at``: his last fix.
    """

    state: Literal["accepted", "en_route"]
    accepted_at: datetime
    remaining_s: float | None
    remaining_m: float | None
    progressed_at: datetime | None
    captured_at: datetime | None
    #: when the last proposal about his order was decided on, or lapsed
    decided_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Other:
    """Somebody free who could go. ``eta_s``: turnout and way."""

    responder_id: uuid.UUID
    eta_s: float


@dataclass(frozen=True, kw_only=True)
class Swap:
    """The proposal: who, why, and seconds until the one who goes (``expected_s``) and the other would be there."""

    to_responder_id: uuid.UUID
    cause: Cause
    expected_s: float
    eta_s: float


def decide(traveller: Traveller, others: Collection[Other], rules: SwapRules, now: datetime) -> Swap | None:
    """The swap that is worth it, or none."""
    if traveller.decided_at is not None and now - traveller.decided_at < timedelta(seconds=rules.again_s):
        return None
    if _is_near(traveller, rules) or not others:
        return None
    cause = find_cause(traveller, rules, now)
    best = min(others, key=lambda other: (other.eta_s, other.responder_id))
    expected_s = _expected_s(traveller, cause, rules)
    gain_s = expected_s - best.eta_s
    if gain_s < rules.gain_s or gain_s < rules.gain_share * expected_s:
        return None
    return Swap(
        to_responder_id=best.responder_id, cause=cause, expected_s=round(expected_s, 1), eta_s=round(best.eta_s, 1)
    )


def find_cause(traveller: Traveller, rules: SwapRules, now: datetime) -> Cause:
    """What is wrong with how he gets on; NEARER: nothing."""
    heard_at = max(filter(None, (traveller.captured_at, traveller.accepted_at)))
    if now - heard_at >= timedelta(seconds=rules.silent_s):
        return Cause.SILENT
    moved_at = max(filter(None, (traveller.progressed_at, traveller.accepted_at)))
    patience_s = rules.stall_s * (2 if traveller.state == "accepted" else 1)
    return Cause.STALLED if now - moved_at >= timedelta(seconds=patience_s) else Cause.NEARER


def _is_near(traveller: Traveller, rules: SwapRules) -> bool:
    by_time = traveller.remaining_s is not None and traveller.remaining_s <= rules.near_s
    return by_time or (traveller.remaining_m is not None and traveller.remaining_m <= rules.near_m)


def _expected_s(traveller: Traveller, cause: Cause, rules: SwapRules) -> float:
    if traveller.remaining_s is None:
        return rules.unknown_s
    return traveller.remaining_s + (0.0 if cause is Cause.NEARER else rules.lost_s)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a proposal stands: what became of the order it is about, of the other one, and of his new order."""

    state: str
    cause: Cause
    proposed_at: datetime
    lapses_at: datetime
    travelling: bool
    near: bool
    other_free: bool
    progressed_at: datetime | None
    captured_at: datetime | None
    new_order_counts: bool
    new_order_ended: bool


def next_event(standing: Standing, now: datetime) -> str | None:
    """What time and events do to a proposal: "lapse", "settle" or nothing."""
    if standing.state == "accepted":
        if standing.new_order_counts:
            return "settle"
        return "lapse" if standing.new_order_ended else None
    # who was silent is heard again, who stood still moves: the reason is gone
    since = standing.progressed_at if standing.cause is Cause.STALLED else standing.captured_at
    recovered = standing.cause is not Cause.NEARER and since is not None and since > standing.proposed_at
    over = not standing.travelling or standing.near or not standing.other_free or recovered
    return "lapse" if over or now >= standing.lapses_at else None


@dataclass(frozen=True, kw_only=True)
class SwapInputs:
    """All that a proposal was made from: with it the decision can be made again."""

    traveller: Traveller
    others: tuple[Other, ...]
    rules: SwapRules
    now: datetime


_INPUTS = TypeAdapter(SwapInputs)


def replay(inputs: SwapInputs) -> Swap | None:
    """The decision that these inputs lead to, then as now."""
    return decide(inputs.traveller, inputs.others, inputs.rules, inputs.now)


def write_inputs(inputs: SwapInputs) -> dict[str, Any]:
    """JSON."""
    written: dict[str, Any] = _INPUTS.dump_python(inputs, mode="json")
    return written


def read_inputs(value: dict[str, Any]) -> SwapInputs:
    return _INPUTS.validate_python(value)
