"""What the OpenAPI document gives as an example of a request body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: says all by itself
_PLAIN: dict[str, Any] = {"uuid": "6f1c1f1e-9a0b-4f0a-8f0e-3c1d2b4a5e6f"}


class NoExample(LookupError):
    """A member without example; the message is its pointer."""


@dataclass(frozen=True)
class Body:
    """One JSON body of one operation."""

    method: str
    path: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def list_bodies(document: dict[str, Any]) -> Iterator[Body]:
    """Every JSON request body of the document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None:
                yield Body(method.upper(), path, content)


def example_of(document: dict[str, Any], body: Body) -> Any:
    """The body's own example, or one made of its members'; raises NoExample."""
    for given in (body.content.get("example"), *_first(body.content.get("examples"))):
        if given is not None:
            return given
    return _compose(document, body.content["schema"], "")


def _first(examples: Any) -> list[Any]:
    if isinstance(examples, dict):
        return [example["value"] for example in examples.values()][:1]
    return list(examples or [])[:1]


def _compose(document: dict[str, Any], schema: dict[str, Any], pointer: str) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return _compose(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], pointer)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if options:
        return _compose(document, options[0], pointer)
    if "properties" in schema:
        return {name: _compose(document, member, f"{pointer}/{name}") for name, member in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_compose(document, schema["items"], f"{pointer}/0")]
    if schema.get("type") == "boolean":
        return bool(schema.get("default", False))
    if schema.get("format") in _PLAIN:
        return _PLAIN[schema["format"]]
    raise NoExample(pointer or "/")
