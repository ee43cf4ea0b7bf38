"""The application: put together from what it is given, so that a test gives other parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from sqlalchemy import Engine

from api import answers
from api.body_limit import LimitedApi
from api.live.companion import running_hub
from api.live.wire import KeepWire
from api.middleware import Around
from api.routes import list_routers, operation_id
from api.web.dist import Dist
from api.web.files import WebFiles
from geo.positions.writer import running_writer
from kit import log
from kit.clock import Clock, SystemClock
from kit.database import make_engine, make_session_factory
from kit.settings import Settings, get_settings

MAX_BODY_BYTES = 1 << 20


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # as many threads as connections: a thread that waits for a connection helps nobody
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.settings.pool_size
    async with AsyncExitStack() as running:
        for start in app.state.companions:
            await running.enter_async_context(start(app))
        yield


def create_app(
    settings: Settings | None = None, *, engine: Engine | None = None, clock: Clock | None = None
) -> FastAPI:
    """The API over ``engine`` (default: the settings' database). Callable without arguments as a factory."""
    settings = settings or get_settings()
    log.setup(json=settings.log_json, level=settings.log_level)
    app = LimitedApi(
        title="平安联盟 dispatch",
        version="1",
        summary="From a 110 call to a rated, reviewed assist",
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        # an answer that repeats the address would repeat what stands in it
        redirect_slashes=False,
        max_body_size=MAX_BODY_BYTES,
        generate_unique_id_function=operation_id,
    )
    app.state.settings = settings
    app.state.engine = engine or make_engine(settings.database_url, pool_size=settings.pool_size, application="api")
    app.state.sessions = make_session_factory(app.state.engine)
    app.state.clock = clock or SystemClock()
    app.state.web = Dist(settings.web_dist)
    #: async context managers that run beside the application: ``start(app)``
    app.state.companions = []
    app.state.companions.append(running_hub)
    app.state.companions.append(
        running_writer(app.state.engine.url.render_as_string(hide_password=False), flush_s=settings.position_flush_s)
    )
    answers.install(app)
    app.add_middleware(Around)
    app.add_middleware(KeepWire)
    for router in list_routers():
        app.include_router(router)
    app.router.default = WebFiles(app.state.web, app.router.default, raster_url=settings.map_raster_url)
    return app
