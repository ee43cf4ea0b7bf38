"""With an aid open the neighbour's people are asked, seen from acceptance to finish, and no longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.aid.errors import AidEnded
from dispatch.aid.rows import narrow
from dispatch.chats import queries as chat_queries
from dispatch.chats import service as chats
from dispatch.chats.model import Readers
from dispatch.incidents import queries as incident_queries
from dispatch.incidents.caller import Caller, seal
from dispatch.invariants import list_violations
from dispatch.orders import queries, service
from dispatch.orders import repository as orders
from dispatch.orders.firing import fire
from dispatch.orders.lent import nameless
from dispatch.orders.model import Order
from dispatch.reports import sos
from geo.responders.model import ResponderIndex
from kit.actor import Reach
from kit.errors import NotFound
from kit.paging import Slice
from tests.support.aid import Neighbours, entries_of, make_neighbours
from tests.support.orders import a_need, told
from tests.support.people import START, Login

NEEDS = (a_need("patrol_unit"), a_need(needed=2, radius_m=2000))


@pytest.fixture
def scene(session: Session) -> Neighbours:
    return make_neighbours(session, *NEEDS, other_guards=3)


def dispatch(scene: Neighbours, **values: Any) -> list[Order]:
    return service.dispatch(
        scene.session, **{"grant": scene.room, "incident_id": scene.incident.id, "at": START, **values}
    )


def seen(scene: Neighbours, login: Login, order: Order, at: datetime = START) -> dict[str, Any] | None:
    """The order as ``login`` reads it, None when it is not there for him."""
    may = scene.may(login, P.ORDER_READ, at)
    try:
        found = orders.get_visible(scene.session, order.id, may)
    except NotFound:
        return None
    return queries.show(scene.session, [found.id], may.actor)[0]


def step(scene: Neighbours, login: Login, command: Any, *, at: datetime = START, **values: Any) -> Order:
    order: Order = command(scene.session, grant=scene.grant(login), order_id=scene.order(login).id, at=at, **values)
    return order


def say(scene: Neighbours, login: Login, words: str, *, urgent: bool = False) -> None:
    may = scene.may(login, P.CHAT_WRITE)
    chats.write(
        scene.session, grant=may, incident_id=scene.incident.id, text=words, urgent=urgent,
        readers=Readers.EVERYBODY, at=START,
    )  # fmt: skip


def names_in_talk(scene: Neighbours, login: Login) -> set[str]:
    may = scene.may(login, P.CHAT_READ)
    lines, _ = chat_queries.list_lines(scene.session, grant=may, incident_id=scene.incident.id, part=Slice(limit=50))
    return {name for line in lines for name in (line["author"], *(one["name"] for one in line["waiting"]))}


def test_without_an_aid_nobody_of_a_neighbour_is_asked(scene: Neighbours) -> None:
    scene.request()
    assert [order.mode for order in dispatch(scene)] == ["command"]
    with pytest.raises(NotFound):
        dispatch(scene, responder_ids=[scene.other_guards[0].helper.id], reason="就近")


def test_with_one_they_are_asked_as_ones_own(scene: Neighbours) -> None:
    aid = scene.opened()
    asked = [order for order in dispatch(scene) if order.mode == "offer"]
    assert {order.account_id for order in asked} == {g.account.id for g in scene.other_guards[:2]}
    assert {order.aid_id for order in asked} == {aid.id}
    assert told(scene.session, scene.other_guards[0]) == ["order.offered"]


def test_no_more_are_asked_than_the_neighbour_lends(scene: Neighbours) -> None:
    scene.opened(max_people=1)
    assert len([order for order in dispatch(scene) if order.mode == "offer"]) == 1


@pytest.mark.parametrize("values", [{"kinds": ["safe_house"]}, {"tier": "view", "kinds": []}, {"lasts_s": 600}])
def test_an_aid_for_others_for_looking_or_over_brings_nobody(scene: Neighbours, values: dict[str, Any]) -> None:
    scene.opened(**values)
    at = START + timedelta(seconds=600)
    placed = update(ResponderIndex).where(ResponderIndex.captured_at.is_not(None))
    scene.session.execute(placed.values(captured_at=at, received_at=at))
    assert [order.mode for order in dispatch(scene, at=at)] == ["command"]


def test_a_dispatcher_may_name_one_of_them(scene: Neighbours) -> None:
    scene.opened()
    third = scene.other_guards[2]
    assert third.responder is not None
    (order,) = dispatch(scene, responder_ids=[third.responder.id], reason="熟悉现场", auto=False)
    assert (order.account_id, order.aid_id) == (third.account.id, scene.aids()[0].id)


class TestWhoSees:
    def test_the_host_sees_him_from_acceptance_to_finish(self, scene: Neighbours) -> None:
        scene.opened()
        dispatch(scene)
        him = scene.other_guards[0]
        assert him.responder is not None
        order, name = scene.order(him), him.responder.name

        def named(login: Login) -> bool:
            view = seen(scene, login, order)
            assert view is not None
            may = scene.may(login, P.INCIDENT_READ)
            _, file = incident_queries.get_detail(scene.session, grant=may, incident_id=scene.incident.id)
            assert file is not None
            assert (name in {line.responder_name for line in file.orders}) is (view["responder"]["name"] == name)
            return bool(view["responder"]["name"] == name)

        assert not named(scene.dispatcher) and not named(scene.leader)
        assert named(scene.other_dispatcher) and named(scene.other_leader)
        step(scene, him, service.accept)
        assert named(scene.dispatcher) and named(scene.leader)
        step(scene, him, service.complete)
        assert not named(scene.dispatcher) and not named(scene.leader)
        assert named(scene.other_dispatcher)

    def test_the_officer_keeps_the_name_until_he_has_rated(self, scene: Neighbours) -> None:
        scene.opened()
        dispatch(scene)
        car, him = scene.police[0], scene.other_guards[0]
        step(scene, car, service.accept)
        step(scene, him, service.accept)
        order = step(scene, him, service.complete)
        view = seen(scene, car, order)
        assert view is not None and him.responder is not None
        assert view["responder"]["name"] == him.responder.name

    def test_what_he_said_keeps_no_name_when_he_has_finished(self, scene: Neighbours) -> None:
        scene.opened()
        dispatch(scene)
        car, him = scene.police[0], scene.other_guards[0]
        step(scene, car, service.accept)
        step(scene, him, service.accept)
        assert him.responder is not None
        name = him.account.name
        say(scene, him, "人往东跑了")
        say(scene, scene.dispatcher, "注意安全", urgent=True)
        for reader in (scene.dispatcher, scene.leader, car, him):
            assert name in names_in_talk(scene, reader)
        order = step(scene, him, service.complete)
        for reader in (scene.dispatcher, scene.leader):
            assert name not in names_in_talk(scene, reader)
            assert nameless("guard") in names_in_talk(scene, reader)
        assert name in names_in_talk(scene, car), "he has not rated yet"
        fire(scene.session, order, "rate", by=car.actor, at=START + timedelta(seconds=60))
        assert name not in names_in_talk(scene, car)

    def test_the_lender_sees_the_incident_without_its_caller_while_it_is_open(self, scene: Neighbours) -> None:
        seal(scene.incident, Caller(name="王某", phone="+8613800000001"))
        aid = scene.opened()
        may = scene.may(scene.other_dispatcher, P.INCIDENT_READ)
        view, detail = incident_queries.get_detail(scene.session, grant=may, incident_id=scene.incident.id)
        assert (view.summary, view.caller_phone_mask, view.has_caller) == ("两人在路口打架", None, False)  # type: ignore[union-attr]
        assert detail is not None and detail.notes == []
        scene.revoke(aid)
        with pytest.raises(NotFound):
            incident_queries.get_detail(scene.session, grant=may, incident_id=scene.incident.id)

    def test_what_has_run_out_is_closed_before_the_worker_comes(self, scene: Neighbours) -> None:
        scene.opened(lasts_s=600)

        def reads(after_s: float) -> bool:
            may = scene.may(scene.other_dispatcher, P.INCIDENT_READ, START + timedelta(seconds=after_s))
            try:
                incident_queries.get_incident(scene.session, grant=may, incident_id=scene.incident.id)
            except NotFound:
                return False
            return True

        assert reads(599.9)
        assert not reads(600)

    def test_the_lender_sees_orders_of_its_own_people_only(self, scene: Neighbours) -> None:
        scene.opened()
        dispatch(scene)
        may = scene.may(scene.other_dispatcher, P.ORDER_READ)
        shown = queries.list_of_incident(scene.session, may, scene.incident.id)
        assert {order.account_id for order in shown} == {g.account.id for g in scene.other_guards[:2]}
        assert seen(scene, scene.other_dispatcher, scene.order(scene.police[0])) is None


class TestTheEnd:
    def test_stands_down_who_has_not_answered_and_tells_him_why(self, scene: Neighbours) -> None:
        aid = scene.opened()
        dispatch(scene)
        goes, waits = scene.other_guards[:2]
        step(scene, goes, service.accept)
        scene.revoke(aid)
        assert scene.order(waits).state == "stood_down"
        assert told(scene.session, waits) == ["order.stood_down"]
        with pytest.raises(AidEnded):
            step(scene, waits, service.accept)
        assert scene.order(goes).state == "accepted"
        scene.session.commit()
        assert list_violations(scene.session) == []

    def test_lets_who_has_accepted_finish_and_asks_nobody_more(self, scene: Neighbours) -> None:
        aid = scene.opened()
        dispatch(scene)
        goes = scene.other_guards[0]
        step(scene, goes, service.accept)
        scene.revoke(aid)
        assert dispatch(scene) == []
        order = scene.order(goes)
        view = seen(scene, scene.other_dispatcher, order)
        assert view is not None and view["target"] is None and view["incident"]["address"] is None
        host = seen(scene, scene.dispatcher, order)
        assert host is not None and goes.responder is not None
        assert host["responder"]["name"] == goes.responder.name
        step(scene, goes, service.complete)
        assert seen(scene, scene.other_dispatcher, order) is None

    def test_of_one_order_by_the_lenders_room_asks_the_next_one(self, scene: Neighbours) -> None:
        scene.opened()
        dispatch(scene)
        him = scene.other_guards[0]
        order = scene.order(him)
        values: dict[str, Any] = {"order_id": order.id, "reason": "本所急需", "at": START}
        with pytest.raises(NotFound):
            service.recall(scene.session, grant=scene.may(scene.dispatcher, P.AID_RECALL), **values)
        service.recall(scene.session, grant=scene.may(scene.other_dispatcher, P.AID_RECALL), **values)
        assert scene.order(him).state == "cancelled"
        assert scene.order(scene.other_guards[2]).state == "offered"


def test_a_call_for_help_is_heard_by_both_rooms(scene: Neighbours) -> None:
    scene.opened()
    dispatch(scene)
    him = scene.other_guards[0]
    order = step(scene, him, service.accept)
    sos.call(scene.session, grant=scene.may(him, P.PANIC), order_id=order.id, at=START)
    assert "alarm.raised" in told(scene.session, scene.dispatcher)
    assert "aid.sos" in told(scene.session, scene.other_dispatcher)


def test_every_step_of_a_lent_person_stands_in_the_record_of_his_own_station_too(scene: Neighbours) -> None:
    aid = scene.opened()
    dispatch(scene)
    step(scene, scene.other_guards[0], service.accept)
    lent = [action for action, station in entries_of(scene.session, aid.id) if station == scene.other.id]
    assert lent == ["aid.requested", "aid.approved", "aid.activated", "aid.order_offered", "aid.order_offered",
                    "aid.order_accepted"]  # fmt: skip
    scene.session.commit()
    assert list_violations(scene.session) == []


@pytest.mark.parametrize(
    "change",
    ["aid_id = NULL", "aid_id = gen_random_uuid()", "offered_at = offered_at + interval '3 hours'"],
)
def test_the_database_lets_nobody_be_sent_without_an_open_aid(scene: Neighbours, change: str) -> None:
    scene.opened()
    dispatch(scene)
    order = scene.order(scene.other_guards[0])
    column, value = change.split(" = ")
    copied = (
        "INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),"
        f" 'responder_id', CAST(:other AS text), '{column}', {value}))).* FROM orders o WHERE o.id = :id"
    )
    other = scene.other_guards[2].responder
    assert other is not None
    with pytest.raises(DBAPIError, match="no aid lets"), scene.session.begin_nested():
        scene.session.execute(text(copied), {"id": order.id, "other": str(other.id)})


def test_lists_look_beyond_the_station_only_while_there_is_something_to_see(scene: Neighbours) -> None:
    def reach() -> Reach:
        return narrow(scene.session, scene.may(scene.other_dispatcher, P.INCIDENT_LIST)).reach

    assert reach() is Reach.STATION
    aid = scene.opened()
    assert reach() is Reach.STATION_AND_AID
    dispatch(scene)
    him = scene.other_guards[0]
    step(scene, him, service.accept)
    scene.revoke(aid)
    assert reach() is Reach.STATION_AND_AID, "his own room sees him until he has finished"
    step(scene, him, service.complete)
    assert reach() is Reach.STATION
