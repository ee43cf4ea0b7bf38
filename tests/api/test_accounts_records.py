from __future__ import annotations

from collections.abc import Callable

import httpx
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.record import write
from tests.api.conftest import Server
from tests.support.people import START, make_organization, make_station, staff

Send = Callable[..., httpx.Response]


class TestRecord:
    def test_pages_join_without_gap_or_double(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        leader = staff(committing, Role.LEADER, station)
        for number in range(7):
            write(
                committing,
                "test.counted",
                actor=leader.actor,
                at=START,
                subject_kind="test",
                subject_id=None,
                number=number,
            )
            committing.flush()
        committing.commit()
        seen, cursor = [], None
        with server.client(leader) as client:
            while True:
                params = {"action": "test.counted", "limit": 3, **({"cursor": cursor} if cursor else {})}
                page = client.get("/api/v1/records", params=params).json()  # type: ignore[arg-type]
                seen += [item["detail"]["number"] for item in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
        assert seen == [6, 5, 4, 3, 2, 1, 0]

    def test_it_can_be_asked_by_who_acted(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        leader, other = staff(committing, Role.LEADER, station), staff(committing, Role.DISPATCHER, station)
        for login in (leader, other):
            write(committing, "test.done", actor=login.actor, at=START, subject_kind="test", subject_id=None)
        committing.commit()
        with server.client(leader) as client:
            items = client.get("/api/v1/records", params={"actor": str(other.account.id)}).json()["items"]
        assert [item["actor_name"] for item in items] == [other.account.name]

    def test_a_cursor_that_is_not_ours_is_refused(self, server: Server, committing: Session) -> None:
        leader = staff(committing, Role.LEADER, make_station(committing))
        committing.commit()
        with server.client(leader) as client:
            assert client.get("/api/v1/records", params={"cursor": "zzzz"}).status_code == 422


class TestOrganizations:
    def test_one_with_people_is_not_closed(self, server: Server, committing: Session, send: Send) -> None:
        station = make_station(committing)
        leader, empty = staff(committing, Role.LEADER, station), make_organization(committing, station)
        full = make_organization(committing, station)
        staff(committing, Role.COMPANY_MANAGER, station, organization=full)
        committing.commit()
        with server.client(leader) as client:
            for organization, status in ((full, 409), (empty, 200)):
                url = f"/api/v1/organizations/{organization.id}"
                answer = send(client, "patch", url, json={"active": False}, headers={"If-Match": '"1"'})
                assert answer.status_code == status

    def test_a_name_is_used_once_at_a_station_and_again_at_the_next(
        self, server: Server, committing: Session, send: Send
    ) -> None:
        leaders = [staff(committing, Role.LEADER, make_station(committing)) for _ in range(2)]
        committing.commit()
        body = {"name": "剑川物业", "kind": "property_manager"}
        statuses = []
        for leader in (leaders[0], leaders[0], leaders[1]):
            with server.client(leader) as client:
                statuses.append(send(client, "post", "/api/v1/organizations", json=body).status_code)
        assert statuses == [201, 409, 201]

    def test_a_boolean_is_a_boolean(self, server: Server, committing: Session, send: Send) -> None:
        station = make_station(committing)
        leader, company = staff(committing, Role.LEADER, station), make_organization(committing, station)
        committing.commit()
        with server.client(leader) as client:
            for value in ("false", 0, None):
                url = f"/api/v1/organizations/{company.id}"
                answer = send(client, "patch", url, json={"active": value}, headers={"If-Match": '"1"'})
                assert answer.status_code == 422
