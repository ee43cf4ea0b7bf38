"""Responders: list, show, register, change."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import IdempotencyKeyRequired, PreconditionRequired, problems
from api.responders.schemas import ResponderChange, ResponderIn, ResponderOut
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.rosters import linking
from geo.responders import queries
from geo.responders.errors import AccountTaken, NameTaken, ReferenceUnknown, ShapeRefused, StillEngaged
from geo.responders.hours import HoursRefused
from geo.responders.rules import Kind
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1/responders", tags=["responders"], route_class=WorkRoute)
_REFUSALS = (IdempotencyKeyRequired, ReferenceUnknown, ShapeRefused, HoursRefused, NameTaken, AccountTaken)
_Read = Annotated[Grant, Depends(allow(Permission.RESPONDER_READ))]
_Write = Annotated[Grant, Depends(allow(Permission.RESPONDER_WRITE))]


@router.get("", summary="查询力量列表")
def list_responders(
    grant: _Read,
    session: ReadSession,
    slicing: Slicing,
    kind: Annotated[Kind | None, Query()] = None,
    organization_id: Annotated[UUID | None, Query()] = None,
    post_id: Annotated[UUID | None, Query()] = None,
    on_duty: Annotated[bool | None, Query()] = None,
    active: Annotated[bool, Query()] = True,
) -> Page[ResponderOut]:
    """Newest first."""
    rows = queries.list_responders(
        session,
        grant,
        slicing,
        kind=kind,
        organization_id=organization_id,
        post_id=post_id,
        on_duty=on_duty,
        active=active,
    )
    return write_page(rows, slicing, ResponderOut.of, at="created_at")


@router.post("", summary="登记力量", status_code=201, responses=problems(*_REFUSALS))
def create_responder(
    body: ResponderIn, grant: _Write, session: WriteSession, now: Now, command: Idempotent, response: Response
) -> ResponderOut:
    """Register a guard, safe-house or patrol unit."""
    made = linking.register(session, grant=grant, at=now, new=body.to_new())
    set_etag(response, made.version)
    return ResponderOut.of(queries.get_responder(session, made.id, grant))


@router.get("/{responder_id}", summary="查看力量")
def get_responder(responder_id: UUID, grant: _Read, session: ReadSession, response: Response) -> ResponderOut:
    """One responder."""
    row = queries.get_responder(session, responder_id, grant)
    set_etag(response, row.responder.version)
    return ResponderOut.of(row)


@router.patch(
    "/{responder_id}",
    summary="修改力量",
    responses=problems(*_REFUSALS, StillEngaged, StaleVersion, PreconditionRequired),
)
def change_responder(
    responder_id: UUID,
    body: ResponderChange,
    grant: _Write,
    session: WriteSession,
    now: Now,
    command: Idempotent,
    version: IfMatch,
    response: Response,
) -> ResponderOut:
    """Change members, or take it out of use with ``active: false``."""
    changed = linking.change(
        session, grant=grant, at=now, responder_id=responder_id, version=version, changes=body.to_changes()
    )
    set_etag(response, changed.version)
    return ResponderOut.of(queries.get_responder(session, responder_id, grant))
