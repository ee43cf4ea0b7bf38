"""Every request body can be sent as its example stands, once its ids are those of things that there are."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from dispatch.intake.message import Message
from tests.api.test_openapi import DOCUMENT
from tests.guards.routes import list_routes
from tests.support.examples import Body, example_of, list_bodies

BODIES = list(list_bodies(DOCUMENT))
#: read by something else than the framework
READ_BY_HAND: dict[str, Any] = {"POST /api/v1/webhooks/110/{source}": Message, "POST /ingest/owntracks": dict}


def _models() -> dict[str, Any]:
    found = dict(READ_BY_HAND)
    for route in list_routes():
        if isinstance(route, APIRoute) and route.body_field is not None:
            (field,) = route.dependant.body_params
            for method in route.methods or ():
                found[f"{method} {route.path}"] = field.field_info.annotation
    return found


MODELS = _models()


def test_there_are_bodies() -> None:
    assert len(BODIES) > 40
    assert {str(body) for body in BODIES} <= set(MODELS)


@pytest.mark.parametrize("body", BODIES, ids=str)
class TestBody:
    def test_every_member_has_an_example(self, body: Body) -> None:
        assert example_of(DOCUMENT, body) is not None

    def test_the_example_is_one_that_is_taken(self, body: Body) -> None:
        TypeAdapter(MODELS[str(body)]).validate_python(example_of(DOCUMENT, body), strict=False)
