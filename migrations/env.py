"""Runs the migrations as the owner; one transaction a migration, so that none hangs the city for long."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool

from kit.database import Base
from kit.settings import get_settings


def url() -> str:
    settings = get_settings()
    given = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option("sqlalchemy.url")
    return given or settings.owner_database_url or settings.database_url


def include_object(_: Any, name: str | None, type_: str, reflected: bool, __: Any) -> bool:
    """Compare tables and columns; constraints and indexes are written in SQL and tested by what they refuse."""
    if type_ == "table":
        return not reflected or name in Base.metadata.tables
    return type_ == "column"


def run() -> None:
    engine = create_engine(url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_object=include_object,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
