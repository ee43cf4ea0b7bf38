"""What is known about the course of one incident, as values; and the stages and intervals that follow from it. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.closures.bands import departure_band, feedback_band, signing_band
from dispatch.closures.overdue import Stage, StageName

#: an order that ended here was not carried out; when it ended is where its stages stop
_NOT_CARRIED_OUT = frozenset({"declined", "expired", "stood_down", "cancelled", "failed"})


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A milestone: when, and how it is known (measured, inferred, stated)."""

    at: datetime
    how: str


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """One order of the incident."""

    id: uuid.UUID
    police: bool
    state: str
    offered_at: datetime
    ended_at: datetime | None
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def at(self, name: str) -> datetime | None:
        """When a milestone was passed."""
        mark = self.marks.get(name)
        return mark.at if mark is not None else None

    @property
    def stopped_at(self) -> datetime | None:
        """When it ended without having been carried out."""
        return self.ended_at if self.state in _NOT_CARRIED_OUT else None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The present round of one incident. ``returned_at``: the last return of a form not handed in again since."""

    id: uuid.UUID
    state: str
    received_at: datetime
    marks: Mapping[str, Mark]
    orders: tuple[OrderFacts, ...] = ()
    form_submitted_at: datetime | None = None
    returned_at: datetime | None = None

    def at(self, name: str) -> datetime | None:
        """When a milestone of the incident was passed."""
        mark = self.marks.get(name)
        return mark.at if mark is not None else None


def list_stages(facts: Facts) -> list[Stage]:
    """Every stage that has begun."""
    return [*_order_stages(facts), *_incident_stages(facts)]


def _order_stages(facts: Facts) -> Iterator[Stage]:
    for order in facts.orders:
        if order.police:
            # an order that was called off before it was signed is late only if it was late by then
            signed = order.at("accepted") or order.stopped_at
            left = order.at("en_route") or order.at("arrived") or order.stopped_at or order.ended_at
            yield Stage(name=StageName.SIGN, since=order.offered_at, done_at=signed, order_id=order.id)
            yield Stage(name=StageName.DEPART, since=order.offered_at, done_at=left, order_id=order.id)
        elif order.state in ("completed", "rated") and order.ended_at is not None:
            yield Stage(name=StageName.RATING, since=order.ended_at, done_at=order.at("rated"), order_id=order.id)


def _incident_stages(facts: Facts) -> Iterator[Stage]:
    dispatched, arrived, handled = facts.at("dispatched"), facts.at("arrived"), facts.at("handled")
    # handled without a known arrival: the arrival is missing, which is another fault than late
    if dispatched is not None and (arrived is not None or handled is None) and facts.state not in _ENDED_EARLY:
        yield Stage(name=StageName.ARRIVE, since=dispatched, done_at=arrived)
    ordered = dispatched or handled
    if facts.returned_at is not None:
        yield Stage(name=StageName.FEEDBACK, since=facts.returned_at)
    elif ordered is not None and facts.state not in _ENDED_EARLY:
        yield Stage(name=StageName.FEEDBACK, since=ordered, done_at=facts.form_submitted_at)
    if facts.form_submitted_at is not None and facts.returned_at is None:
        yield Stage(name=StageName.REVIEW, since=facts.form_submitted_at, done_at=facts.at("closed"))


_ENDED_EARLY = frozenset({"cancelled", "merged", "unstaffed"})


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Seconds between two milestones; None when an end is missing or they are the wrong way round, never 0 for that.

    ``measured``: both ends were measured, so that statistics may use it.
    """

    name: str
    seconds: float | None
    measured: bool
    band: str | None = None
    order_id: uuid.UUID | None = None


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """None when an end is missing or the interval is negative."""
    if start is None or end is None or end < start:
        return None
    return (end - start).total_seconds()


def list_intervals(facts: Facts) -> list[Interval]:
    """The intervals of leaders' reports, for the incident and for each police order."""
    found = [
        measure("dispatching", facts.marks, "received", "dispatched"),
        measure("arrival", facts.marks, "dispatched", "arrived"),
        measure("handling", facts.marks, "arrived", "handled"),
        _with_band(measure("feedback", facts.marks, "dispatched", "feedback")),
        measure("total", facts.marks, "received", "closed"),
    ]
    for order in facts.orders:
        if order.police:
            found.append(_with_band(measure("signing", order.marks, "offered", "accepted", order.id)))
            found.append(_with_band(measure("departure", order.marks, "offered", "en_route", order.id)))
        found.append(measure("on_the_way", order.marks, "en_route", "arrived", order.id))
    return found


def measure(name: str, marks: Mapping[str, Mark], start: str, end: str, order_id: uuid.UUID | None = None) -> Interval:
    """Between two milestones."""
    first, last = marks.get(start), marks.get(end)
    seconds = seconds_between(first.at if first else None, last.at if last else None)
    measured = seconds is not None and first is not None and last is not None and first.how == last.how == "measured"
    return Interval(name=name, seconds=seconds, measured=measured, order_id=order_id)


_BANDS = {"signing": signing_band, "departure": departure_band, "feedback": feedback_band}


def _with_band(interval: Interval) -> Interval:
    return Interval(**{**vars(interval), "band": _BANDS[interval.name](interval.seconds)})
