"""The API's own description, as the generator of the web apps' types reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from kit.settings import CHECKOUT

OPENAPI = CHECKOUT / "web" / "openapi.json"
TYPES = CHECKOUT / "web" / "packages" / "api" / "src" / "schema.d.ts"
#: the client adds these to every command itself
_ADDED = {"Idempotency-Key"}
_REFUSAL = {
    "description": "refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def write_openapi(path: Path = OPENAPI) -> None:
    """Write the description without a server and without a database."""
    path.write_text(json.dumps(describe(), ensure_ascii=False, indent=1) + "\n")


def describe() -> dict[str, Any]:
    """The OpenAPI document, every refusal of an operation said once as a problem: a tenth of the types."""
    from api.app import create_app
    from kit.settings import Settings

    unused = Settings(
        database_url="postgresql+psycopg2://nobody@localhost/none",
        token_key=SecretStr("0" * 64),
        data_key=SecretStr("0" * 64),
        log_level="ERROR",
    )
    document: dict[str, Any] = create_app(unused).openapi()
    for methods in document["paths"].values():
        for operation in methods.values():
            responses = operation["responses"]
            operation["responses"] = {code: said for code, said in responses.items() if code.startswith("2")}
            operation["responses"]["default"] = _REFUSAL
            parameters = [p for p in operation.get("parameters", ()) if p["name"] not in _ADDED]
            operation["parameters"] = parameters
    return document
