"""The hub beside the application: ``app.state.hub`` while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import dispatch.projections  # noqa: F401  (what the screens show)
from api.live.hand_over import HandOver
from api.live.receipt_desk import ReceiptDesk
from dispatch.live.positions import read_positions
from dispatch.live.snapshot import read_snapshot
from dispatch.live.viewers import list_rights
from kit.database import make_engine, make_session_factory
from notifications.live.announcer import PostgresAnnouncer
from notifications.live.hub import CONNECTIONS, Hub, Sources
from notifications.live.limits import Limits


@asynccontextmanager
async def running_hub(app: FastAPI) -> AsyncIterator[None]:
    """On connections of its own: sockets and requests never wait for each other's."""
    settings = app.state.settings
    engine = make_engine(settings.database_url, pool_size=CONNECTIONS, application="live")
    hub = Hub(
        factory=make_session_factory(engine),
        announcer=PostgresAnnouncer(settings.database_url),
        sources=Sources(read_snapshot=read_snapshot, read_positions=read_positions, list_rights=list_rights),
        clock=app.state.clock,
        limits=getattr(app.state, "live_limits", None) or Limits(),
    )
    await hub.start()
    app.state.hub = hub
    app.state.receipts = ReceiptDesk(hub.in_thread)
    app.state.fixes_told = HandOver()
    try:
        yield
    finally:
        await hub.stop()
        engine.dispose()
