"""The desk: opens needs, asks, counts acceptances, does what is due. The real rules, on values instead of rows.

What decides is the real code: the policy's choice, the table of states, the table of next steps. What surrounds it
here (asking in order, widening once, looking again, replacing at once) is written after ``dispatch.orders.opening`` and
``dispatch.escalation.service``; a test holds both against the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dispatch.escalation.steps import Step, next_step
from dispatch.matching.learning import LogRow
from dispatch.orders.states import LIVE, REFUSED, UNANSWERED, OrderState
from kit.actor import Role
from simulation.twin.agenda import Agenda
from simulation.twin.city import City
from simulation.twin.orders import Incident, Need, Order, watched
from simulation.twin.policies import Policy
from simulation.twin.sight import Sight
from simulation.twin.values import Call, Crowd

#: of ``dispatch.orders.opening``, which a simulation may not import: a test compares them
WIDEN_BY, MAX_RADIUS_M, LOOK_AGAIN_S = 2, 50_000, 30.0
#: whom nobody helped within this time is helped by the police alone
PATIENCE_S = 1200.0


class Desk:
    """One run's command room. ``on_accept`` hears of everybody who is to set out, ``on_end`` of every order's end."""

    def __init__(self, agenda: Agenda, city: City, crowd: Crowd, policy: Policy) -> None:
        self.agenda, self.city, self.crowd, self.policy = agenda, city, crowd, policy
        self.incidents: list[Incident] = []
        self.on_accept: Callable[[Order], None] = lambda order: None
        self.on_end: Callable[[Order], None] = lambda order: None
        self._sight = Sight(agenda, city)

    def take(self, call: Call) -> None:
        """A call comes in and help is sent for at once."""
        incident = Incident(call)
        for spec in call.needs:
            adapted = self.policy.adapt(spec)
            incident.needs.append(Need(incident, adapted, float(adapted.radius_m), adapted.needed))
        incident.needs.sort(key=lambda need: (need.spec.kind, sorted(need.spec.skills)))
        self.incidents.append(incident)
        self.agenda.after(PATIENCE_S, lambda: self.end(incident))
        self.fill(incident, incident.needs)

    def fill(self, incident: Incident, needs: Sequence[Need]) -> None:
        """Ask the next ones for each need; when nobody is left widen once, then look again after a while."""
        open_ = [need for need in needs if need.state in ("open", "short")]
        self._ask(open_)
        if self.policy.widens:
            narrow = [need for need in open_ if _short_of(need) > 0 and not need.widened]
            for need in narrow:
                need.radius_m = min(MAX_RADIUS_M, need.radius_m * WIDEN_BY)
                need.widened = True
            self._ask(narrow)
        for need in open_:
            if _short_of(need) > 0:
                need.state, incident.short = "short", True
                self._look_again(need)
            else:
                need.state, need.retry_s = "open", None

    def receive(self, order: Order) -> None:
        """His phone has it."""
        if order.state is OrderState.OFFERED:
            order.fire("receive", self.agenda, by=Role.GUARD)
            if order.reaction.answer != "none":
                self.agenda.after(order.reaction.answer_s, lambda: self.answer(order))

    def answer(self, order: Order) -> None:
        """He says yes or no, if it is not too late."""
        if order.state not in UNANSWERED:
            return
        if order.reaction.answer == "accept":
            self._accept(order)
        else:
            order.fire("decline", self.agenda, by=Role.GUARD)
            self._ended(order)
            self._replace(order)

    def withdraw(self, order: Order) -> None:
        """He gives up on the way."""
        if order.state in (OrderState.ACCEPTED, OrderState.EN_ROUTE):
            self._fail(order, by=Role.GUARD, reason="withdrawn")

    def arrive(self, order: Order) -> None:
        """He is there."""
        order.fire("arrive", self.agenda, by=Role.SYSTEM)
        order.arrived_s = self.agenda.now_s
        need, incident = order.need, order.need.incident
        if incident.first_arrival_s is None:
            incident.first_arrival_s = self.agenda.now_s
        need.arrived += 1
        if need.arrived > need.needed:
            incident.needless += 1
        elif need.arrived == need.needed:
            # who set out beside those who were needed turns round
            self._stand_down(need, UNANSWERED | {OrderState.ACCEPTED, OrderState.EN_ROUTE})
            if all(other.arrived >= other.needed for other in incident.needs):
                self.end(incident)

    def complete(self, order: Order) -> None:
        """He has done what there was to do."""
        order.fire("complete", self.agenda, by=Role.GUARD)
        self._ended(order)

    def end(self, incident: Incident) -> None:
        """Nobody else is wanted there. Who stands at the scene finishes."""
        if incident.ended_s is not None:
            return
        incident.ended_s = self.agenda.now_s
        for need in incident.needs:
            need.state, need.retry_s = "closed", None
            self._stand_down(need, UNANSWERED | {OrderState.ACCEPTED, OrderState.EN_ROUTE})
        self._sight.forget(incident.call.number)

    def _ask(self, needs: Sequence[Need]) -> None:
        if not needs:
            return
        questions = [self._sight.gather(need, ways=self.policy.ways) for need in needs]
        for need, choice in zip(needs, self.policy.choose(questions), strict=True):
            left = choice.count
            for responder_id in choice.wanted:
                number = self.city.number[responder_id]
                # two needs of one incident may want the same man: the first has him, the other goes on to the next
                if left > 0 and not self.city.engaged[number]:
                    self._offer(need, number, (choice.chances or {}).get(responder_id))
                    left -= 1

    def _offer(self, need: Need, number: int, predicted: float | None) -> None:
        now_s, guard, spec = self.agenda.now_s, self.city.guards[number], need.spec
        reaction = self.crowd.react(need.incident.call, guard, now_s)
        order = Order(need, guard, reaction, now_s, now_s + spec.receipt_s, now_s + spec.accept_s, predicted)
        self.city.engage(number)
        self.city.burden.asked(number, need.incident.call.number, now_s)
        need.orders.append(order)
        if reaction.received_s is not None:
            self.agenda.after(reaction.received_s, lambda: self.receive(order))
        self.agenda.after(spec.receipt_s, lambda: self._due(order))
        self.agenda.after(spec.accept_s, lambda: self._due(order))
        shift_ends_s = self.city.rota.end_s(number, now_s)
        if not reaction.stays and shift_ends_s - now_s < PATIENCE_S:
            self.agenda.at(max(shift_ends_s, now_s), lambda: self._due(order, off_duty=True))

    def _due(self, order: Order, *, off_duty: bool = False) -> None:
        step = next_step(watched(order, self.agenda, off_duty=off_duty), self.agenda.now)
        if step is Step.WAIT:
            return
        if step is Step.NEXT_CHANNEL:
            self._remind(order)
        elif step is Step.FAIL_OFF_DUTY:
            self._fail(order, by=Role.SYSTEM, reason=str(step))
        else:
            order.fire("expire", self.agenda, by=Role.SYSTEM, reason=str(step))
            self._ended(order)
            self._replace(order)

    def _remind(self, order: Order) -> None:
        order.reminders += 1
        order.receipt_due_s = self.agenda.now_s + order.need.spec.receipt_s
        self.agenda.at(order.receipt_due_s, lambda: self._due(order))
        if order.reaction.next_channel_s is not None:
            self.agenda.after(order.reaction.next_channel_s, lambda: self.receive(order))

    def _accept(self, order: Order) -> None:
        need = order.need
        order.fire("accept", self.agenda, by=Role.GUARD)
        need.accepted += 1
        if need.accepted == need.needed:
            need.state, need.retry_s = "filled", None
        self.on_accept(order)
        if need.accepted >= need.needed and self.policy.claims:
            self._stand_down(need, UNANSWERED)

    def _fail(self, order: Order, *, by: Role, reason: str) -> None:
        order.fire("fail", self.agenda, by=by, reason=reason)
        self._lose_place(order.need)
        self._ended(order)
        self._replace(order)

    def _lose_place(self, need: Need) -> None:
        need.accepted -= 1
        if need.state == "filled" and need.accepted < need.needed:
            need.state = "open"

    def _stand_down(self, need: Need, states: frozenset[OrderState]) -> None:
        for order in need.orders:
            if order.state in states:
                live = order.state in LIVE
                if order.state is OrderState.EN_ROUTE:
                    need.incident.needless += 1
                order.fire("stand_down", self.agenda, by=Role.SYSTEM)
                if live:
                    need.accepted -= 1
                self._ended(order)

    def _replace(self, order: Order) -> None:
        incident = order.need.incident
        if incident.ended_s is None:
            self.fill(incident, [order.need])

    def _ended(self, order: Order) -> None:
        self.city.free(order.guard.number)
        self.on_end(order)
        if order.state in (OrderState.COMPLETED, OrderState.FAILED):
            self.city.burden.done(order.guard.number, self.agenda.now_s)
        # who was stood down before he answered has said nothing, nor has one whose duty ended
        if order.accepted_s is not None or (order.state in REFUSED and order.reason != Step.EXPIRE_OFF_DUTY):
            self.policy.hear(_row(order, self.agenda))

    def _look_again(self, need: Need) -> None:
        need.retry_s = due_s = self.agenda.now_s + LOOK_AGAIN_S

        def look() -> None:
            if need.retry_s == due_s and need.state in ("open", "short"):
                self.fill(need.incident, [need])

        self.agenda.at(due_s, look)


def _row(order: Order, agenda: Agenda) -> LogRow:
    accepted_s, departed_s = order.accepted_s, order.departed_s
    return LogRow(
        responder_id=order.guard.responder_id,
        kind=order.need.spec.kind,
        scenario=order.need.incident.call.scenario,
        at=agenda.instant(order.offered_s),
        accepted=accepted_s is not None,
        accept_s=None if accepted_s is None else accepted_s - order.offered_s,
        turnout_s=None if accepted_s is None or departed_s is None else departed_s - accepted_s,
        predicted=order.predicted,
    )


def _short_of(need: Need) -> int:
    return max(0, need.needed - need.accepted - need.waiting)
