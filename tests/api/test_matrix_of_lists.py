"""Roles by places in lists, on screens and on the live map: nobody is shown what he could not ask for by its id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import ACCESS, Permission
from dispatch.access.table import Permission as P
from kit.actor import Reach, Role
from tests.api.conftest import Server
from tests.live.support import next_frame, raw_socket, run
from tests.support.matrix import ROLES, Place, Town, build_town
from tests.support.people import LAT, LON, START, east, point, staff
from tests.support.work import Spot, Work, build_work, sees

Send = Callable[..., httpx.Response]
Ids = Callable[[Work, Role], Iterable[Any]]


@dataclass(frozen=True)
class Listing:
    """``ids``: what of one piece of work that role would find in the list, were it within his reach."""

    url: str
    permission: Permission
    ids: Ids
    key: str = "id"

    def __str__(self) -> str:
        return self.url


def _incident(work: Work, _: Role) -> Iterable[Any]:
    return [work.incident.id]


def _orders(work: Work, role: Role) -> Iterable[Any]:
    return [work.order_of(role).id]


def _rating(work: Work, role: Role) -> Iterable[Any]:
    return [work.rating_of(role).id]


LISTS = [
    Listing("/api/v1/incidents", P.INCIDENT_LIST, _incident),
    Listing("/api/v1/incidents?q=走失", P.INCIDENT_LIST, _incident),
    Listing("/api/v1/orders", P.ORDER_READ, _orders),
    Listing("/api/v1/orders?open=true", P.ORDER_READ, _orders),
    Listing("/api/v1/alarms", P.ALARM_READ, lambda w, _: [w.alarm.id]),
    Listing("/api/v1/alarms?open=true", P.ALARM_READ, lambda w, _: [w.alarm.id]),
    Listing("/api/v1/ratings", P.RATING_READ, _rating),
    Listing("/api/v1/appeals", P.APPEAL_SETTLE, lambda w, _: [w.appeal.id]),
    Listing("/api/v1/areas", P.AREA_READ, lambda w, _: [w.area.id]),
    Listing("/api/v1/scenarios", P.SCENARIO_READ, lambda w, _: [w.scenario.id]),
    Listing("/api/v1/responders", P.RESPONDER_READ, lambda w, r: [w.responder_of(r)]),
    Listing("/api/v1/closures?state=handled", P.CLOSURE_READ, _incident, key="incident_id"),
]


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


def items(answer: Any) -> list[Any]:
    body = answer.json()
    return list(body["items"] if isinstance(body, dict) else body)


@pytest.mark.parametrize("listing", LISTS, ids=str)
def test_a_list_holds_what_is_within_reach_and_nothing_else(
    server: Server, town: Town, work: dict[Spot, Work], committing: Session, listing: Listing
) -> None:
    if "closures" in listing.url:
        for one in work.values():
            committing.merge(one.incident).state = "handled"
        committing.commit()
    url = listing.url + ("&" if "?" in listing.url else "?") + "limit=200"
    for role in ROLES:
        with server.client(town.people[role]) as client:
            answer = client.get(url)
        if role not in ACCESS[listing.permission]:
            assert answer.status_code == 403, role
            continue
        assert answer.status_code == 200, answer.text
        shown = {item[listing.key] for item in items(answer)}
        for spot, one in work.items():
            expected = sees(listing.permission, role, spot)
            for id_ in listing.ids(one, role):
                assert (str(id_) in shown) is expected, (role, spot)


def test_my_orders_and_ratings_are_mine(server: Server, town: Town, work: dict[Spot, Work]) -> None:
    for role in (Role.GUARD, Role.KEEPER, Role.OFFICER):
        with server.client(town.people[role]) as client:
            mine = {item["id"] for item in items(client.get("/api/v1/me/orders", params={"limit": 200}))}
            assert str(work[Spot.MINE].order_of(role).id) in mine
            for one in work.values():
                for other, order in one.own_orders.items():
                    assert (str(order.id) in mine) is (one is work[Spot.MINE] and other is role)
            rated = {item["id"] for item in items(client.get("/api/v1/me/ratings"))}
            assert rated == ({str(work[Spot.MINE].ratings[role].id)} if role is not Role.OFFICER else set())


@pytest.mark.parametrize("role", ROLES)
def test_the_screen_without_a_socket_shows_what_is_within_reach(
    server: Server, town: Town, work: dict[Spot, Work], role: Role
) -> None:
    with server.client(town.people[role]) as client:
        answer = client.get("/api/v1/live/snapshot")
    if role not in ACCESS[P.LIVE]:
        assert answer.status_code == 403
        return
    console = ACCESS[P.LIVE][role] is Reach.STATION
    assert set(answer.json()["streams"]) == ({"account", "station"} if console else {"account"})
    for spot, one in work.items():
        for id_ in (one.incident.id, one.alarm.id, one.order.id, one.helper.account.id, one.order.responder_id):
            if not (sees(P.ALARM_READ, role, spot) or (spot is Spot.MINE and role is not Role.COMPANY_MANAGER)):
                assert str(id_) not in answer.text, (spot, id_)
        if console:
            assert (str(one.incident.id) in answer.text) is sees(P.INCIDENT_LIST, role, spot)


def test_nobody_is_on_a_map_of_somebody_who_may_not_see_him(
    server: Server, town: Town, work: dict[Spot, Work], committing: Session
) -> None:
    for one in work.values():
        for n, order in enumerate(one.own_orders.values()):
            committing.execute(
                text(
                    "UPDATE responder_index SET position = ST_GeogFromText(:point), captured_at = :at,"
                    " received_at = :at, accuracy_m = 5, source = 'test'"
                    " WHERE responder_id = :id AND kind <> 'safe_house'"
                ),
                {"point": point(east(20.0 * n)), "at": START, "id": order.responder_id},
            )
    committing.commit()

    moving = {
        spot: {str(o.responder_id) for r, o in one.own_orders.items() if r is not Role.KEEPER}
        for spot, one in work.items()
    }
    station = moving[Spot.MINE] | moving[Spot.OWN] | moving[Spot.COMPANY]
    expected = {
        Role.DISPATCHER: station,
        Role.LEADER: station,
        # those who help on his incident
        Role.OFFICER: {str(work[Spot.MINE].order.responder_id)},
        Role.GUARD: set(),
        Role.KEEPER: set(),
    }

    async def watch(role: Role) -> set[str]:
        """Until all are there that he may see, and for a while longer."""
        seen: set[str] = set()

        async def look(*, until: set[str] | None) -> None:
            while until is None or not until <= seen:
                frame = await next_frame(wire, "positions")
                seen.update(shown["responder_id"] for shown in frame["positions"])

        async with raw_socket(server, town.people[role]) as wire:
            async with asyncio.timeout(40):
                await look(until=expected[role])
            with suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await look(until=None)
        return seen

    async def body() -> dict[Role, set[str]]:
        return dict(zip(expected, await asyncio.gather(*map(watch, expected)), strict=True))

    assert set(expected) == {role for role in ROLES if role in ACCESS[P.LIVE]}
    assert run(body) == expected


def test_a_role_without_a_screen_gets_no_ticket(server: Server, town: Town, work: dict[Spot, Work]) -> None:
    for role in ROLES:
        with server.client(town.people[role]) as client:
            assert client.post("/api/v1/live/tickets").status_code == (201 if role in ACCESS[P.LIVE] else 403)


def test_a_place_is_known_in_its_district(server: Server, town: Town, committing: Session, send: Send) -> None:
    for place in (Place.OWN, Place.SIBLING, Place.FOREIGN):
        leader = staff(committing, Role.LEADER, town.stations[place])
        committing.commit()
        body = {"name": f"邻里中心{place.name}", "position": {"lon": LON, "lat": LAT, "crs": "wgs84"}}
        with server.client(leader) as client:
            assert send(client, "post", "/api/v1/places", json=body).status_code == 201
    for role in ROLES:
        with server.client(town.people[role]) as client:
            found = client.get("/api/v1/places", params={"q": "邻里中心", "limit": 50})
            near = client.get("/api/v1/places/near", params={"lon": LON, "lat": LAT, "crs": "wgs84", "limit": 50})
        if role not in ACCESS[P.PLACE_READ]:
            assert (found.status_code, near.status_code) == (403, 403)
            continue
        for shown in (found.json(), near.json()["items"]):
            assert {place["name"] for place in shown} == {"邻里中心OWN", "邻里中心SIBLING"}
