"""What the matcher reads of people from the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch.matching import repository
from dispatch.matching.service import gather, recommend_all, recompute
from dispatch.matching.values import Candidate, Exclusion, Inputs
from dispatch.orders import service
from dispatch.orders.needs import open_needs
from geo.areas.model import Area
from geo.responders.model import Post, ResponderIndex
from kit.ids import new_id
from kit.tenancy import Organization
from notifications.devices.model import Device
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import LAT, START, Login, east, guard, keeper, make_organization, officer, point


def gathered(session: Session, scene: Scene) -> dict[str, Inputs]:
    """By kind and skills: ``guard``, ``guard+aed``."""
    session.refresh(scene.incident)
    needs = open_needs(session, scene.incident, at=START)
    made = [gather(session, scene.incident, need, at=START) for need in needs]
    return {"+".join([need.kind, *need.skills]): inputs for need, inputs in zip(needs, made, strict=True)}


def seen(session: Session, scene: Scene, login: Login, kind: str = "guard") -> Candidate:
    assert login.responder is not None
    return next(
        c for c in gathered(session, scene)[kind].candidates if c.responder_id == login.responder.id
    )  # fmt: skip


def a_post(session: Session, login: Login, metres: float, *, minimum: int = 1) -> Post:
    assert login.responder is not None
    post = Post(
        id=new_id(), district_id=login.responder.district_id, station_id=login.responder.station_id,
        organization_id=login.responder.organization_id, name=new_id().hex, position=point(east(metres)),
        minimum_staff=minimum,
    )  # fmt: skip
    session.add(post)
    session.flush()
    return post


@pytest.fixture
def scene(session: Session) -> Scene:
    return make_scene(session, a_need("patrol_unit"), a_need())


def test_a_guard_whose_company_has_a_post_at_the_scene_knows_the_place(scene: Scene, session: Session) -> None:
    near, far = scene.guards
    a_post(session, far, 60)
    assert (seen(session, scene, near).familiar, seen(session, scene, far).familiar) == (False, True)
    assert seen(session, scene, scene.police[0], "patrol_unit").familiar is None


def test_who_has_been_sent_to_the_place_before_knows_it(scene: Scene, session: Session) -> None:
    him = scene.guards[0]
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START - timedelta(hours=2))
    service.accept(session, grant=scene.grant(him), order_id=scene.order(him).id, at=START - timedelta(hours=2))
    service.arrive(session, grant=scene.grant(him), order_id=scene.order(him).id, at=START - timedelta(hours=1))
    service.complete(session, grant=scene.grant(him), order_id=scene.order(him).id, at=START - timedelta(minutes=4))
    again = make_scene(session, a_need("patrol_unit"), a_need(), guards=0, police=0)
    again.incident.station_id, again.incident.district_id = scene.station.id, scene.station.district_id
    session.flush()
    returned = seen(session, again, him)
    assert returned.familiar is True
    assert (returned.alerts_hour, returned.alerts_shift) == (0, 1)
    assert returned.last_done_at == START - timedelta(minutes=4)
    assert seen(session, again, scene.guards[1]).familiar is False


def test_who_was_asked_within_the_hour_is_counted(scene: Scene, session: Session) -> None:
    him = scene.guards[0]
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START - timedelta(minutes=30))
    service.decline(
        session, grant=scene.grant(him), order_id=scene.order(him).id, reason=service.DeclineReason.BUSY, at=START
    )
    again = make_scene(session, a_need("patrol_unit"), a_need(), guards=0, police=0)
    again.incident.station_id, again.incident.district_id = scene.station.id, scene.station.district_id
    session.flush()
    counted = seen(session, again, him)
    assert (counted.alerts_hour, counted.alerts_shift, counted.asked) == (1, 1, False)


def test_a_patrol_in_the_beat_of_the_scene_is_known_as_such(scene: Scene, session: Session) -> None:
    inside = scene.police[0]
    outside = officer(session, scene.station, lon=east(900))
    assert seen(session, scene, inside, "patrol_unit").in_beat is None, "there is no beat yet"
    west, east_, south, north = east(-700), east(300), LAT - 0.004, LAT + 0.004
    ring = f"{west} {south}, {east_} {south}, {east_} {north}, {west} {north}, {west} {south}"
    session.add(
        Area(
            id=new_id(),
            district_id=scene.station.district_id,
            station_id=scene.station.id,
            kind="beat",
            name="一巡区",
            outline=f"SRID=4326;MULTIPOLYGON((({ring})))",
        )
    )  # fmt: skip
    session.flush()
    assert seen(session, scene, inside, "patrol_unit").in_beat is True
    assert seen(session, scene, outside, "patrol_unit").in_beat is False
    assert seen(session, scene, scene.guards[0]).in_beat is None


def a_safe_house(session: Session, scene: Scene, metres: float, **values: Any) -> Login:
    shop = make_organization(session, scene.station, "merchant")
    return keeper(session, scene.station, organization=shop, lon=east(metres), **values)


def test_the_one_guard_of_the_only_safe_house_near_stays_in_it(scene: Scene, session: Session) -> None:
    house = a_safe_house(session, scene, 200)
    assert house.responder is not None
    his = guard(session, scene.station, lon=east(210), organization=_organization(session, house))
    kept = seen(session, scene, his)
    assert (kept.house_id, kept.keeps_house) == (house.responder.id, True)
    a_safe_house(session, scene, 260)
    assert seen(session, scene, his).keeps_house is False, "there is another one open"
    guard(session, scene.station, lon=east(205), organization=_organization(session, house))
    assert seen(session, scene, his).house_id is None, "there are two of them"


def _organization(session: Session, login: Login) -> Organization:
    assert login.responder is not None
    return session.get_one(Organization, login.responder.organization_id)


def test_whoever_keeps_a_safe_house_that_is_asked_in_the_same_moment_is_not_called_away(session: Session) -> None:
    wanted = (a_need("patrol_unit"), a_need(), a_need("safe_house", radius_m=600))
    scene = make_scene(session, *wanted, guards=0)
    house = a_safe_house(session, scene, 100)
    a_safe_house(session, scene, 550)
    his = guard(session, scene.station, lon=east(105), organization=_organization(session, house))
    other = guard(session, scene.station, lon=east(400))
    session.refresh(scene.incident)
    needs = open_needs(session, scene.incident, at=START)
    advices = recommend_all(session, scene.incident, needs, at=START, made_by=None)
    guards = next(advice for advice in advices if advice.inputs.need.kind == "guard")
    assert [scored.responder_id for scored in guards.plan.chosen] == [other.helper.id]
    reasons = {excluded.responder_id: excluded.reason for excluded in guards.plan.excluded}
    assert reasons[his.helper.id] is Exclusion.KEEPS_SAFE_HOUSE
    kept = repository.list_by_ids(session, [advice.recommendation_id for advice in advices])
    assert all(recompute(recommendation) == recommendation.result for recommendation in kept)


def test_a_safe_house_whose_device_was_not_heard_of_is_not_asked(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need("safe_house"), guards=0)
    silent = a_safe_house(session, scene, 100, at=START - timedelta(hours=1))
    heard = a_safe_house(session, scene, 300, at=START - timedelta(hours=1))
    session.execute(
        update(Device).where(Device.id == heard.device_id).values(reachable_at=START - timedelta(minutes=2))
    )
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert (scene.orders(silent), scene.order(heard).state) == ([], "offered")


def test_a_station_may_set_a_price_on_a_post_below_its_minimum_but_one_stays(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(needed=2), guards=1)
    him = scene.guards[0]
    post = a_post(session, him, 100, minimum=2)
    mate = guard(session, scene.station, lon=east(120), organization=_organization(session, him))
    for login in (him, mate):
        assert login.responder is not None
        login.responder.post_id = post.id
        session.execute(
            update(ResponderIndex).where(ResponderIndex.responder_id == login.responder.id).values(post_id=post.id)
        )
    assert seen(session, scene, him).post_present == 2
    scene.station.settings = {"matching": {"post_rule": "price"}}
    session.flush()
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert (scene.order(him).state, scene.orders(mate)) == ("offered", [])


def test_a_danger_that_is_grave_enough_asks_nobody_of_a_barred_kind(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(), barred_kinds=["guard"], barred_level=2)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert scene.states() == {"p0": "offered"}


def test_a_replacement_takes_nobody_whom_another_need_is_waiting_for(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(), a_need(skills=["aed"]), guards=1)
    first, third = scene.guards[0], guard(session, scene.station, lon=east(450))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    # nobody had an AED; now somebody has, nearer than anybody else, and in the same moment the first one declines
    holder = guard(session, scene.station, lon=east(50), skills=("aed",))
    service.decline(
        session, grant=scene.grant(first), order_id=scene.order(first).id, reason=service.DeclineReason.BUSY, at=START
    )
    assert (scene.orders(holder), scene.order(third).state) == ([], "offered")


def test_the_only_guard_with_an_aed_is_asked_for_it_although_he_is_the_nearest(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(), a_need(skills=["aed"]), guards=0)
    holder = guard(session, scene.station, lon=east(50), skills=("aed",))
    other = guard(session, scene.station, lon=east(500))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    needs = {need.id: need.skills for need in open_needs(session, scene.incident, at=START)}
    assert needs[scene.order(holder).need_id] == ["aed"]
    assert needs[scene.order(other).need_id] == []
