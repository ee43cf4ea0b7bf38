"""What came of many incidents, in numbers. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TAKEN = frozenset({"accepted", "en_route", "arrived", "completed", "rated"})
#: shown as (name, from, to) of an order; police and helpers apart
_ORDER_INTERVALS = (
    ("offer_to_receipt", "offered", "received"),
    ("offer_to_shown", "offered", "shown"),
    ("offer_to_accepted", "offered", "accepted"),
    ("accepted_to_arrived", "accepted", "arrived"),
)


@dataclass(frozen=True)
class Mark:
    """When, and how that is known."""

    at: datetime
    how: str


@dataclass(frozen=True)
class Course:
    """One order: its mode, its end, its milestones."""

    mode: str
    state: str
    marks: Mapping[str, Mark]


@dataclass(frozen=True)
class Outcome:
    """One call: how it ended, what it took."""

    state: str
    marks: Mapping[str, Mark] = field(default_factory=dict)
    orders: Sequence[Course] = ()
    alarms: int = 0


def read_outcome(closure: Mapping[str, Any], modes: Mapping[str, str], *, alarms: int) -> Outcome:
    """From the API's closure of an incident; ``modes`` by order id."""
    return Outcome(
        state=str(closure["closure"]["state"]),
        marks=_marks(closure["milestones"]),
        orders=[
            Course(modes.get(order["id"], "offer"), order["state"], _marks(order["milestones"]))
            for order in closure["orders"]
        ],
        alarms=alarms,
    )


def summarize(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Calls, how they ended, shares, and intervals in wall seconds from measured milestones only."""
    helpers = [order for outcome in outcomes for order in outcome.orders if order.mode == "offer"]
    answered = [order for order in helpers if order.state in TAKEN or order.state == "declined"]
    return {
        "calls": len(outcomes),
        "closed": sum(outcome.state == "closed" for outcome in outcomes),
        "unstaffed": sum(outcome.state == "unstaffed" for outcome in outcomes),
        "still_open": sum(outcome.state not in ("closed", "unstaffed", "cancelled", "merged") for outcome in outcomes),
        "alarmed": sum(outcome.alarms > 0 for outcome in outcomes),
        "orders": sum(len(outcome.orders) for outcome in outcomes),
        "helpers_asked": len(helpers),
        "acceptance": _share(sum(order.state in TAKEN for order in answered), len(answered)),
        "alerts_per_incident": round(len(helpers) / len(outcomes), 2) if outcomes else None,
        "intervals_s": _intervals(outcomes),
    }


def _intervals(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for who, mode in (("police", "command"), ("helper", "offer")):
        marks = [order.marks for outcome in outcomes for order in outcome.orders if order.mode == mode]
        for name, start, end in _ORDER_INTERVALS:
            found[f"{who}_{name}"] = quantiles(_between(each, start, end) for each in marks)
    found["dispatch_to_first_arrival"] = quantiles(_to_first_arrival(outcome) for outcome in outcomes)
    for start, end in (("received", "dispatched"), ("received", "closed")):
        found[f"{start}_to_{end}"] = quantiles(_between(outcome.marks, start, end) for outcome in outcomes)
    return found


def quantiles(values: Iterable[float | None]) -> dict[str, Any]:
    """Count, p50 and p90 by nearest rank; what was not measured is not counted."""
    known = sorted(value for value in values if value is not None)
    return {"n": len(known), "p50": _rank(known, 0.5), "p90": _rank(known, 0.9)}


def _rank(known: Sequence[float], share: float) -> float | None:
    return round(known[max(0, math.ceil(share * len(known)) - 1)], 2) if known else None


def _between(marks: Mapping[str, Mark], start: str, end: str) -> float | None:
    one, other = marks.get(start), marks.get(end)
    if one is None or other is None or one.how != "measured" or other.how != "measured":
        return None
    return (other.at - one.at).total_seconds()


def _to_first_arrival(outcome: Outcome) -> float | None:
    dispatched = outcome.marks.get("dispatched")
    arrivals = [order.marks["arrived"] for order in outcome.orders if "arrived" in order.marks]
    if dispatched is None or not arrivals:
        return None
    first = min(arrivals, key=lambda mark: mark.at)
    return (first.at - dispatched.at).total_seconds() if first.how == dispatched.how == "measured" else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _marks(milestones: Iterable[Mapping[str, Any]]) -> dict[str, Mark]:
    return {each["name"]: Mark(datetime.fromisoformat(each["at"]), each["how"]) for each in milestones}
