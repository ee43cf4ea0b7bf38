"""Keys for tracker apps that run with the screen off."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.idempotency.service import Idempotent
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.trackers.schemas import TrackerIn, TrackerKeyOut, TrackerOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.trackers import queries, service
from dispatch.trackers.service import TooManyTrackers
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/me/tracking-keys", tags=["trackers"], route_class=WorkRoute)
_Own = Annotated[Grant, Depends(allow(Permission.POSITION_WRITE))]


@router.get("", summary="查询本人定位客户端")
def list_trackers(grant: _Own, session: ReadSession) -> list[TrackerOut]:
    """One's own tracker apps; never their keys."""
    return [TrackerOut.model_validate(device) for device in queries.list_own(session, grant)]


@router.post("", summary="发放定位客户端密钥", status_code=201, responses=problems(TooManyTrackers))
def issue_key(body: TrackerIn, grant: _Own, session: WriteSession, now: Now) -> TrackerKeyOut:
    """A key for one app. It is shown once and no answer is kept for a repetition: revoke one that got lost."""
    device, key = service.issue(session, grant=grant, name=body.name, at=now)
    return TrackerKeyOut(
        id=device.id,
        name=device.name,
        registered_at=device.registered_at,
        key=key,
        osmand_path="/ingest/osmand",
        owntracks_path="/ingest/owntracks",
    )


@router.delete(
    "/{device_id}", summary="吊销定位客户端密钥", status_code=204, responses=problems(IdempotencyKeyRequired)
)
def revoke_key(device_id: UUID, grant: _Own, session: WriteSession, now: Now, command: Idempotent) -> None:
    """The app's key is no longer good."""
    service.revoke(session, grant=grant, device_id=device_id, at=now)
