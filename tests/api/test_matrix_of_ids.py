"""Ids of others where one's own are asked for: in bodies and queries they are as good as made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from kit.actor import Role
from kit.ids import new_id
from tests.api.conftest import Server
from tests.support.matrix import Town, build_town
from tests.support.people import LAT, LON, START, east, guard
from tests.support.work import Spot, Work, build_work

REASON = {"reason": "核实现场情况"}
SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 5}
POINT = {"lon": LON, "lat": LAT, "crs": "wgs84"}
SQUARE = [[LON, LAT], [LON + 0.01, LAT], [LON + 0.01, LAT + 0.01], [LON, LAT]]

#: (mine, theirs) -> address, body, query; ``theirs`` names the other's thing, or nothing that there is
Make = Callable[[Work, Any], tuple[str, Any, dict[str, Any]]]


@dataclass(frozen=True)
class Try:
    """Who tries; the id of a piece of work elsewhere; the request around it."""

    name: str
    role: Role
    id_of: Callable[[Work], Any]
    make: Make
    method: str = "POST"

    def __str__(self) -> str:
        return self.name


def incident_url(work: Work, rest: str = "") -> str:
    return f"/api/v1/incidents/{work.incident.id}{rest}"


TRIES = [
    Try(
        "merge into an incident of another station",
        Role.LEADER,
        lambda work: work.incident.id,
        lambda mine, id_: (incident_url(mine, "/merge"), {"into_id": str(id_)}, {}),
    ),
    Try(
        "send somebody of another station",
        Role.DISPATCHER,
        lambda work: work.helper.responder.id if work.helper.responder else None,
        lambda mine, id_: (
            incident_url(mine, "/dispatch"), {"auto": False, "responder_ids": [str(id_)], **REASON}, {},
        ),
    ),
    Try(
        "reassign to somebody of another station",
        Role.DISPATCHER,
        lambda work: work.order.responder_id,
        lambda mine, id_: (f"/api/v1/orders/{mine.order.id}/reassign", {"responder_id": str(id_), **REASON}, {}),
    ),
    Try(
        "look again for a need of another incident",
        Role.DISPATCHER,
        lambda work: work.order.need_id,
        lambda mine, id_: (incident_url(mine, "/recommendations"), {"need_id": str(id_)}, {}),
    ),
    Try(
        "rate an order of another incident along with one's own",
        Role.OFFICER,
        lambda work: work.done.id,
        lambda mine, id_: (incident_url(mine, "/ratings"), {"ratings": [{"order_id": str(id_), **SEEN}]}, {}),
    ),
    Try(
        "read a track by an incident of another station",
        Role.LEADER,
        lambda work: work.incident.id,
        lambda mine, id_: (
            f"/api/v1/responders/{mine.order.responder_id}/track", None, {"incident_id": str(id_), **REASON},
        ),
        method="GET",
    ),
    Try(
        "read the track of somebody of another station",
        Role.LEADER,
        lambda work: work.order.responder_id,
        lambda mine, id_: (
            f"/api/v1/responders/{id_}/track", None, {"incident_id": str(mine.incident.id), **REASON},
        ),
        method="GET",
    ),
    Try(
        "take a call for another station",
        Role.DISPATCHER,
        lambda work: work.station.id,
        lambda mine, id_: (
            "/api/v1/incidents",
            {
                "category": "help", "type": "lost_person", "summary": "老人走失", "position": POINT,
                "station_id": str(id_),
            },
            {},
        ),
    ),
    Try(
        "open an account at another station",
        Role.LEADER,
        lambda work: work.station.id,
        lambda mine, id_: (
            "/api/v1/accounts",
            {"role": "officer", "name": "王某", "badge_no": new_id().hex[:9], "station_id": str(id_)},
            {},
        ),
    ),
    Try(
        "open an account in another's company",
        Role.LEADER,
        lambda work: work.order.organization_id,
        lambda mine, id_: (
            "/api/v1/accounts",
            {"role": "guard", "name": "王某", "badge_no": new_id().hex[:9], "organization_id": str(id_)},
            {},
        ),
    ),
    Try(
        "register a guard in another's company",
        Role.LEADER,
        lambda work: work.order.organization_id,
        lambda mine, id_: ("/api/v1/responders", {"kind": "guard", "name": "王某", "organization_id": str(id_)}, {}),
    ),
    Try(
        "draw an area of another station",
        Role.LEADER,
        lambda work: work.station.id,
        lambda mine, id_: (
            "/api/v1/areas",
            {
                "kind": "beat", "name": f"巡区{new_id().hex[:6]}", "station_id": str(id_),
                "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
            },
            {},
        ),
    ),
    Try(
        "make a code for an account of another station",
        Role.LEADER,
        lambda work: work.helper.account.id,
        lambda mine, id_: ("/api/v1/onboarding-codes", {"account_id": str(id_)}, {}),
    ),
    Try(
        "list scenarios of a station elsewhere",
        Role.DISTRICT_ADMIN,
        lambda work: work.station.id,
        lambda mine, id_: (f"/api/v1/scenarios/{mine.scenario.key}", None, {"station_id": str(id_)}),
        method="GET",
    ),
    Try(
        "read the record of something of another station",
        Role.LEADER,
        lambda work: work.incident.id,
        lambda mine, id_: ("/api/v1/records", None, {"subject_id": str(id_)}),
        method="GET",
    ),
    Try(
        "list ratings of somebody of another station",
        Role.LEADER,
        lambda work: work.order.responder_id,
        lambda mine, id_: ("/api/v1/ratings", None, {"responder_id": str(id_)}),
        method="GET",
    ),
]  # fmt: skip


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


def counted(session: Session) -> tuple[int, int]:
    session.rollback()
    return (
        session.scalar(select(func.count()).select_from(Incident)) or 0,
        session.scalar(select(func.count()).select_from(Order)) or 0,
    )


@pytest.mark.parametrize("attempt", TRIES, ids=str)
def test_an_id_of_another_is_as_good_as_none(
    server: Server, town: Town, work: dict[Spot, Work], committing: Session, attempt: Try
) -> None:
    # what the district itself may see is not another's to it
    spots = (Spot.FOREIGN,) if attempt.role is Role.DISTRICT_ADMIN else (Spot.SIBLING, Spot.FOREIGN)
    before = counted(committing)
    with server.client(town.people[attempt.role]) as client:

        def ask(id_: Any) -> tuple[int, bytes]:
            url, body, query = attempt.make(work[Spot.MINE], id_)
            answer = client.request(
                attempt.method, url, json=body, params=query,
                headers={"Idempotency-Key": new_id().hex, "If-Match": '"1"'},
            )  # fmt: skip
            content = answer.content
            if answer.status_code >= 400:
                content = content.replace(answer.json()["instance"].encode(), b"")
            return answer.status_code, content.replace(str(id_).encode(), b"")

        nothing = ask(new_id())
        assert nothing[0] in (200, 404, 409, 422)
        if nothing[0] == 200:
            assert b'"items":[]' in nothing[1]
        for spot in spots:
            assert ask(attempt.id_of(work[spot])) == nothing, spot
    assert counted(committing) == before


def test_a_company_manager_reads_that_his_man_was_called_and_nothing_of_what_happened(
    server: Server, town: Town, work: dict[Spot, Work]
) -> None:
    with server.client(town.people[Role.COMPANY_MANAGER]) as client:
        text = client.get(f"/api/v1/orders/{work[Spot.OWN].order.id}").text
        listed = client.get("/api/v1/orders").text
    for shown in (text, listed):
        for secret in ("老人走失", "剑川路 1 号", "请前往查找"):
            assert secret not in shown


def test_whoever_is_done_reads_no_more_where_and_what_it_was(
    server: Server, town: Town, work: dict[Spot, Work]
) -> None:
    mine = work[Spot.MINE]
    with server.client(town.people[Role.GUARD]) as client:
        assert "老人走失" in client.get(f"/api/v1/orders/{mine.order.id}").text
        over = client.get(f"/api/v1/orders/{mine.done.id}")
    assert over.status_code == 200
    for secret in ("老人走失", "剑川路 1 号", str(LON)):
        assert secret not in over.text


def test_a_new_guard_reads_nothing_of_before(
    server: Server, town: Town, work: dict[Spot, Work], committing: Session
) -> None:
    mine = work[Spot.MINE]
    newcomer = guard(committing, mine.station, lon=east(10), at=START)
    committing.commit()
    with server.client(newcomer) as client:
        for url in ("/api/v1/me/orders", "/api/v1/orders", "/api/v1/messages", "/api/v1/me/ratings"):
            assert client.get(url).json()["items"] == []
        assert client.get(incident_url(mine)).status_code == 404
