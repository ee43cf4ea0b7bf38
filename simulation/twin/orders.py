"""Incidents, needs and orders of the twin; an order moves by the real table of states only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dispatch.escalation.steps import Watched
from dispatch.orders.states import LIVE, OPEN, ORDER, UNANSWERED, OrderState
from dispatch.scenarios.spec import NeedSpec
from kit.actor import Role
from simulation.twin.agenda import Agenda
from simulation.twin.values import Call, Guard, Reaction


@dataclass(eq=False)
class Need:
    """As the row of the same name; times are seconds since 1970."""

    incident: Incident
    spec: NeedSpec
    radius_m: float
    needed: int
    accepted: int = 0
    arrived: int = 0
    widened: bool = False
    state: str = "open"
    retry_s: float | None = None
    orders: list[Order] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """Asked and not answered."""
        return sum(1 for order in self.orders if order.state in UNANSWERED)


@dataclass(eq=False)
class Order:
    """One guard asked for one need."""

    need: Need
    guard: Guard
    reaction: Reaction
    offered_s: float
    receipt_due_s: float | None
    accept_due_s: float | None
    #: the chance to accept that he was given
    predicted: float | None = None
    state: OrderState = OrderState.OFFERED
    reminders: int = 0
    reason: str = ""
    accepted_s: float | None = None
    departed_s: float | None = None
    arrived_s: float | None = None
    ended_s: float | None = None
    #: when a fix near the scene was first seen
    seen_s: float | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def fire(self, event: str, agenda: Agenda, *, by: Role, reason: str = "") -> None:
        """Move by the table; raises TransitionRefused."""
        self.state = ORDER.target(event, self.state, by=by)
        self.reason = reason or self.reason
        if self.state is not OrderState.OFFERED:
            self.receipt_due_s = None
        if self.state not in UNANSWERED:
            self.accept_due_s = None
        if self.state not in OPEN:
            self.ended_s = agenda.now_s
        if self.state is OrderState.ACCEPTED:
            self.accepted_s = agenda.now_s


@dataclass(eq=False)
class Incident:
    """A call and what became of it."""

    call: Call
    needs: list[Need] = field(default_factory=list)
    first_arrival_s: float | None = None
    ended_s: float | None = None
    short: bool = False
    #: arrived although the need was full, or turned back on the way
    needless: int = 0

    @property
    def orders(self) -> Iterator[Order]:
        for need in self.needs:
            yield from need.orders


def watched(order: Order, agenda: Agenda, *, off_duty: bool) -> Watched:
    """The order as the real table of next steps reads it."""
    return Watched(
        state=order.state,
        receipt_due_at=None if order.receipt_due_s is None else agenda.instant(order.receipt_due_s),
        accept_due_at=None if order.accept_due_s is None else agenda.instant(order.accept_due_s),
        reminders=order.reminders,
        off_duty=off_duty,
    )
