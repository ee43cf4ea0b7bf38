"""Signed calls at the edge."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import Field

from api.fields import View
from dispatch.incidents.states import IncidentState
from dispatch.intake.message import Message


@dataclass(frozen=True)
class Signed:
    """The bytes as they came, and what is said to prove their origin."""

    body: bytes
    timestamp: str | None
    signature: str | None


async def _signed(
    request: Request,
    x_pingan_timestamp: Annotated[
        str | None, Header(max_length=20, description="Unix seconds", examples=["1795507200"])
    ] = None,
    x_pingan_signature: Annotated[
        str | None,
        Header(max_length=100, description="v1= and the hex HMAC-SHA-256 of timestamp + '.' + body by the secret"),
    ] = None,
) -> Signed:
    return Signed(body=await request.body(), timestamp=x_pingan_timestamp, signature=x_pingan_signature)


SignedBody = Annotated[Signed, Depends(_signed)]


class TakenOut(View):
    """What became of the call."""

    incident_id: uuid.UUID
    number: str = Field(examples=["JJ202611240001"])
    station_id: uuid.UUID
    state: IncidentState
    created: bool
    updated: list[str] = Field(description="members that this message changed", examples=[["address", "level"]])
    unmapped: list[str] = Field(description="codes that the catalogue does not know; the call was taken all the same")


_EXAMPLE = {
    "JJDBH": "JJ202611240001",
    "JQLBDM": "50",
    "JQLXDM": "5004",
    "JQXLDM": "儿童",
    "JQJB": "2",
    "BJNR": "一名七岁男童在剑川路龙吴路口与家人走散",
    "SFDZ": "剑川路龙吴路口",
    "XZB": 121.4633,
    "YZB": 31.0467,
    "coordinateType": "wgs84",
    "BJSJ": "2026-11-24 16:00:00",
    "BJRXM": "王某",
    "BJDH": "13800000001",
}


def request_body() -> dict[str, Any]:
    """The body for the OpenAPI document: it is read only after its signature was."""
    schema = Message.model_json_schema(by_alias=False)
    chinese = {
        name: f"或 {field.validation_alias.choices[1]}"  # type: ignore[union-attr]
        for name, field in Message.model_fields.items()
        if field.validation_alias is not None
    }
    for name, words in chinese.items():
        member = schema["properties"][name]
        member["description"] = f"{member.get('description', '')}；{words}"
    content = {"application/json": {"schema": schema, "example": _EXAMPLE}}
    return {"requestBody": {"required": True, "content": content}}
