"""A command sent twice is done once: the answer is stored in the transaction that does the work."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import IdempotencyKeyRequired, IdempotencyKeyReused, RequestInProgress
from api.who import CurrentActor
from kit.actor import Actor
from kit.database import to_json

_KEY = re.compile(r"[\x21-\x7e]{8,128}")
_KEPT_HEADERS = ("etag", "location")
# two statements in one trip: the second one sees what was committed by whoever held the key before
_CLAIM = text(
    "SELECT set_config('pingan.key_held',"
    " CAST(pg_try_advisory_xact_lock(hashtextextended(:account_id || ':' || :key, 0)) AS text), true);"
    " SELECT CAST(current_setting('pingan.key_held') AS boolean) AS held, k.fingerprint, k.status, k.headers, k.body"
    " FROM (VALUES (1)) AS one LEFT JOIN idempotency_keys k"
    " ON k.account_id = CAST(:account_id AS uuid) AND k.key = :key"
)
_KEEP = text(
    "INSERT INTO idempotency_keys (account_id, key, route, fingerprint, status, headers, body, made_at) VALUES"
    " (:account_id, :key, :route, :fingerprint, :status, CAST(:headers AS jsonb), CAST(:body AS jsonb), :made_at)"
)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command as its sender named it. ``fingerprint`` covers method, path, query and body."""

    actor: Actor
    key: str
    route: str
    fingerprint: bytes
    at: datetime

    def find_answer(self, session: Session) -> Response | None:
        """The answer given before, if any; raises RequestInProgress or IdempotencyKeyReused."""
        row = session.execute(_CLAIM, {"account_id": str(self.actor.account_id), "key": self.key}).one()
        if not row.held:
            raise RequestInProgress
        if row.status is None:
            return None
        if bytes(row.fingerprint) != self.fingerprint:
            raise IdempotencyKeyReused
        headers = {**row.headers, "Idempotent-Replayed": "true"}
        if row.body is None:
            return Response(status_code=row.status, headers=headers)
        return JSONResponse(row.body["answer"], row.status, headers=headers)

    def keep_answer(self, session: Session, result: Any, status: int, response: Response | None) -> None:
        """Store the answer beside the work."""
        kept = {n: response.headers[n] for n in _KEPT_HEADERS if response is not None and n in response.headers}
        values = {
            "account_id": self.actor.account_id,
            "key": self.key,
            "route": self.route,
            "fingerprint": self.fingerprint,
            "status": response.status_code if response is not None and response.status_code else status,
            "headers": to_json(kept),
            "body": None if result is None else to_json({"answer": _to_json(result)}),
            "made_at": self.at,
        }
        session.execute(_KEEP, values)


def _to_json(result: Any) -> Any:
    # what the framework would do with a model, at a tenth of the time
    return result.model_dump(mode="json", by_alias=True) if isinstance(result, BaseModel) else jsonable_encoder(result)


def make_command(request: Request, actor: Actor, key: str | None, body: bytes) -> Command:
    """The command that a request with this body is; raises IdempotencyKeyRequired."""
    if key is None or not _KEY.fullmatch(key):
        raise IdempotencyKeyRequired
    line = f"{request.method} {request.url.path}?{request.url.query}\n"
    return Command(
        actor=actor,
        key=key,
        route=request.url.path,
        fingerprint=hashlib.sha256(line.encode() + body).digest(),
        at=request.app.state.clock.now(),
    )


KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="8 to 128 visible ASCII characters, one per command; the same one when you try again",
    ),
]


async def read_command(request: Request, actor: CurrentActor, idempotency_key: KeyHeader = None) -> Command:
    return make_command(request, actor, idempotency_key, await request.body())


#: put it into the signature of every command (POST, PUT, PATCH, DELETE that changes something)
Idempotent = Annotated[Command, Depends(read_command)]
