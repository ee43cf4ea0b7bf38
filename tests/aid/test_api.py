"""Mutual aid over HTTP: who may what, and what each side reads before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from tests.api.conftest import Server
from tests.support.aid import Neighbours, make_neighbours
from tests.support.matrix import assert_absent_and_hidden_look_alike
from tests.support.people import Login, make_station, staff

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(server: Server, committing: Session) -> Neighbours:
    made = make_neighbours(committing)
    committing.commit()
    return made


@pytest.fixture
def call(server: Server, send: Send) -> Callable[..., httpx.Response]:
    """``call(login, "post", url, {...})``: the answer."""

    def ask(login: Login, method: str, url: str, body: Any = None) -> httpx.Response:
        with server.client(login) as client:
            return send(client, method, f"/api/v1{url}", **({"json": body} if body is not None else {}))

    return ask


def test_a_request_goes_its_way(scene: Neighbours, call: Callable[..., httpx.Response]) -> None:
    (neighbour,) = call(scene.dispatcher, "get", "/neighbours").json()
    assert neighbour == {"id": str(scene.other.id), "name": scene.other.name}
    body = {"station_id": neighbour["id"], "reason": "本所力量不足", "kinds": ["guard"], "max_people": 2}
    made = call(scene.dispatcher, "post", f"/incidents/{scene.incident.id}/aids", body)
    assert made.status_code == 201, made.text
    url = f"/aids/{made.json()['id']}"
    assert (made.json()["label"], made.json()["state"]) == ("已申请，待同意", "requested")

    # the neighbour reads what it is about, and nothing of where, who or what exactly
    asked = call(scene.other_dispatcher, "get", url)
    assert asked.json()["type_name"] and asked.json()["label"] == "邻所申请支援，待同意"
    for secret in (scene.incident.address, scene.incident.summary, scene.incident.number):
        assert secret not in asked.text

    for login, state in ((scene.other_leader, "requested"), (scene.leader, "active")):
        answer = call(login, "post", f"{url}/approve")
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
    ended = call(scene.other_leader, "post", f"{url}/revoke", {"reason": "本所另有警情"})
    assert (ended.json()["state"], ended.json()["end_reason"]) == ("revoked", "本所另有警情")

    for login in (scene.dispatcher, scene.other_leader):
        assert call(login, "get", "/aids?open=true").json()["items"] == []
        (kept,) = call(login, "get", "/aids").json()["items"]
        assert kept["people"] == {"asked": 0, "accepted": 0, "under_way": 0}


@pytest.mark.parametrize("verb", ["approve", "decline", "release", "revoke", "force"])
def test_nobody_decides_who_may_not(
    scene: Neighbours,
    server: Server,
    committing: Session,
    call: Callable[..., httpx.Response],
    verb: str,
) -> None:
    aid = scene.request()
    third = make_station(committing)
    admin = staff(committing, Role.DISTRICT_ADMIN, scene.station)
    stranger = {role: staff(committing, role, third) for role in (Role.DISPATCHER, Role.LEADER, Role.DISTRICT_ADMIN)}
    committing.commit()
    body = None if verb == "approve" else {"reason": "核实情况"}
    may = {
        "approve": {Role.LEADER},
        "decline": {Role.LEADER},
        "revoke": {Role.LEADER},
        "release": {Role.LEADER, Role.DISPATCHER},
        "force": {Role.DISTRICT_ADMIN},
    }[verb]
    for login in (
        scene.dispatcher,
        scene.other_dispatcher,
        scene.leader,
        scene.police[0],
        scene.other_guards[0],
        admin,
    ):
        role = Role(login.account.role)
        if role not in may:
            assert call(login, "post", f"/aids/{aid.id}/{verb}", body).status_code == 403, role
    with server.client() as client:
        for role, login in stranger.items():
            if role in may:
                assert_absent_and_hidden_look_alike(
                    client, login, f"/api/v1/aids/{{}}/{verb}", aid.id, method="POST", json=body
                )
        assert_absent_and_hidden_look_alike(client, stranger[Role.LEADER], "/api/v1/aids/{}", aid.id)
    committing.refresh(aid)
    assert (aid.state, aid.version) == ("requested", 1)


def test_a_pact_goes_its_way(scene: Neighbours, call: Callable[..., httpx.Response]) -> None:
    body = {"station_id": str(scene.other.id), "limits": {"kinds": ["guard"], "automatic": True}}
    assert call(scene.dispatcher, "post", "/pacts", body).status_code == 403
    made = call(scene.leader, "post", "/pacts", body)
    assert made.status_code == 201, made.text
    url = f"/pacts/{made.json()['id']}"
    assert call(scene.leader, "post", f"{url}/sign").status_code == 404
    signed = call(scene.other_leader, "post", f"{url}/sign").json()
    assert (signed["state"], signed["limits"]["max_people"], signed["limits"]["automatic"]) == ("active", 4, True)
    ask = {"station_id": str(scene.other.id), "reason": "本所力量不足", "kinds": ["guard"]}
    aid = call(scene.dispatcher, "post", f"/incidents/{scene.incident.id}/aids", ask).json()
    assert (aid["state"], aid["approved_a"]["how"], aid["approved_b"]["label"]) == ("active", "pact", "支援约定")
    assert call(scene.other_leader, "post", f"{url}/revoke", {"reason": "重新划分"}).json()["state"] == "revoked"
    assert call(scene.dispatcher, "get", f"/aids/{aid['id']}").json()["state"] == "revoked"
    assert [pact["id"] for pact in call(scene.other_dispatcher, "get", "/pacts").json()["items"]] == [signed["id"]]
    assert call(scene.dispatcher, "get", "/pacts?in_force=true").json()["items"] == []


def test_a_pact_of_others_is_not_there(scene: Neighbours, server: Server, committing: Session) -> None:
    pact = scene.pact()
    stranger = staff(committing, Role.LEADER, make_station(committing))
    committing.commit()
    with server.client() as client:
        assert_absent_and_hidden_look_alike(client, stranger, "/api/v1/pacts/{}", pact.id)
        for verb, body in (("sign", None), ("revoke", {"reason": "核实情况"})):
            assert_absent_and_hidden_look_alike(
                client, stranger, f"/api/v1/pacts/{{}}/{verb}", pact.id, method="POST", json=body
            )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kinds": []}, "aid-kinds-missing"),
        ({"kinds": ["dog"]}, "not-an-option"),
        ({"max_people": 0}, "out-of-range"),
        ({"lasts_s": 60}, "out-of-range"),
        ({"reason": ""}, "too-short"),
        ({"station_id": str(new_id())}, "aid-not-a-neighbour"),
        ({"phone": "13800000000"}, "unknown-member"),
    ],
)
def test_bad_input_is_refused_in_words(
    scene: Neighbours, call: Callable[..., httpx.Response], change: dict[str, Any], code: str
) -> None:
    body = {"station_id": str(scene.other.id), "reason": "本所力量不足", "kinds": ["guard"], **change}
    answer = call(scene.dispatcher, "post", f"/incidents/{scene.incident.id}/aids", body)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(code)
