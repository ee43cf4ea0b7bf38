"""Signed calls from 110 systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api import strict_json
from api.problems import InvalidJson, problems
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.webhooks.schemas import SignedBody, TakenOut, request_body
from api.who import Public
from dispatch.incidents import errors
from dispatch.intake import webhook
from dispatch.intake.message import MessageRefused, read_message

router = APIRouter(
    prefix="/api/v1",
    tags=["webhooks"],
    route_class=WorkRoute,
    dependencies=[Depends(Public("the source proves itself by its signature; it is a machine without an account"))],
)

SourceName = Annotated[str, Path(pattern=r"^[a-z0-9\-]{3,40}$", examples=["minhang-110"])]


@router.post(
    "/webhooks/110/{source}",
    summary="接收 110 接警推送",
    status_code=201,
    responses={
        200: {"model": TakenOut, "description": "known already; brought up to date where it differs"},
        **problems(
            InvalidJson,
            webhook.SignatureRefused,
            webhook.TimestampOutsideWindow,
            webhook.StationUnknown,
            MessageRefused,
            errors.PlaceMissing,
            errors.AddressUnknown,
            errors.AddressAmbiguous,
            errors.OutsideEveryArea,
        ),
    },
    openapi_extra=request_body(),
)
def take_call(source: SourceName, signed: SignedBody, session: WriteSession, now: Now, response: Response) -> TakenOut:
    """Take a call, once per 接警单编号.

    The source owns the number: sent again with the same content it answers 200 and changes nothing; with
    other content it updates address, summary, level, position, type and time while the incident is open.
    """
    origin = webhook.authenticate(
        session, name=source, timestamp=signed.timestamp, signature=signed.signature, body=signed.body, at=now
    )
    message = read_message(strict_json.loads(signed.body))
    taken = webhook.take(session, source=origin, message=message, at=now)
    response.status_code = 201 if taken.created else 200
    return TakenOut(
        incident_id=taken.incident.id,
        number=taken.incident.number,
        station_id=taken.incident.station_id,
        state=taken.incident.state,
        created=taken.created,
        updated=list(taken.updated),
        unmapped=list(taken.unmapped),
    )
