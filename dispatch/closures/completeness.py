"""How much of an incident's course is evidence: measured, only inferred or stated, or missing. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dispatch.closures.facts import Facts, Mark, OrderFacts

_OF_INCIDENT = ("received", "dispatched", "arrived", "handled", "feedback")
#: of an order that somebody took: from the moment it went out to the moment he was done
_OF_ORDER = ("offered", "received", "shown", "accepted", "en_route", "arrived")


class Evidence(StrEnum):
    """How a milestone is known."""

    MEASURED = "measured"  #: 实测
    INFERRED = "inferred"  #: 推定
    STATED = "stated"  #: 填报
    MISSING = "missing"  #: 缺失


@dataclass(frozen=True, kw_only=True)
class Item:
    """One milestone that a complete closure has; ``order_id`` None: of the incident itself."""

    name: str
    evidence: Evidence
    at: datetime | None
    order_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """``score``: the share of expected milestones that were measured, 0 to 1; the rest is in ``items``."""

    score: float
    items: tuple[Item, ...]

    def count(self, evidence: Evidence) -> int:
        """How many milestones are known that way."""
        return sum(item.evidence is evidence for item in self.items)


def completeness(facts: Facts) -> Completeness:
    """Judge the present round: the incident's milestones and those of every order that somebody took.

    Statistics use measured milestones only; a typed or back-stamped time never improves a figure.
    """
    expected = [*_OF_INCIDENT, *(["closed"] if facts.state == "closed" else [])]
    items = [_item(name, facts.marks.get(name)) for name in expected]
    for order in facts.orders:
        if "accepted" not in order.marks:
            continue
        items += [_item(name, order.marks.get(name), order.id) for name in _expected_of(order)]
    measured = sum(item.evidence is Evidence.MEASURED for item in items)
    return Completeness(score=measured / len(items), items=tuple(items))


def _expected_of(order: OrderFacts) -> list[str]:
    if order.stopped_at is not None:
        # who was called off on his way need not have arrived
        return [name for name in _OF_ORDER if name in order.marks or name not in ("en_route", "arrived")]
    return [*_OF_ORDER, *(["completed"] if order.state in ("completed", "rated") else [])]


def _item(name: str, mark: Mark | None, order_id: uuid.UUID | None = None) -> Item:
    if mark is None:
        return Item(name=name, evidence=Evidence.MISSING, at=None, order_id=order_id)
    return Item(name=name, evidence=Evidence(mark.how), at=mark.at, order_id=order_id)
