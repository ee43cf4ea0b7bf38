"""``pingan migrate``: the database to this version's tables."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("migrate")(migrate)


def migrate() -> None:
    """Bring the database to the newest migration. Safe to run again."""
    from cli.console import say
    from cli.installation import running_database
    from kit.migrate import find_current, find_head, upgrade

    with running_database() as settings:
        before, head = find_current(settings.owner_database_url), find_head()
        if before == head:
            say(f"the database is at {head} already")
            return
        say(f"migrating from {before or 'empty'} to {head}")
        upgrade(settings.owner_database_url)
        say(f"the database is at {head}")
