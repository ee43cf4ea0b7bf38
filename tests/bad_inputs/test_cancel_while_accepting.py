"""Row 58: the command room cancels at the moment in which the guard accepts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import Server
from tests.bad_inputs.conftest import refusal
from tests.support.orders import make_scene
from tests.support.people import Login

Send = Callable[..., httpx.Response]


@pytest.mark.parametrize("round_", range(6))
@pytest.mark.parametrize("what", ["order", "incident"])
def test_one_of_them_wins_and_the_other_is_told_the_present_state(
    server: Server, committing: Session, send: Send, what: str, round_: int
) -> None:
    scene = make_scene(committing, guards=1)
    committing.commit()
    incident = f"/api/v1/incidents/{scene.incident.id}"
    with server.client(scene.dispatcher) as room:
        assert send(room, "post", f"{incident}/dispatch", json={"auto": True}).status_code == 201
    with server.client(scene.guards[0]) as phone:
        (order,) = phone.get("/api/v1/me/orders", params={"open": "true"}).json()["items"]
    url = f"/api/v1/orders/{order['id']}"
    together = Barrier(2)

    def press(login: Login, address: str, body: dict[str, str] | None) -> httpx.Response:
        with server.client(login) as client:
            together.wait(40)
            return send(client, "post", address, json=body)

    reason = {"reason": "报警人来电称已自行解决"}
    cancelling = (f"{url}/cancel", {**reason, "seen_state": order["state"]}) if what == "order" else (
        f"{incident}/cancel", reason)  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        accepting = pool.submit(press, scene.guards[0], f"{url}/accept", None)
        cancelled = pool.submit(press, scene.dispatcher, *cancelling).result()
        accepted = accepting.result()
    with server.client(scene.guards[0]) as phone:
        state = phone.get(url).json()["state"]
    if what == "incident":
        # an incident may always be called off: he who accepted a moment before is called back
        assert (cancelled.status_code, state) == (200, "cancelled")
        assert accepted.status_code in (200, 409, 410)
    else:
        assert sorted((accepted.status_code == 200, cancelled.status_code == 200)) == [False, True]
        assert state == ("accepted" if accepted.status_code == 200 else "cancelled")
    for answer in (accepted, cancelled):
        if answer.status_code != 200:
            assert refusal(answer)[0] in (409, 410)
            assert answer.json()["state"] == state
