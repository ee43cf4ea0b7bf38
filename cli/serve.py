"""``pingan serve``: the API and the live sockets."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

#: a phone's largest frame is a batch of positions; anything beyond is not one of ours
WS_MAX_BYTES = 65_536
GRACE_S = 10
#: a process that is busy answering is not dead; one that says nothing for so long is
SILENCE_S = 60
#: longer than clients and proxies keep an idle connection, so that none is closed under a request that is on its way
IDLE_S = 75


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: PINGAN_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default: PINGAN_PORT.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Server processes, which share the port.")] = 1,
) -> None:
    """Run the API server until it is told to stop."""
    import uvicorn

    from cli.console import Terminated
    from cli.installation import require_migrated, running_database
    from kit import log

    with running_database() as settings:
        require_migrated(settings)
        log.setup(json=settings.log_json, level=settings.log_level)
        with suppress(KeyboardInterrupt, Terminated):
            uvicorn.run(
                "api.process:make_app",
                factory=True,
                host=host or settings.host,
                port=settings.port if port is None else port,
                workers=processes if processes > 1 else None,
                ws="websockets-sansio",
                ws_max_size=WS_MAX_BYTES,
                # the live protocol has its own heartbeat, which proves more than a pong does
                ws_ping_interval=None,
                # frames are small; compressing them costs memory for every phone and gains nothing
                ws_per_message_deflate=False,
                # our own log without personal data instead of uvicorn's
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=IDLE_S,
                timeout_graceful_shutdown=GRACE_S,
                timeout_worker_healthcheck=SILENCE_S,
            )
