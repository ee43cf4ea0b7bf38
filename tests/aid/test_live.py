"""On open screens: what an aid opens comes, and what it closes leaves within seconds, places too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from dispatch.access.table import Permission as P
from dispatch.aid import service as aids
from dispatch.orders import service as orders
from geo.duty import service as duty
from tests.live.conftest import LiveServer
from tests.live.support import live_of, run
from tests.support.aid import Neighbours, make_neighbours
from tests.support.orders import a_need
from tests.support.people import LAT, Login, east

Start = Callable[..., LiveServer]
#: what trust.md allows for whatever is closed
SOON_S = 5


def _begin(server: LiveServer) -> Neighbours:
    with server.sessions() as session:
        scene = make_neighbours(session, a_need("patrol_unit"), a_need(radius_m=2000), other_guards=1)
        him = scene.other_guards[0]
        assert him.responder is not None
        duty.start(session, responder_id=him.responder.id, planned_end=None, actor=him.actor, at=server.clock.now())
        session.commit()
        return scene


def _fix(server: LiveServer, metres_east: float) -> dict[str, Any]:
    return {
        "captured_at": server.clock.now().isoformat(),
        "position": {"lon": east(metres_east), "lat": LAT, "crs": "wgs84"},
        "accuracy_m": 8.0,
    }


def test_what_is_opened_comes_to_the_screens_and_what_is_closed_leaves_them(start_server: Start) -> None:
    server = start_server(positions_s=0.1)
    scene = _begin(server)
    him = scene.other_guards[0]
    assert him.responder is not None
    who, incident = str(him.responder.id), str(scene.incident.id)

    def now() -> Any:
        return server.clock.now()

    def step(command: Any, login: Login, permission: P, **values: Any) -> None:
        with server.sessions.begin() as session:
            scene.session = session
            command(session, grant=scene.may(login, permission, now()), at=now(), **values)

    async def body() -> None:
        async with (
            live_of(server, scene.dispatcher) as host,
            live_of(server, scene.leader) as leader,
            live_of(server, scene.other_dispatcher) as lender,
            live_of(server, him) as phone,
        ):
            with server.sessions.begin() as session:
                scene.session = session
                aid = scene.request(at=now())
            aid_id = str(aid.id)
            for screen in (host, lender):
                shown = await screen.wait_for(lambda s: s.get("aid", aid_id))
                assert shown["state"] == "requested"
            assert incident not in lender.screen.all("incident")

            for login in (scene.leader, scene.other_leader):
                step(aids.approve, login, P.AID_DECIDE, aid_id=aid.id)
            opened = await lender.wait_for(lambda s: s.get("incident", incident))
            assert (opened["summary"], opened["has_caller"]) == ("两人在路口打架", False)

            step(orders.dispatch, scene.dispatcher, P.ORDER_OFFER, incident_id=scene.incident.id)
            with server.sessions() as session:
                scene.session = session
                order = scene.order(him)
            order_id = str(order.id)
            asked = await host.wait_for(lambda s: s.get("order", order_id))
            assert asked["responder"]["name"] == "邻所保安员"
            own = await lender.wait_for(lambda s: s.get("order", order_id))
            assert own["responder"]["name"] == him.helper.name
            # before his acceptance the host sees neither him nor where he is
            server.clock.advance(seconds=10)
            assert await phone.fix(**_fix(server, 900)) == "stored"
            await lender.wait_for(lambda s: s.positions.get(who, {}).get("accuracy_m") == 8.0)
            assert who not in host.screen.positions and who not in host.screen.all("responder")

            step(orders.accept, him, P.ORDER_PROGRESS, order_id=order.id)
            lent = await host.wait_for(lambda s: s.get("responder", who))
            assert (lent["name"], lent["skills"], lent["organization"]["name"]) == (
                him.helper.name,
                [],
                scene.other.name,
            )
            server.clock.advance(seconds=10)
            assert await phone.fix(**_fix(server, 890)) == "stored"
            await host.wait_for(lambda s: s.positions.get(who))
            # the matrix gives a leader the map of his own station
            assert who not in leader.screen.positions

            # the aid ends while he is on his way: the incident leaves the lender's screen, he stays on the host's
            async with asyncio.timeout(SOON_S):
                step(aids.revoke, scene.other_leader, P.AID_DECIDE, aid_id=aid.id, reason="本所另有警情")
                await lender.wait_for(lambda s: incident not in s.all("incident"))
                await lender.wait_for(lambda s: aid_id not in s.all("aid"))
            left = lender.screen.all("order")[order_id]
            assert (left["state"], left["target"]) == ("accepted", None)
            server.clock.advance(seconds=10)
            assert await phone.fix(**_fix(server, 880)) == "stored"
            await host.wait_for(lambda s: abs(s.positions[who]["position"]["lon"] - east(880)) < 1e-6)

            # he finishes: he and his place leave the host's screen, and nothing more of him comes
            async with asyncio.timeout(SOON_S):
                step(orders.complete, him, P.ORDER_PROGRESS, order_id=order.id)
                await host.wait_for(lambda s: who not in s.all("responder") and who not in s.positions)
                await lender.wait_for(lambda s: order_id not in s.all("order"))
            server.clock.advance(seconds=10)
            assert await phone.fix(**_fix(server, 870)) == "stored"
            await lender.wait_for(lambda s: abs(s.positions[who]["position"]["lon"] - east(870)) < 1e-6)
            assert who not in host.screen.positions
            done = host.screen.all("order")[order_id]
            assert done["responder"]["name"] == "邻所保安员"

    run(body)
