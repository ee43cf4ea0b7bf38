"""``pingan webhook``: which 110 systems may sign calls in."""

from __future__ import annotations

import re
from typing import Annotated

import typer

group = typer.Typer(help="110 systems that push calls: let one in, shut one out.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="webhook")


@group.command()
def create(
    name: Annotated[str, typer.Argument(help="3 to 40 of a-z, 0-9 and -; stands in the address")],
    district: Annotated[str, typer.Option(help="name of the district whose calls it sends")],
) -> None:
    """Let a system in. Prints its secret, once: it cannot be shown again."""
    from cli.console import CommandFailed, say
    from cli.installation import require_migrated, running_database
    from dispatch.intake.webhook import create_source
    from dispatch.tenancy.repository import find_district
    from kit.clock import SystemClock
    from kit.database import make_engine, make_session_factory, transaction

    if not re.fullmatch(r"[a-z0-9\-]{3,40}", name):
        raise CommandFailed("A name is 3 to 40 of a-z, 0-9 and -.")
    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="webhook")
        try:
            with transaction(make_session_factory(engine)) as session:
                owner = find_district(session, district)
                if owner is None:
                    raise CommandFailed("There is no district of that name.")
                _, secret = create_source(session, name=name, district_id=owner.id, at=SystemClock().now())
        finally:
            engine.dispose()
    say(f"POST /api/v1/webhooks/110/{name}, signed with this secret, which is not shown again:")
    print(secret)


@group.command()
def revoke(name: Annotated[str, typer.Argument(help="as given to create")]) -> None:
    """Shut a system out; what it sent stays."""
    from cli.console import CommandFailed, say
    from cli.installation import require_migrated, running_database
    from dispatch.intake.webhook import revoke_source
    from kit.clock import SystemClock
    from kit.database import make_engine, make_session_factory, transaction

    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="webhook")
        try:
            with transaction(make_session_factory(engine)) as session:
                if not revoke_source(session, name=name, at=SystemClock().now()):
                    raise CommandFailed("No active source has that name.")
        finally:
            engine.dispose()
    say(f"{name} is no longer believed")
