"""``pingan worker``: timers, escalation and the relay of messages."""

from __future__ import annotations

from contextlib import suppress

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("worker")(worker)


def worker() -> None:
    """Run the worker until it is told to stop. Any number may run at once."""
    from cli.console import Terminated
    from cli.installation import require_migrated, running_database
    from dispatch.worker import run
    from kit import log
    from kit.garbage import collecting_rarely

    with running_database() as settings:
        require_migrated(settings)
        log.setup(json=settings.log_json, level=settings.log_level)
        with suppress(KeyboardInterrupt, Terminated), collecting_rarely():
            run(settings)
