"""What the document says is what the server does: any input gets a documented answer, and never a 500."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from kit.actor import Role
from kit.database import make_session_factory
from kit.ids import new_id
from kit.settings import Settings
from tests.api.conftest import Server
from tests.support.people import DATA_KEY, TOKEN_KEY, Login, guard, make_station, officer, staff

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


def _document() -> dict[str, Any]:
    unconnected = Settings(
        database_url="postgresql+psycopg2://nobody@/nothing",
        token_key=TOKEN_KEY,
        data_key=DATA_KEY,
        log_level="ERROR",
    )
    return create_app(unconnected).openapi()


DOCUMENT = _document()
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="session")
def cast(running_server: Server) -> dict[str, Login]:
    """One of each of the people who use the API most."""
    with make_session_factory(running_server.sessions.kw["bind"])() as session:
        station = make_station(session)
        people = {
            "leader": staff(session, Role.LEADER, station),
            "dispatcher": staff(session, Role.DISPATCHER, station),
            "officer": officer(session, station, lon=121.46),
            "guard": guard(session, station, lon=121.461),
        }
        session.commit()
    return people


# without a parameter of its own every operation has the same id, and of one id one test is run
@pytest.mark.parametrize("sender", ["one_of_four"])
@schema.parametrize()
@settings(
    max_examples=12,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_input_gets_a_documented_answer(
    case: schemathesis.Case[Any], sender: str, server: Server, cast: dict[str, Login]
) -> None:
    # each input from one of them, always from the same
    role = sorted(cast)[crc32(repr((case.path_parameters, case.query, case.body)).encode()) % len(cast)]
    case.headers = {**(case.headers or {}), **cast[role].headers}  # type: ignore[assignment, dict-item]
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = new_id().hex
    try:
        case.call_and_validate(base_url=server.base_url, checks=CHECKS)  # type: ignore[arg-type]
    except BaseException as failure:
        failure.add_note(f"as the {role}")
        raise


def _operations() -> list[Any]:
    return [
        pytest.param(operation, id=f"{method} {path}")
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("operation", _operations())
def test_every_operation_says_what_it_does(operation: dict[str, Any]) -> None:
    assert operation.get("summary")
    assert operation.get("description"), "the endpoint's docstring is its description"
    assert operation.get("tags")
