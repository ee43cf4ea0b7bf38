"""An end and a yes in the same moment, on real connections: exactly one wins, and the loser is told why."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from dispatch.access.table import Permission as P
from dispatch.aid import service as aids
from dispatch.aid.model import Aid
from dispatch.escalation import service as escalation
from dispatch.invariants import list_violations
from dispatch.orders import service
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from dispatch.pacts import service as pacts
from kit.database import make_session_factory
from tests.orders.test_races import all_at_once
from tests.support.aid import Neighbours, make_neighbours
from tests.support.orders import a_need
from tests.support.people import START

NEEDS = (a_need("patrol_unit"), a_need(needed=1, radius_m=2000))


@pytest.fixture
def factory(committed_database: Engine) -> sessionmaker[Session]:
    return make_session_factory(committed_database)


def commit(session: Session, scene: Neighbours) -> Neighbours:
    session.commit()
    return scene


@pytest.mark.parametrize("round_", range(4))
def test_an_end_against_an_acceptance(factory: sessionmaker[Session], round_: int) -> None:
    with factory() as session:
        scene = make_neighbours(session, *NEEDS, other_guards=1)
        aid = scene.opened()
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        him = scene.other_guards[0]
        order = scene.order(him)
        commit(session, scene)
    revoke: dict[str, Any] = {"grant": scene.may(scene.other_leader, P.AID_DECIDE), "aid_id": aid.id,
                              "reason": "本所另有警情", "at": START}  # fmt: skip
    works = [
        lambda s: service.accept(s, grant=scene.grant(him), order_id=order.id, at=START),
        lambda s: aids.revoke(s, **revoke),
    ]
    accepted, revoked = all_at_once(factory, *(works if round_ % 2 else works[::-1]))[:: 1 if round_ % 2 else -1]
    assert revoked == "ok"
    with factory() as session:
        state = session.get_one(Order, order.id).state
        assert (accepted, state) in (("ok", "accepted"), ("aid-ended", "stood_down"))
        assert session.get_one(Aid, aid.id).state == "revoked"
        assert list_violations(session) == []
        # whichever it was: nobody more of them is asked
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        lent = session.scalars(select(Order).where(Order.aid_id == aid.id)).all()
        assert [o.id for o in lent] == [order.id]


def test_two_leaders_who_say_yes_at_once_open_it_once(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        scene = make_neighbours(session, *NEEDS)
        aid = scene.request()
        commit(session, scene)

    def yes(login: Any) -> Any:
        grant = scene.may(login, P.AID_DECIDE)
        return lambda s: aids.approve(s, grant=grant, aid_id=aid.id, at=START)

    assert all_at_once(factory, yes(scene.leader), yes(scene.other_leader)) == ["ok", "ok"]
    with factory() as session:
        found = session.get_one(Aid, aid.id)
        assert (found.state, found.approved_a_by, found.approved_b_by) == (
            "active",
            scene.leader.account.id,
            scene.other_leader.account.id,
        )


def test_no_more_than_are_lent_are_asked_however_many_ask_at_once(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        kinds = (
            a_need("patrol_unit"),
            a_need(needed=3, radius_m=2000),
            a_need(needed=3, radius_m=2000, skills=["aed"]),
        )
        scene = make_neighbours(session, *kinds, other_guards=6)
        scene.opened(max_people=2)
        commit(session, scene)

    def send(session: Session) -> None:
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)

    def tick(session: Session) -> None:
        escalation.tick(session, START)

    assert all_at_once(factory, send, tick, send, tick, send) == ["ok"] * 5
    with factory() as session:
        lent = Counter(session.scalars(select(Order.state).where(Order.aid_id.is_not(None), Order.state.in_(OPEN))))
        assert lent == {"offered": 2}
        assert list_violations(session) == []


def test_a_pact_that_ends_while_it_is_used_leaves_nothing_open(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        scene = make_neighbours(session, *NEEDS)
        pact = scene.pact()
        commit(session, scene)
    ask: dict[str, Any] = {
        "grant": scene.may(scene.dispatcher, P.AID_REQUEST),
        "incident_id": scene.incident.id,
        "station_id": scene.other.id,
        "reason": "力量不足",
        "kinds": ["guard"],
        "at": START,
    }
    end: dict[str, Any] = {"grant": scene.may(scene.other_leader, P.PACT_SIGN), "pact_id": pact.id,
                           "reason": "重新划分", "at": START}  # fmt: skip
    results = all_at_once(factory, lambda s: aids.request(s, **ask), lambda s: pacts.revoke(s, **end))
    assert results == ["ok", "ok"]
    with factory() as session:
        (aid,) = session.scalars(select(Aid))
        # asked before it ended: closed with it; after: it waits for the leaders
        assert (aid.state, aid.pact_id is None) in (("revoked", False), ("requested", True))
