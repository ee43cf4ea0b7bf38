"""Roles by routes for what a neighbour has opened: exactly this is seen more, and after the end nothing of it.

The own station and the sibling without an aid are tried in tests/api/test_matrix_of_work.py; here the town's own
station helps a sibling with one incident (``AID``), and has helped with another (``EXPIRED``: its time is over and no
worker has come yet; ``REVOKED``: a leader has ended it).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS
from dispatch.aid.model import Aid
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from kit.actor import Role
from kit.ids import new_id
from tests.api.conftest import Server
from tests.api.test_matrix_of_lists import items
from tests.api.test_matrix_of_work import ROWS, I, O, Row, ask
from tests.support.closing import make_incident, make_order
from tests.support.matrix import ROLES, Place, Town, assert_absent_and_hidden_look_alike, build_town
from tests.support.orders import a_spec
from tests.support.people import START, Login, guard, officer, staff


class Shared(StrEnum):
    AID = "an aid is open"
    EXPIRED = "its time is over"
    REVOKED = "a leader has ended it"


#: what the command room and the leader of the helping station see with an aid, by what the address names
SEEN_OF_INCIDENT = {("GET", I), ("GET", f"{I}/orders"), ("GET", f"{I}/timeline")}
SEEN_OF_LENT = {("GET", O)}
ROOM = (Role.DISPATCHER, Role.LEADER)


@dataclass(frozen=True)
class Case:
    """A sibling's incident, an order of its own guard there, and one of the town's guard, finished."""

    incident: Incident
    own_order: Order
    lent_order: Order
    lent: Login


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def cases(town: Town, committing: Session) -> dict[Shared, Case]:
    made = {shared: _case(committing, town, shared) for shared in Shared}
    committing.commit()
    return made


def _case(session: Session, town: Town, shared: Shared) -> Case:
    from dispatch.scenarios.model import Scenario

    host, lender = town.stations[Place.SIBLING], town.stations[Place.OWN]
    incident = make_incident(session, host, state="arrived")
    session.get_one(Scenario, incident.scenario_id).spec = a_spec()
    begun = START - timedelta(hours=1)
    people = [staff(session, Role.LEADER, station).account.id for station in (host, lender)]
    aid = Aid(
        id=new_id(), district_id=host.district_id, incident_id=incident.id, requesting_station_id=host.id,
        helping_station_id=lender.id, state="active", tier="assist", kinds=["guard"], max_people=5, lasts_s=7200,
        reason="本所力量不足", requested_by=people[0], requested_at=begun, consent_due_at=begun + timedelta(minutes=3),
        approved_a_how="leader", approved_a_by=people[0], approved_a_at=begun, approved_b_how="leader",
        approved_b_by=people[1], approved_b_at=begun, starts_at=begun, ends_at=START + timedelta(hours=1), version=1,
    )  # fmt: skip
    session.add(aid)
    session.flush()
    officer(session, host)
    lent = guard(session, lender, organization=town.organizations[Place.OWN])
    case = Case(
        incident=incident,
        own_order=make_order(session, incident, guard(session, host), state="arrived"),
        lent_order=make_order(
            session, incident, lent, state="completed", offered_at=begun, ended_at=START, aid_id=aid.id
        ),
        lent=lent,
    )
    if shared is Shared.EXPIRED:
        aid.ends_at = START
    if shared is Shared.REVOKED:
        aid.state, aid.ended_at, aid.ended_by = "revoked", START, people[1]
    session.flush()
    return case


def _named(row: Row, case: Case) -> dict[str, uuid.UUID]:
    """What an address may name of a case: what the aid covers, and what is the host's alone."""
    if row.url.startswith(I):
        return {"incident": case.incident.id}
    if row.url.startswith(O):
        return {"lent": case.lent_order.id, "own": case.own_order.id}
    return {}


def _is_seen(row: Row, what: str, role: Role) -> bool:
    route = (row.method, row.url)
    return role in ROOM and (
        (what == "incident" and route in SEEN_OF_INCIDENT) or (what == "lent" and route in SEEN_OF_LENT)
    )


TRIED = [row for row in ROWS if row.url.startswith((I, O))]


def test_an_aid_opens_what_it_opens_and_its_end_closes_that(
    server: Server, town: Town, cases: dict[Shared, Case]
) -> None:
    # nothing is changed by what is refused, and what is seen is only read: one town does for all
    for row in TRIED:
        _try(server, town, cases, row)


def _try(server: Server, town: Town, cases: dict[Shared, Case], row: Row) -> None:
    with server.client() as client:
        for role in ROLES:
            login, may = town.people[role], role in ACCESS[row.permission]
            for shared, case in cases.items():
                for what, id_ in _named(row, case).items():
                    # a company's manager knows of his own man, wherever he is called to
                    his_own = role is Role.COMPANY_MANAGER and may and (what == "lent" or row.url == f"{I}/orders")
                    answer = ask(client, login, row, id_)
                    if (shared is Shared.AID and _is_seen(row, what, role)) or his_own:
                        assert answer.status_code in row.allowed, (str(row), role, shared, what, answer.text)
                        continue
                    assert answer.status_code == (404 if may else 403), (str(row), role, shared, what, answer.text)
                    if may:
                        assert_absent_and_hidden_look_alike(
                            client, login, row.url, id_, method=row.method, json=row.body, params=row.params,
                            headers=row.headers,
                        )  # fmt: skip


@pytest.mark.parametrize("role", ROOM)
def test_lists_hold_what_is_open_now(server: Server, town: Town, cases: dict[Shared, Case], role: Role) -> None:
    with server.client(town.people[role]) as client:
        incidents = {item["id"] for item in items(client.get("/api/v1/incidents?limit=200"))}
        orders = {item["id"] for item in items(client.get("/api/v1/orders?limit=200"))}
        snapshot = client.get("/api/v1/live/snapshot").text
    for shared, case in cases.items():
        is_open = shared is Shared.AID
        assert (str(case.incident.id) in incidents) is is_open, shared
        assert (str(case.lent_order.id) in orders) is is_open, shared
        assert str(case.own_order.id) not in orders
        assert str(case.own_order.id) not in snapshot
        if shared is Shared.REVOKED:
            assert str(case.incident.id) not in snapshot


def test_a_host_learns_nothing_more_of_whom_it_was_lent(
    server: Server, town: Town, cases: dict[Shared, Case], committing: Session
) -> None:
    host = staff(committing, Role.DISPATCHER, town.stations[Place.SIBLING])
    leader = staff(committing, Role.LEADER, town.stations[Place.SIBLING])
    committing.commit()
    case = cases[Shared.AID]
    responder = case.lent_order.responder_id
    name = case.lent.helper.name
    with server.client() as client:
        for login in (host, leader):
            for url in ("/api/v1/responders/{}", "/api/v1/responders/{}/duties"):
                assert_absent_and_hidden_look_alike(client, login, url, responder)
            for url in (
                f"/api/v1/orders/{case.lent_order.id}",
                f"/api/v1/incidents/{case.incident.id}/orders",
                f"/api/v1/incidents/{case.incident.id}/timeline",
                f"/api/v1/incidents/{case.incident.id}/feedback-form",
                "/api/v1/ratings",
                "/api/v1/responders?limit=200",
                "/api/v1/live/snapshot",
            ):
                answer = client.get(url, headers=login.headers)
                assert answer.status_code == 200, (url, answer.text)
                if "feedback-form" not in url:
                    # there he waits to be rated by name
                    assert name not in answer.text, url
