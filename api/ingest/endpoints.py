"""The doors for tracker apps that exist. The key of the device is the proof; it is good for nothing else.

An app repeats what it is not thanked for. So whatever cannot be kept — off duty, too old, no place in it — is
thanked for too, and leaves no trace. Only a key that is not good is refused, so that its owner notices.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import PlainTextResponse

from api.positions.waiting import write
from api.problems import InvalidJson, PayloadTooLarge, problems
from api.route import WorkRoute
from api.session import Now
from api.strict_json import loads
from api.who import Public
from dispatch.trackers.service import get_responder_of
from geo.positions.formats import read_osmand, read_osmand_json, read_owntracks
from geo.positions.intake import RawFix
from kit.errors import Unauthenticated

router = APIRouter(
    prefix="/ingest",
    tags=["tracker apps"],
    route_class=WorkRoute,
    dependencies=[Depends(Public("tracker apps cannot log in; the key of the device is the proof"))],
)
MAX_BODY_BYTES = 16_384
_REFUSALS = problems(Unauthenticated, InvalidJson, PayloadTooLarge)


async def _body(request: Request) -> bytes:
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise PayloadTooLarge
    return body


async def _osmand(request: Request, body: Annotated[bytes, Depends(_body)]) -> tuple[str, RawFix | None]:
    """(key, fix) from the query, a form or the JSON of newer apps; fix None: there is none in it."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json" and body:
        message = loads(body)
        key = message.get("device_id") if isinstance(message, dict) else None
        return str(key or request.query_params.get("id", "")), _or_none(read_osmand_json, message)
    parameters = dict(request.query_params)
    if media_type == "application/x-www-form-urlencoded":
        parameters |= dict(parse_qsl(body.decode("utf-8", "replace")))
    key = parameters.get("id") or parameters.get("deviceid") or ""
    return key, _or_none(read_osmand, parameters)


async def _owntracks(
    request: Request,
    body: Annotated[bytes, Depends(_body)],
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
    x_limit_d: Annotated[str | None, Header(description="the key, where the app sends no password")] = None,
) -> tuple[str, RawFix | None]:
    """(key, fix): the key is the password of basic authentication, else the device name."""
    key = _password(authorization) or x_limit_d or ""
    # the app posts nothing at all when a friend is removed
    message = loads(body) if body.strip() else {}
    located = isinstance(message, dict) and message.get("_type") == "location"
    return key, _or_none(read_owntracks, message) if located else None


def _responder_of(request: Request, key: str) -> uuid.UUID:
    """Raises Unauthenticated."""
    if not 8 <= len(key) <= 200:
        raise Unauthenticated
    with request.app.state.sessions() as session:
        return get_responder_of(session, key)


_OWNTRACKS_BODY = {
    "requestBody": {
        "description": "a message of any type; only those of type location are kept",
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["_type"], "properties": {"_type": {"type": "string"}}},
                "example": {
                    "_type": "location",
                    "lat": 31.0467,
                    "lon": 121.4633,
                    "tst": 1795507200,
                    "acc": 13,
                    "vel": 5,
                    "cog": 90,
                    "batt": 77,
                },
            }
        },
    }
}
Sent = tuple[uuid.UUID, RawFix | None]


def _osmand_sender(request: Request, sent: Annotated[tuple[str, RawFix | None], Depends(_osmand)]) -> Sent:
    return _responder_of(request, sent[0]), sent[1]


def _owntracks_sender(request: Request, sent: Annotated[tuple[str, RawFix | None], Depends(_owntracks)]) -> Sent:
    return _responder_of(request, sent[0]), sent[1]


@router.get(
    "/osmand",
    summary="接收 OsmAnd、Traccar 客户端定位（网址参数）",
    operation_id="tracker_apps_take_osmand_query",
    responses=_REFUSALS,
    response_class=PlainTextResponse,
)
@router.post(
    "/osmand", summary="接收 OsmAnd、Traccar 客户端定位", responses=_REFUSALS, response_class=PlainTextResponse
)
async def take_osmand(
    request: Request,
    sent: Annotated[Sent, Depends(_osmand_sender)],
    now: Now,
    id: Annotated[str | None, Query(description="the key; also `deviceid`")] = None,
    lat: Annotated[str | None, Query(description="degrees, WGS-84", examples=["31.0467"])] = None,
    lon: Annotated[str | None, Query(description="degrees, WGS-84", examples=["121.4633"])] = None,
    timestamp: Annotated[str | None, Query(description="seconds or milliseconds since 1970, or ISO 8601")] = None,
    accuracy: Annotated[str | None, Query(description="metres")] = None,
    speed: Annotated[str | None, Query(description="knots")] = None,
    bearing: Annotated[str | None, Query(description="degrees from north; also `heading`")] = None,
    batt: Annotated[str | None, Query(description="percent")] = None,
) -> PlainTextResponse:
    """One fix in the format of OsmAnd and Traccar Client, as query, form or JSON. Coordinates are WGS-84."""
    await _keep(request, sent, source="osmand", now=now)
    return PlainTextResponse("OK")


@router.post("/owntracks", summary="接收 OwnTracks 定位", responses=_REFUSALS, openapi_extra=_OWNTRACKS_BODY)
async def take_owntracks(
    request: Request, sent: Annotated[Sent, Depends(_owntracks_sender)], now: Now
) -> list[dict[str, Any]]:
    """One message of OwnTracks in HTTP mode. Coordinates are WGS-84. Nothing is ever sent back to the app."""
    await _keep(request, sent, source="owntracks", now=now)
    return []


async def _keep(request: Request, sent: Sent, *, source: str, now: Any) -> None:
    responder_id, fix = sent
    if fix is not None:
        await write(request.app.state.positions, responder_id, [fix], source=source, at=now)


def _or_none(read: Any, message: Any) -> RawFix | None:
    try:
        fix: RawFix = read(message)
    except ValueError:
        return None
    return fix


def _password(authorization: str | None) -> str | None:
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, UnicodeDecodeError):
        return None
