"""A refusal tells the one who is refused how things stand and what he can do: in his words, not in codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import Server
from tests.support.orders import Scene, make_scene
from tests.support.people import east, guard

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(server: Server, committing: Session) -> Scene:
    scene = make_scene(committing, guards=2)
    committing.commit()
    return scene


def test_a_step_that_is_not_possible_names_the_present_state(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/incidents/{scene.incident.id}"
    with server.client(scene.dispatcher) as room:
        send(room, "post", f"{url}/progress", json={"event": "handle", "reason": "电台报告处置完毕"})
        refused = send(room, "post", f"{url}/cancel", json={"reason": "误报警情"}).json()
        assert refused["state_label"] == "处置完毕，待反馈"
        assert refused["hint"] == "当前为“处置完毕，待反馈”；请刷新后按此状态办理。"
        nobody = send(room, "post", f"{url}/dispatch", json={}).json()
        assert "请登记新警情" in nobody["hint"]


def test_who_names_somebody_against_the_advice_is_told_what_speaks_against_him(
    server: Server, committing: Session, scene: Scene, send: Send
) -> None:
    absent = guard(committing, scene.station, lon=east(50), on_duty=False)
    committing.commit()
    url = f"/api/v1/incidents/{scene.incident.id}/dispatch"
    with server.client(scene.dispatcher) as room:

        def name(login: Any) -> Any:
            body = {"auto": False, "responder_ids": [str(login.responder.id)]}
            return send(room, "post", url, json=body).json()

        assert name(scene.guards[1])["hint"] == "该力量不在首选之列（有更近或更合适的力量）；仍要指定的，须填写原因。"
        assert name(absent)["hint"] == "未上岗；请另选人员，或待其可派后再试。"


@pytest.mark.parametrize(
    ("rest", "body", "message"),
    [
        ("cancel", {"reason": "误"}, "内容过短，至少 4 个字"),
        ("notes", {"text": "长" * 2001}, "内容过长，最多 2000 个字"),
        ("request-more", {"kind": "guard", "count": 11}, "超出允许范围，最大 10"),
        ("request-more", {"kind": "guard", "count": 0}, "超出允许范围，最小 1"),
    ],
)
def test_what_is_too_long_or_too_much_is_told_with_the_limit(
    server: Server, scene: Scene, send: Send, rest: str, body: dict[str, Any], message: str
) -> None:
    with server.client(scene.dispatcher) as room:
        (fault,) = send(room, "post", f"/api/v1/incidents/{scene.incident.id}/{rest}", json=body).json()["errors"]
    assert fault["message"] == message


def test_orders_and_files_are_readable_without_a_list_of_codes(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/incidents/{scene.incident.id}"
    with server.client(scene.dispatcher) as room:
        send(room, "post", f"{url}/dispatch", json={})
        lines = room.get(url).json()["orders"]
        assert {line["responder_kind"] for line in lines} == {"guard", "patrol_unit"}
        assert all(line["responder_name"] and line["label"] == "已下发" for line in lines)
    with server.client(scene.guards[0]) as phone:
        (order,) = phone.get("/api/v1/me/orders").json()["items"]
    assert order["incident"]["type_name"] == "打架斗殴"
    assert order["verb_names"] == ["协助警戒、劝离围观", "观察并通报现场情况"]
