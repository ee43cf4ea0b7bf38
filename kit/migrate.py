"""Bringing a database to the newest migration, and asking where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

CHECKOUT = Path(__file__).resolve().parent.parent


def make_config(url: str = "") -> Config:
    """Alembic's configuration of this checkout, aimed at ``url`` (as role owner)."""
    config = Config(str(CHECKOUT / "alembic.ini"))
    config.set_main_option("script_location", str(CHECKOUT / "migrations"))
    # Alembic's option files read % as the start of a reference
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Run what is missing. Safe to run again."""
    command.upgrade(make_config(url), revision)


def find_head() -> str | None:
    """The newest revision in this checkout."""
    return ScriptDirectory.from_config(make_config()).get_current_head()


def find_current(url: str) -> str | None:
    """The revision of the database; None for an empty one."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
