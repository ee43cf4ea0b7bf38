"""Roles by places for the work itself, through the real API: what each may is read from the access table.

One row of ``ROWS`` is one thing that somebody may ask or command. For each role and each spot it is 403 when the
role may not at all, 404 when the thing is out of his reach, and then word for word as for a thing that there is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from dispatch.access.table import Permission as P
from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.matrix import ROLES, Town, assert_absent_and_hidden_look_alike, build_town
from tests.support.people import Login
from tests.support.work import Spot, Work, build_work, sees

Of = Callable[[Work, Role], Any]
REASON = {"reason": "核实现场情况"}
SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 5}
#: what somebody may be answered who may: done, or not at this moment
DONE = frozenset({200, 201, 204})
NOT_NOW = frozenset({409, 410, 412, 422})


@dataclass(frozen=True)
class Row:
    """``of`` picks what the address names; ``body`` is sound, so that nobody is refused for it before his right is."""

    method: str
    url: str
    permission: Permission
    of: Of
    body: Any = None
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    allowed: frozenset[int] = DONE | NOT_NOW

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def incident(work: Work, _: Role) -> Any:
    return work.incident.id


def order(work: Work, _: Role) -> Any:
    return work.order.id


def own_order(work: Work, role: Role) -> Any:
    return work.order_of(role).id


def own_responder(work: Work, role: Role) -> Any:
    return work.responder_of(role)


def photo(work: Work, role: Role) -> Any:
    return work.photo_of(role).id


def rating(work: Work, role: Role) -> Any:
    return work.rating_of(role).id


def done(work: Work, _: Role) -> Any:
    return work.done.id


def alarm(work: Work, _: Role) -> Any:
    return work.alarm.id


def swap(work: Work, _: Role) -> Any:
    return work.swap.id


def appeal(work: Work, _: Role) -> Any:
    return work.appeal.id


def area(work: Work, _: Role) -> Any:
    return work.area.id


def get(url: str, permission: Permission, of: Of, **values: Any) -> Row:
    return Row("GET", url, permission, of, allowed=frozenset({200}), **values)


def post(url: str, permission: Permission, of: Of, body: Any = None, **values: Any) -> Row:
    return Row("POST", url, permission, of, body, **values)


I, O = "/api/v1/incidents/{}", "/api/v1/orders/{}"  # noqa: E741
IF_FIRST = {"If-Match": '"1"'}
AID = {"station_id": str(new_id()), "reason": "本所力量不足", "kinds": ["guard"]}
ROWS = [
    get(I, P.INCIDENT_READ, incident),
    get(f"{I}/duplicates", P.INCIDENT_LIST, incident),
    get(f"{I}/orders", P.ORDER_READ, incident),
    get(f"{I}/recommendations", P.RECOMMEND, incident),
    get(f"{I}/joint-plans", P.RECOMMEND, incident),
    get(f"{I}/closure", P.CLOSURE_READ, incident),
    get(f"{I}/feedback-form", P.FEEDBACK_READ, incident),
    get(f"{I}/timeline", P.INCIDENT_READ, incident),
    get(f"{I}/chat", P.CHAT_READ, incident),
    post(f"{I}/chat", P.CHAT_WRITE, incident, {"text": "请到南门接应"}),
    Row("GET", f"{I}/replay", P.INCIDENT_REPLAY, incident, params=REASON),
    Row("PATCH", I, P.INCIDENT_EDIT, incident, {"level": 2}, headers=IF_FIRST),
    post(f"{I}/level", P.INCIDENT_EDIT, incident, {"level": 2, **REASON}),
    post(f"{I}/notes", P.INCIDENT_NOTE, incident, {"text": "已联系家属"}),
    post(f"{I}/progress", P.INCIDENT_EDIT, incident, {"event": "handle", **REASON}),
    post(f"{I}/cancel", P.INCIDENT_EDIT, incident, REASON),
    post(f"{I}/give-up", P.INCIDENT_EDIT, incident, REASON),
    post(f"{I}/reopen", P.INCIDENT_REOPEN, incident, REASON, headers=IF_FIRST),
    post(f"{I}/caller/reveal", P.CALLER_REVEAL, incident, REASON),
    post(f"{I}/dispatch", P.ORDER_OFFER, incident, {"auto": True}),
    post(f"{I}/request-more", P.ORDER_OFFER, incident, {"kind": "guard", "count": 1, **REASON}),
    post(f"{I}/recommendations", P.RECOMMEND, incident, {}),
    Row("PUT", f"{I}/feedback-form", P.FEEDBACK_WRITE, incident, {"result_code": "found", "text": "已找到"}),
    post(f"{I}/review", P.REVIEW_WRITE, incident, {"decision": "returned", "reason": "请补充到场时间"}),
    get(O, P.ORDER_READ, own_order),
    get(f"{O}/reports", P.PHOTO_READ, own_order),
    post(f"{O}/accept", P.ORDER_PROGRESS, own_order),
    post(f"{O}/decline", P.ORDER_PROGRESS, own_order, {"reason": "other", "text": "无法离岗"}),
    post(f"{O}/depart", P.ORDER_PROGRESS, own_order),
    post(f"{O}/arrive", P.ORDER_PROGRESS, own_order),
    post(f"{O}/complete", P.ORDER_PROGRESS, own_order, {"checklist": ["stayed"]}),
    post(f"{O}/withdraw", P.ORDER_PROGRESS, own_order, {"reason": "other", "text": "身体不适"}),
    post(f"{O}/stand-down", P.ORDER_CONTROL, order, REASON),
    post(f"{O}/cancel", P.ORDER_CONTROL, order, REASON),
    post(f"{O}/force", P.ORDER_CONTROL, order, REASON),
    post(f"{O}/confirm-arrival", P.ORDER_CONFIRM, order),
    post(f"{O}/reports", P.REPORT_WRITE, own_order, {"text": "老人已找到"}),
    post(f"{O}/sos", P.PANIC, own_order),
    post(f"{O}/rating", P.RATING_WRITE, done, SEEN),
    post(f"{I}/aids", P.AID_REQUEST, incident, AID),
    get(f"{I}/neighbours", P.AID_REQUEST, incident),
    post(f"{O}/phone/reveal", P.HELPER_PHONE_REVEAL, order, REASON),
    post(f"{O}/officer/reveal", P.OFFICER_PHONE_REVEAL, own_order, REASON),
    post("/api/v1/responders/{}/phone/reveal", P.PHONE_REVEAL, own_responder, REASON),
    get("/api/v1/photos/{}", P.PHOTO_READ, photo),
    get("/api/v1/ratings/{}", P.RATING_READ, rating),
    Row("PUT", "/api/v1/ratings/{}", P.RATING_WRITE, rating, SEEN, headers=IF_FIRST),
    post("/api/v1/ratings/{}/appeal", P.APPEAL_WRITE, rating, {"text": "当时已到场"}),
    post("/api/v1/appeals/{}/settlement", P.APPEAL_SETTLE, appeal, {"outcome": "kept", "reply": "经核实维持"}),
    post("/api/v1/alarms/{}/acknowledge", P.ALARM_ACKNOWLEDGE, alarm),
    post("/api/v1/swaps/{}/accept", P.SWAP_DECIDE, swap),
    post("/api/v1/swaps/{}/dismiss", P.SWAP_DECIDE, swap),
    get("/api/v1/areas/{}", P.AREA_READ, area),
    Row("DELETE", "/api/v1/areas/{}", P.AREA_WRITE, area, headers=IF_FIRST),
    get("/api/v1/responders/{}/duties", P.DUTY_READ, own_responder),
    Row("DELETE", "/api/v1/responders/{}/duty", P.DUTY_FORCE, own_responder, REASON),
]  # fmt: skip


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


def ask(client: httpx.Client, login: Login, row: Row, id_: Any) -> httpx.Response:
    headers = {**login.headers, "Idempotency-Key": new_id().hex, **row.headers}
    return client.request(row.method, row.url.format(id_), json=row.body, params=row.params, headers=headers)


def entries(session: Session, login: Login) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(RecordEntry.actor_account_id == login.account.id)) or 0


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_is_not_ones_own_is_refused_or_not_there(
    server: Server, town: Town, work: dict[Spot, Work], committing: Session, row: Row
) -> None:
    with server.client() as client:
        for role in ROLES:
            login, may = town.people[role], role in ACCESS[row.permission]
            for spot in Spot:
                if sees(row.permission, role, spot):
                    continue
                hidden = row.of(work[spot], role)
                answer = ask(client, login, row, hidden)
                assert answer.status_code == (404 if may else 403), (role, spot, answer.text)
                if may:
                    assert_absent_and_hidden_look_alike(
                        client, login, row.url, hidden, method=row.method, json=row.body, params=row.params,
                        headers=row.headers,
                    )  # fmt: skip
            assert entries(committing, login) == 0, f"{role} was refused, and yet something was done"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_is_within_reach_is_not_refused(server: Server, town: Town, work: dict[Spot, Work], row: Row) -> None:
    answered: set[Spot] = set()
    with server.client() as client:
        # the room last: what it commands ends others' work
        for role in sorted(ACCESS[row.permission], key=lambda r: r in (Role.DISPATCHER, Role.LEADER)):
            for spot in Spot:
                if sees(row.permission, role, spot):
                    answer = ask(client, town.people[role], row, row.of(work[spot], role))
                    erased = row.method == "DELETE" and spot in answered
                    answered.add(spot)
                    assert answer.status_code in row.allowed | ({404} if erased else set()), (role, spot, answer.text)
    assert answered, "somebody may"


def test_nobody_without_a_login_is_told_anything(server: Server, work: dict[Spot, Work]) -> None:
    with server.client() as client:
        for row in ROWS:
            for id_ in (row.of(work[Spot.MINE], Role.GUARD), new_id()):
                headers = {"Idempotency-Key": new_id().hex, **row.headers}
                answer = client.request(row.method, row.url.format(id_), json=row.body, headers=headers)
                assert answer.status_code == 401, str(row)


def test_every_route_that_names_a_piece_of_work_is_in_the_table(server: Server) -> None:
    named = {(row.method, row.url.split("?")[0]) for row in ROWS} | ELSEWHERE
    missing = []
    for path, methods in server.app.openapi()["paths"].items():
        parts = path.split("{")
        if len(parts) != 2 or not any(noun in path for noun in NOUNS):
            continue
        url = parts[0] + "{}" + parts[1].split("}")[1]
        missing += [(method.upper(), url) for method in methods if (method.upper(), url) not in named]
    assert not missing


NOUNS = (
    "/incidents/",
    "/orders/",
    "/photos/",
    "/ratings/",
    "/appeals/",
    "/alarms/",
    "/swaps/",
    "/areas/",
    "/responders/",
)
#: tried elsewhere
ELSEWHERE = {
    # with ids of others in the body: test_matrix_of_ids
    ("POST", f"{I}/merge"),
    ("POST", f"{I}/ratings"),
    ("POST", f"{O}/reassign"),
    ("GET", "/api/v1/responders/{}/track"),
    # multipart: tests/api/test_reports.py
    ("POST", f"{O}/photos"),
    # people who were lent: tests/aid
    ("POST", f"{O}/recall"),
    # needs its outline: tests/api/test_areas.py
    ("PUT", "/api/v1/areas/{}"),
    # tests/api/test_responders.py
    ("GET", "/api/v1/responders/{}"),
    ("PATCH", "/api/v1/responders/{}"),
}
