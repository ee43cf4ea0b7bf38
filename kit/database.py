"""The engine, the session and the declarative base."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import DateTime, Engine, MetaData, Uuid, create_engine
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import Text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every mapped class.

    Constraints and indexes live in the migrations, in SQL that one can read; a mapped class states
    columns only, and a test compares the two. A reference across packages is a plain UUID column.
    """

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: Uuid(as_uuid=True),
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: ARRAY(Text()),
    }


def to_json(value: Any) -> str:
    """Text for a jsonb column. Raises TypeError for what JSON has no word for."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def make_engine(url: str, *, pool_size: int = 4, application: str = "pingan") -> Engine:
    """An engine whose pool is as large as the number of threads that use it.

    A call that hangs is given up by the client: statement and lock time-outs are the server's part,
    TCP time-outs the client's.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        # one trip for the changed rows of one table, not one each
        executemany_mode="values_plus_batch",
        json_serializer=to_json,
        json_deserializer=orjson.loads,
        # what people send must not come back in a message or a log
        hide_parameters=True,
        connect_args={
            "application_name": application,
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c statement_timeout=10s -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=30s",
        },
    )


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions that stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(factory: sessionmaker[Session]) -> Iterator[Session]:
    """One unit of work: committed at the end, rolled back on any exception. For the edge, the worker, the CLI."""
    with factory() as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
