"""Request bodies refuse what they do not know, and take no text for a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from tests.guards.routes import list_routes, names

_NUMBERS = {"int", "float", "bool", "decimal"}
#: what such a node may stand in instead of being strict: a validator of ours runs before it
_GUARDED = {"function-before", "function-wrap", "function-plain"}


def _bodies() -> dict[str, Any]:
    found = {}
    for route in list_routes():
        if isinstance(route, APIRoute) and route.body_field is not None:
            for field in route.dependant.body_params:
                found[names(route)[0]] = field.field_info.annotation
    return found


def _nodes(node: Any, parents: tuple[dict[str, Any], ...] = ()) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    if isinstance(node, dict):
        # a member of a model may be called "type" too
        if isinstance(node.get("type"), str):
            yield node, parents
            parents = (*parents, node)
        for key, value in node.items():
            if key not in ("metadata", "serialization", "config", "expected"):
                yield from _nodes(value, parents)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _nodes(value, parents)


BODIES = _bodies()


@pytest.mark.parametrize("name", sorted(BODIES))
class TestBody:
    def test_unknown_members_are_refused(self, name: str) -> None:
        for node, _ in _nodes(TypeAdapter(BODIES[name]).core_schema):
            cls = node.get("cls") if node["type"] == "model" else None
            if isinstance(cls, type) and issubclass(cls, BaseModel):
                assert cls.model_config.get("extra") == "forbid", f"{cls.__name__} takes unknown members"

    def test_no_number_is_read_from_text(self, name: str) -> None:
        for node, parents in _nodes(TypeAdapter(BODIES[name]).core_schema):
            if node["type"] not in _NUMBERS or node.get("strict"):
                continue
            if any((p.get("config") or {}).get("strict") for p in parents if p["type"] == "model"):
                continue
            members = [p.get("cls", p).__name__ for p in parents if p["type"] == "model"]
            assert parents[-1]["type"] in _GUARDED, f"a lax {node['type']} in {members}"

    def test_an_instant_says_its_offset(self, name: str) -> None:
        for node, parents in _nodes(TypeAdapter(BODIES[name]).core_schema):
            if node["type"] == "datetime":
                assert parents[-1]["type"] in _GUARDED, "use api.fields.Instant"
