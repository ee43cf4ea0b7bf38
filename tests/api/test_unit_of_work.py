"""Commands at the edge: done once, committed before the reply, never in each other's way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.idempotency.model import IdempotencyKey
from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from kit.tenancy import Organization
from tests.api.conftest import Server
from tests.support.people import Login, make_station, staff

URL = "/api/v1/organizations"
Send = Callable[..., httpx.Response]


def leader(committing: Session) -> Login:
    login = staff(committing, Role.LEADER, make_station(committing))
    committing.commit()
    return login


def body(name: str | None = None) -> dict[str, str]:
    return {"name": name or f"单位{new_id().hex[:12]}", "kind": "merchant"}


def count_of(session: Session, name: str) -> int:
    return session.scalar(select(func.count()).where(Organization.name == name)) or 0


def test_a_command_without_a_key_is_refused(server: Server, committing: Session) -> None:
    with server.client(leader(committing)) as client:
        answer = client.post(URL, json=body())
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/idempotency-key-required")


def test_a_command_sent_again_has_one_effect_and_the_same_answer(
    server: Server, committing: Session, send: Send
) -> None:
    new = body()
    with server.client(leader(committing)) as client:
        first = send(client, "post", URL, key="key-of-the-first", json=new)
        again = send(client, "post", URL, key="key-of-the-first", json=new)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert count_of(committing, new["name"]) == 1


def test_a_key_used_for_another_body_is_refused(server: Server, committing: Session, send: Send) -> None:
    other = body()
    with server.client(leader(committing)) as client:
        send(client, "post", URL, key="key-used-once", json=body())
        answer = send(client, "post", URL, key="key-used-once", json=other)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/idempotency-key-reused")
    assert count_of(committing, other["name"]) == 0


def test_two_people_may_use_the_same_key(server: Server, committing: Session, send: Send) -> None:
    for _ in range(2):
        with server.client(leader(committing)) as client:
            assert send(client, "post", URL, key="same-key-two-people", json=body()).status_code == 201


def test_a_refused_command_keeps_no_answer_and_no_record(server: Server, committing: Session, send: Send) -> None:
    login, new = leader(committing), body()
    with server.client(login) as client:
        send(client, "post", URL, json=new)
        refused = send(client, "post", URL, key="key-refused", json=new)
    assert refused.status_code == 409
    mine = RecordEntry.actor_account_id == login.account.id
    assert committing.scalar(select(func.count()).where(mine)) == 1
    kept = (IdempotencyKey.account_id == login.account.id) & (IdempotencyKey.key == "key-refused")
    assert committing.scalar(select(func.count()).where(kept)) == 0


def test_what_was_answered_is_already_committed(server: Server, committing: Session, send: Send) -> None:
    new = body()
    with server.client(leader(committing)) as client:
        send(client, "post", URL, json=new)
        assert count_of(committing, new["name"]) == 1


def test_the_same_command_at_the_same_moment_is_done_once(server: Server, committing: Session) -> None:
    login, new = leader(committing), body()
    start = threading.Barrier(8)

    def once(_: int) -> int:
        with server.client(login) as client:
            start.wait()
            return client.post(URL, json=new, headers={"Idempotency-Key": "key-raced"}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(once, range(8)))
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert count_of(committing, new["name"]) == 1


def test_many_more_requests_than_connections_all_get_through(server: Server, committing: Session) -> None:
    login = leader(committing)

    def work(turn: int) -> int:
        with server.client(login) as client:
            if turn % 2:
                return client.get(URL).status_code
            return client.post(URL, json=body(), headers={"Idempotency-Key": new_id().hex}).status_code

    with ThreadPoolExecutor(48) as pool:
        statuses = set(pool.map(work, range(192)))
    assert statuses == {200, 201}


def test_an_edit_without_its_version_is_refused_and_a_stale_one_told_the_present(
    server: Server, committing: Session, send: Send
) -> None:
    with server.client(leader(committing)) as client:
        made = send(client, "post", URL, json=body())
        one = f"{URL}/{made.json()['id']}"
        blind = send(client, "patch", one, json={"name": body()["name"]})
        good = send(client, "patch", one, json={"name": body()["name"]}, headers={"If-Match": made.headers["etag"]})
        stale = send(client, "patch", one, json={"name": body()["name"]}, headers={"If-Match": made.headers["etag"]})
    assert (blind.status_code, good.status_code, stale.status_code) == (428, 200, 412)
    assert stale.headers["etag"] == good.headers["etag"]


def test_a_list_is_read_in_pages_without_gap_or_repeat(server: Server, committing: Session, send: Send) -> None:
    login = leader(committing)
    seen: list[str] = []
    with server.client(login) as client:
        made = {send(client, "post", URL, json=body()).json()["id"] for _ in range(7)}
        cursor: str | None = None
        while True:
            page = client.get(URL, params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


def test_a_cursor_that_is_not_ours_is_refused(server: Server, committing: Session) -> None:
    with server.client(leader(committing)) as client:
        for cursor in ("x", "e30", "WzEsMl0", "%00"):
            answer = client.get(URL, params={"cursor": cursor})
            assert answer.status_code == 422, cursor
