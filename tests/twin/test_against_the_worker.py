"""The twin's desk and the real one, with its database and its worker, hold the same story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch.escalation import service as escalation
from dispatch.orders import opening
from dispatch.orders import service as orders
from dispatch.orders.model import Order
from dispatch.orders.progress import DeclineReason
from dispatch.orders.receipts import acknowledge
from geo.responders.model import ResponderIndex
from simulation.twin import desk as twin
from simulation.twin.generate import Population
from simulation.twin.ground import OpenGround
from simulation.twin.ours import Ours
from simulation.twin.run import play
from simulation.twin.values import Reaction
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import START, Login
from tests.twin.small_city import Script, a_call, on_a_line
from tests.twin.small_city import a_need as a_twin_need

#: (seconds from the call, guard) per offer, with how it ended
Told = list[tuple[int, int, str, str]]
_UNTIL_S = 150
#: two are needed; four are asked at once. g0 declines, g1 never reacts, g2's phone is off, g3 accepts, g4 is reached by
#: the second channel and accepts, g5 and g6 are far and decline
SCRIPT = {
    0: Reaction(received_s=1, answer="decline", answer_s=4),
    1: Reaction(received_s=2),
    2: Reaction(received_s=None),
    3: Reaction(received_s=1, answer="accept", answer_s=10, turnout_s=1000),
    4: Reaction(received_s=None, next_channel_s=3, answer="decline", answer_s=2),
    5: Reaction(received_s=1, answer="decline", answer_s=3),
    6: Reaction(received_s=3, answer="decline", answer_s=6),
}
NEED: dict[str, Any] = {
    "needed": 2,
    "alert_factor": 2.0,
    "radius_m": 360,
    "receipt_s": 10,
    "accept_s": 30,
    "target_chance": 0.9,
}


@dataclass
class Hand:
    """A guard of the real database who acts by the script, second by second."""

    scene: Scene
    login: Login
    reaction: Reaction

    def act(self, session: Session, second: int) -> None:
        for order in self.scene.orders(self.login):
            since = (START + timedelta(seconds=second) - order.offered_at).total_seconds()
            received = self.reaction.received_s
            if received is None and order.reminders and self.reaction.next_channel_s is not None:
                received = 10 + self.reaction.next_channel_s
            if received is None:
                continue
            at = START + timedelta(seconds=second)
            if since == received and order.state == "offered":
                acknowledge(session, subject_id=order.id, actor=self.login.actor, step="received", at=at)
            if since == received + self.reaction.answer_s and order.state in ("offered", "received"):
                grant = self.scene.grant(self.login)
                if self.reaction.answer == "accept":
                    orders.accept(session, grant=grant, order_id=order.id, at=at)
                elif self.reaction.answer == "decline":
                    orders.decline(session, grant=grant, order_id=order.id, reason=DeclineReason.BUSY, at=at)


def live(session: Session) -> Told:
    """The story on the database: dispatch, then the worker's tick every second."""
    scene = make_scene(session, a_need("patrol_unit"), a_need(**NEED), guards=7)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    car = scene.police[0]
    orders.accept(session, grant=scene.grant(car), order_id=scene.order(car).id, at=START)
    hands = [Hand(scene, login, SCRIPT[n]) for n, login in enumerate(scene.guards)]
    for second in range(1, _UNTIL_S):
        at = START + timedelta(seconds=second)
        session.execute(
            update(ResponderIndex)
            .where(ResponderIndex.station_id == scene.station.id)
            .values(captured_at=at, received_at=at)
        )
        for hand in hands:
            hand.act(session, second)
        escalation.tick(session, at)
    number = {login.account.id: n for n, login in enumerate(scene.guards)}
    query = select(Order).where(Order.incident_id == scene.incident.id, Order.mode == "offer")
    told = [
        (round((order.offered_at - START).total_seconds()), number[order.account_id], order.state, order.reason or "")
        for order in session.scalars(query, execution_options={"populate_existing": True})
    ]
    return sorted(told)


def simulated() -> Told:
    """The same story in the twin."""
    people = Population(guards=tuple(on_a_line(7)), posts=(), characters=())
    call = a_call(a_twin_need(**NEED))
    policy = Ours(learns=False)
    run = play([call], people, OpenGround(), policy, seed=0, crowd=Script(SCRIPT))
    told: Told = []
    for order in run.incidents[0].orders:
        ended = order.ended_s is not None and order.ended_s - call.at_s < _UNTIL_S
        state = str(order.state) if ended else "accepted"
        if order.offered_s - call.at_s < _UNTIL_S:
            told.append((round(order.offered_s - call.at_s), order.guard.number, state, order.reason if ended else ""))
    return sorted(told)


def test_the_same_answers_lead_to_the_same_offers(session: Session) -> None:
    in_life, in_the_twin = live(session), simulated()
    reasons = {(second, guard): reason for second, guard, state, reason in in_life if state == "expired"}
    assert [row[:3] for row in in_the_twin] == [row[:3] for row in in_life]
    assert {(s, g): r for s, g, state, r in in_the_twin if state == "expired"} == reasons
    # the story has in it what it is to compare: replacing at once, both kinds of silence, widening, nobody left
    assert {state for _, _, state, _ in in_life} == {"declined", "expired", "accepted"}
    assert set(reasons.values()) == {"unanswered", "unreached"}
    assert len(in_life) == 7


def test_the_twin_copied_the_desk_s_numbers() -> None:
    assert twin.WIDEN_BY == opening.WIDEN_BY
    assert twin.MAX_RADIUS_M == opening.MAX_RADIUS_M
    assert opening.LOOK_AGAIN.total_seconds() == twin.LOOK_AGAIN_S
