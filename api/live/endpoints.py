"""The live screen: a ticket, the socket that it opens, and a snapshot for those without a socket."""

from __future__ import annotations

from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.websockets import WebSocket

from api.answers import answer_refusal
from api.live.conversation import Conversation
from api.live.gate import check_origin, take_ticket
from api.live.schemas import SnapshotOut, StreamOut, TicketOut
from api.live.wire import WebSocketWire
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.who import Public, allow
from dispatch.access.table import Permission
from dispatch.live import tickets
from dispatch.live.positions import list_shown_to
from dispatch.live.snapshot import read_entities
from dispatch.live.viewers import make_viewer, streams_of
from kit.actor import Grant
from kit.errors import PinganError
from notifications.devices import contact
from notifications.live.limits import TRY_LATER, UNAUTHENTICATED
from notifications.live.socket import LiveSocket

router = APIRouter(prefix="/api/v1/live", tags=["live"], route_class=WorkRoute)
Live = Annotated[Grant, Depends(allow(Permission.LIVE))]


@router.post("/tickets", summary="领取实时连接票据", status_code=201)
def make_ticket(request: Request, grant: Live, session: WriteSession, now: Now) -> TicketOut:
    """A ticket for one socket, good for 30 seconds. Each call makes another; an unused one costs nothing."""
    ticket, expires_at = tickets.issue(session, grant.actor, at=now, lifetime_s=request.app.state.settings.ticket_s)
    return TicketOut(ticket=ticket, expires_at=expires_at)


@router.get("/snapshot", summary="获取实时画面快照")
def snapshot(grant: Live, session: WriteSession, now: Now) -> SnapshotOut:
    """What the socket would show at this moment. For a client that cannot open one: ask every 10 seconds.

    A phone that asks is there: nobody replaces its owner for want of a socket.
    """
    streams = {}
    for stream, audience in streams_of(grant).items():
        mark, entities = read_entities(session, audience)
        streams[stream] = StreamOut(epoch=mark.epoch, seq=mark.seq, entities=entities)
        # each stream in an instant of its own
        session.rollback()
    places = list_shown_to(session, make_viewer(grant))
    if grant.actor.device_id is not None:
        contact.note_heard(session, [grant.actor.device_id], now)
    return SnapshotOut(at=now, streams=streams, positions=[orjson.loads(place) for place in places])


@router.websocket("", dependencies=[Depends(Public("a one-time ticket stands for the permission to live"))])
async def live(websocket: WebSocket) -> None:
    """The live socket; see docs/live-protocol.md."""
    state = websocket.app.state
    try:
        ticket = take_ticket(websocket)
        check_origin(websocket, state.settings.allowed_origins)
    except PinganError as refusal:
        await websocket.send_denial_response(answer_refusal(cast(Any, websocket), refusal))
        return
    await websocket.accept()
    try:
        grant = await state.hub.in_thread(lambda s: tickets.redeem(s, ticket, at=state.clock.now()))
    except PinganError as refusal:
        # a browser cannot read the answer to a refused upgrade: say it in the close
        await websocket.close(UNAUTHENTICATED, refusal.slug)
        return
    except Exception:
        await websocket.close(TRY_LATER, f"retry_after_s={state.hub.limits.retry_after_s}")
        return
    socket = LiveSocket(viewer=make_viewer(grant), wire=WebSocketWire(websocket), limits=state.hub.limits)
    await Conversation(websocket, state.hub, socket, grant.actor).run()
