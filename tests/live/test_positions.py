"""Who sees where whom, and that nobody is seen who is not on duty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.access.table import Permission
from dispatch.access.table import grant as grant_of
from dispatch.orders import service as orders
from geo.duty import service as duty
from kit.actor import Role
from pingan_client import LiveClient, Refused
from tests.live.conftest import LiveServer
from tests.live.support import client_of, live_of, run
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import LAT, Login, east, guard, keeper, make_station, staff

Start = Callable[..., LiveServer]
METRES = 100.0


@pytest.fixture
def server(start_server: Start) -> LiveServer:
    return start_server(positions_s=0.1)


def _scene(server: LiveServer) -> Scene:
    with server.sessions() as session:
        scene = make_scene(session, a_need("patrol_unit"), a_need(), guards=2)
        for person in scene.guards:
            _start_duty(session, server, person)
        session.commit()
        return scene


def _start_duty(session: Any, server: LiveServer, person: Login) -> None:
    """Duty that the writer of positions accepts."""
    assert person.responder is not None
    duty.start(
        session,
        responder_id=person.responder.id,
        planned_end=None,
        actor=person.actor,
        at=server.clock.now(),
    )


def _fix(server: LiveServer, metres_east: float) -> dict[str, Any]:
    return {
        "captured_at": server.clock.now().isoformat(),
        "position": {"lon": east(metres_east), "lat": LAT, "crs": "wgs84"},
        "accuracy_m": 8.0,
    }


def _sees(live: LiveClient, person: Login) -> bool:
    assert person.responder is not None
    return str(person.responder.id) in live.screen.positions


async def _settle() -> None:
    await asyncio.sleep(0.5)


def test_a_console_sees_who_moves_in_its_station_and_nobody_else_s(server: LiveServer) -> None:
    scene = _scene(server)
    with server.sessions.begin() as session:
        neighbour = staff(session, Role.DISPATCHER, make_station(session))

    async def body() -> None:
        async with (
            live_of(server, scene.dispatcher) as room,
            live_of(server, neighbour) as other,
            live_of(server, scene.guards[0]) as phone,
        ):
            server.clock.advance(seconds=10)
            assert await phone.fix(**_fix(server, METRES)) == "stored"
            responder = scene.guards[0].responder
            assert responder is not None
            position = await room.wait_for(
                lambda s: (p := s.positions.get(str(responder.id))) and p["accuracy_m"] == 8.0 and p
            )
            assert position["position"]["crs"] == "wgs84"
            assert abs(position["position"]["lon"] - east(METRES)) < 1e-6
            await _settle()
            assert not _sees(other, scene.guards[0])
            # a guard sees nobody
            assert phone.screen.positions == {}
        # whose socket is blocked on the way asks by HTTP and sees the same
        for login, seen in ((scene.dispatcher, {str(responder.id)}), (neighbour, set()), (scene.guards[0], set())):
            async with client_of(server, login) as client:
                shown = (await client.get("/api/v1/live/snapshot"))["positions"]
                fresh = {place["responder_id"] for place in shown if place["accuracy_m"] == 8.0}
                assert fresh == seen

    run(body)


def test_an_officer_sees_the_helpers_of_his_incident_while_they_are_under_way(server: LiveServer) -> None:
    scene = _scene(server)
    officer, helper = scene.police[0], scene.guards[0]
    with server.sessions.begin() as session:
        scene.session = session
        orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=server.clock.now())
        session.flush()
        for person in (officer, helper):
            orders.accept(
                session,
                grant=grant_of(person.actor, Permission.ORDER_PROGRESS),
                order_id=scene.order(person).id,
                at=server.clock.now(),
            )

    async def body() -> None:
        async with live_of(server, officer) as car, live_of(server, helper) as phone:
            server.clock.advance(seconds=5)
            assert await phone.fix(**_fix(server, METRES)) == "stored"
            responder = helper.responder
            assert responder is not None
            await car.wait_for(lambda s: s.positions.get(str(responder.id), {}).get("accuracy_m") == 8.0)
            assert not _sees(car, scene.guards[1])
            with server.sessions.begin() as session:
                scene.session = session
                orders.stand_down(
                    session,
                    grant=scene.control,
                    order_id=scene.order(helper).id,
                    reason="not_needed",
                    at=server.clock.now(),
                )
            car.screen.positions.clear()
            server.clock.advance(seconds=5)
            assert await phone.fix(**_fix(server, METRES * 2)) == "stored"
            await _settle()
            assert not _sees(car, helper)

    run(body)


def test_after_the_end_of_duty_nobody_is_shown_any_more(server: LiveServer) -> None:
    scene = _scene(server)
    person = scene.guards[0]
    assert person.responder is not None

    async def body() -> None:
        async with live_of(server, scene.dispatcher) as room, live_of(server, person) as phone:
            server.clock.advance(seconds=5)
            await phone.fix(**_fix(server, METRES))
            await room.wait_for(lambda _: _sees(room, person))
            with server.sessions.begin() as session:
                assert person.responder is not None
                duty.end(session, responder_id=person.responder.id, actor=person.actor, at=server.clock.now())
            async with asyncio.timeout(5):
                await room.wait_for(lambda _: not _sees(room, person))
            server.clock.advance(seconds=5)
            assert await phone.fix(**_fix(server, METRES)) == "refused"
            await _settle()
            assert not _sees(room, person)
        # nor on a screen that begins to look now
        async with live_of(server, scene.dispatcher) as room:
            await _settle()
            assert not _sees(room, person)
            assert _sees(room, scene.guards[1])

    run(body)


def test_the_hub_keeps_no_position_of_who_is_off_duty(server: LiveServer) -> None:
    scene = _scene(server)
    person = scene.guards[0]

    async def body() -> None:
        async with live_of(server, scene.dispatcher) as room:
            await room.wait_for(lambda _: _sees(room, person))
            with server.sessions.begin() as session:
                assert person.responder is not None
                duty.end(session, responder_id=person.responder.id, actor=person.actor, at=server.clock.now())
            await room.wait_for(lambda _: not _sees(room, person))
            await _settle()
            for socket in server.app.state.hub.sockets:
                assert str(person.responder.id) not in socket._positions

    run(body)


def test_fixes_gathered_offline_go_in_one_frame_and_each_is_answered(server: LiveServer) -> None:
    scene = _scene(server)

    async def body() -> None:
        async with live_of(server, scene.guards[0]) as phone:
            server.clock.advance(seconds=30)
            good = _fix(server, METRES)
            old = {**_fix(server, METRES), "captured_at": "2020-01-01T00:00:00Z"}
            outcomes = await phone.fixes([good, good, old])
            assert [o["outcome"] for o in outcomes] == ["stored", "duplicate", "refused"]
            assert outcomes[2]["code"] == "timestamp-too-old"

    run(body)


def test_who_moves_nothing_reports_no_position(server: LiveServer) -> None:
    with server.sessions.begin() as session:
        person = keeper(session, make_station(session))

    async def body() -> None:
        async with live_of(server, person) as phone:
            with pytest.raises(Refused) as refusal:
                await phone.fix(**_fix(server, 0))
            assert refusal.value.slug == "not-allowed"

    run(body)


def test_a_point_without_its_datum_is_refused(server: LiveServer) -> None:
    with server.sessions.begin() as session:
        person = guard(session, make_station(session))

    async def body() -> None:
        async with live_of(server, person) as phone:
            fix = _fix(server, 0)
            del fix["position"]["crs"]
            frames: list[dict[str, Any]] = []
            phone._on_frame = frames.append
            await phone.send({"type": "fix", "fix": fix})
            await _settle()
            assert frames[-1]["problem"]["type"].endswith("/frame-invalid")

    run(body)
