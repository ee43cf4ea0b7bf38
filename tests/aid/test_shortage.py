"""Nobody left: wider once, then the neighbours who have agreed, then an alarm that says who could help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.aid import proposing, service
from dispatch.aid.states import AidState
from dispatch.escalation import service as escalation
from dispatch.escalation.model import Alarm
from dispatch.orders import service as orders
from dispatch.orders.model import Order
from geo.responders.model import ResponderIndex
from kit.errors import NotFound
from kit.tenancy import District
from tests.support.aid import Neighbours, make_neighbours
from tests.support.orders import a_need
from tests.support.people import START, east, guard, make_station

NEEDS = (a_need("patrol_unit"), a_need(needed=2, radius_m=600))


def dispatch(scene: Neighbours) -> list[Order]:
    return orders.dispatch(scene.session, grant=scene.room, incident_id=scene.incident.id, at=START)


def alarm_of(scene: Neighbours) -> Alarm | None:
    query = select(Alarm).where(Alarm.incident_id == scene.incident.id, Alarm.kind == "helpers_short")
    return scene.session.scalars(query).one_or_none()


@pytest.fixture
def scene(session: Session) -> Neighbours:
    return make_neighbours(session, *NEEDS, other_guards=3)


class TestTheAlarm:
    def test_says_who_could_help_how_many_and_how_soon_and_nobodys_name(self, scene: Neighbours) -> None:
        dispatch(scene)
        alarm = alarm_of(scene)
        assert alarm is not None
        (neighbour,) = alarm.detail["neighbours"]
        assert (neighbour["station"], neighbour["count"], neighbour["agreed"]) == (scene.other.name, 3, False)
        assert neighbour["eta_s"] == sorted(neighbour["eta_s"]) and len(neighbour["eta_s"]) == 3
        for him in scene.other_guards:
            assert him.responder is not None
            for secret in (him.responder.name, str(him.responder.id), him.account.name):
                assert secret not in str(alarm.detail)

    def test_does_not_count_who_could_not_come(self, scene: Neighbours) -> None:
        busy, away, silent = (him.responder for him in scene.other_guards)
        assert busy is not None and away is not None and silent is not None
        for responder, values in (
            (busy, {"engaged": True}),
            (away, {"on_duty": False, "position": None, "captured_at": None}),
            (silent, {"captured_at": START - timedelta(minutes=10)}),
        ):
            scene.session.execute(
                update(ResponderIndex).where(ResponderIndex.responder_id == responder.id).values(**values)
            )
        dispatch(scene)
        alarm = alarm_of(scene)
        assert alarm is not None and alarm.detail["neighbours"] == []

    def test_names_the_soonest_first_and_no_other_district(self, scene: Neighbours) -> None:
        third = make_station(scene.session)
        guard(scene.session, third, lon=east(650))
        far = make_station(scene.session, scene.session.get_one(District, scene.station.district_id))
        guard(scene.session, far, lon=east(1150))
        found = proposing.list_who_could_help(
            scene.session, grant=scene.may(scene.dispatcher, P.AID_REQUEST), incident_id=scene.incident.id,
            kind="guard", radius_m=1200, at=START,
        )  # fmt: skip
        assert [n.station_id for n in found] == [scene.other.id, far.id]

    def test_offers_nobody_who_is_asked_already_or_has_refused(self, scene: Neighbours) -> None:
        aid = scene.request()
        may = scene.may(scene.dispatcher, P.AID_REQUEST)

        def offered() -> list[Any]:
            return proposing.list_who_could_help(
                scene.session, grant=may, incident_id=scene.incident.id, kind="guard", radius_m=1200, at=START
            )

        assert offered() == []
        decide = scene.may(scene.other_leader, P.AID_DECIDE)
        service.decline(scene.session, grant=decide, aid_id=aid.id, reason="本所紧张", at=START)
        assert offered() == []

    def test_tells_a_neighbour_nothing_of_it(self, scene: Neighbours) -> None:
        scene.opened()
        with pytest.raises(NotFound):
            proposing.list_who_could_help(
                scene.session, grant=scene.may(scene.other_dispatcher, P.AID_REQUEST), incident_id=scene.incident.id,
                kind="guard", radius_m=1200, at=START,
            )  # fmt: skip


class TestAPactThatLetsTheMachineAsk:
    def test_brings_people_before_any_alarm(self, scene: Neighbours) -> None:
        scene.pact(automatic=True, max_people=2)
        asked = [order for order in dispatch(scene) if order.mode == "offer"]
        assert {order.account_id for order in asked} == {him.account.id for him in scene.other_guards[:2]}
        (aid,) = scene.aids()
        assert (aid.state, aid.automatic, aid.requested_by) == (AidState.ACTIVE, True, None)
        assert alarm_of(scene) is None

    def test_is_used_after_ones_own_and_the_wider_circle(self, session: Session) -> None:
        scene = make_neighbours(session, *NEEDS, guards=2, other_guards=2)
        scene.pact(automatic=True)
        dispatch(scene)
        assert scene.aids() == []
        assert {"g0", "g1"} <= scene.states().keys()

    def test_with_too_few_people_is_followed_by_the_alarm(self, session: Session) -> None:
        scene = make_neighbours(session, *NEEDS, other_guards=1)
        scene.pact(automatic=True)
        assert len([order for order in dispatch(scene) if order.mode == "offer"]) == 1
        alarm = alarm_of(scene)
        assert alarm is not None and alarm.detail["short_of"] == 1

    @pytest.mark.parametrize("limits", [{"automatic": False}, {"automatic": True, "kinds": ["safe_house"]}])
    def test_and_one_that_does_not_leave_it_to_the_dispatcher(self, scene: Neighbours, limits: dict[str, Any]) -> None:
        scene.pact(**limits)
        dispatch(scene)
        assert scene.aids() == []
        alarm = alarm_of(scene)
        assert alarm is not None
        assert alarm.detail["neighbours"][0]["agreed"] is (not limits["automatic"])


def test_a_yes_sends_for_the_neighbours_people_at_the_next_tick(scene: Neighbours) -> None:
    dispatch(scene)
    at = START + timedelta(seconds=5)
    scene.opened(at=at)
    escalation.tick(scene.session, at)
    assert {scene.order(him).state for him in scene.other_guards[:2]} == {"offered"}
