"""Pacts: what two leaders agree upon beforehand."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.idempotency.service import Idempotent
from api.pacts.schemas import EndIn, PactIn, PactOut
from api.paging import Page, Slicing, write_cursor
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.pacts import errors, queries, repository, service
from dispatch.pacts.model import Pact
from kit.actor import Grant
from kit.paging import next_after
from kit.states import TransitionRefused

router = APIRouter(prefix="/api/v1", tags=["pacts"], route_class=WorkRoute)
Reading = Annotated[Grant, Depends(allow(Permission.PACT_READ))]
Signing = Annotated[Grant, Depends(allow(Permission.PACT_SIGN))]


def _out(session: Session, pact: Pact, grant: Grant) -> PactOut:
    return PactOut.model_validate(queries.show(session, [pact], grant)[0])


@router.get("/pacts", summary="查询支援约定列表")
def list_pacts(
    grant: Reading,
    session: ReadSession,
    part: Slicing,
    in_force: Annotated[bool, Query(description="only those that are proposed or signed")] = False,
) -> Page[PactOut]:
    """The pacts of my station, also those that are over; newest first."""
    pacts = repository.list_pacts(session, grant, part, in_force=in_force)
    after = next_after(pacts, limit=part.limit, at="proposed_at")
    shown = queries.show(session, pacts[: part.limit], grant)
    return Page(
        items=[PactOut.model_validate(view) for view in shown], next_cursor=write_cursor(after) if after else None
    )


@router.get("/pacts/{pact_id}", summary="查看支援约定")
def get_pact(pact_id: UUID, grant: Reading, session: ReadSession) -> PactOut:
    """One of them."""
    return _out(session, repository.get_visible(session, pact_id, grant), grant)


@router.post(
    "/pacts",
    summary="提出支援约定",
    status_code=201,
    responses=problems(errors.PactAlreadyThere, errors.NoPactWith, IdempotencyKeyRequired),
)
def propose_pact(body: PactIn, grant: Signing, session: WriteSession, now: Now, command: Idempotent) -> PactOut:
    """I sign for my station. It is my yes at once, and waits for the other leader's."""
    pact = service.propose(session, grant=grant, station_id=body.station_id, limits=body.limits, at=now)
    return _out(session, pact, grant)


@router.post(
    "/pacts/{pact_id}/sign",
    summary="签署支援约定",
    responses=problems(TransitionRefused, IdempotencyKeyRequired),
)
def sign_pact(pact_id: UUID, grant: Signing, session: WriteSession, now: Now, command: Idempotent) -> PactOut:
    """The other leader signs: from now on requests within its limits are open at once."""
    return _out(session, service.sign(session, grant=grant, pact_id=pact_id, at=now), grant)


@router.post(
    "/pacts/{pact_id}/revoke",
    summary="终止支援约定",
    responses=problems(TransitionRefused, IdempotencyKeyRequired),
)
def revoke_pact(
    pact_id: UUID, body: EndIn, grant: Signing, session: WriteSession, now: Now, command: Idempotent
) -> PactOut:
    """Either leader ends it at once, and with it every aid that rests on it."""
    return _out(session, service.revoke(session, grant=grant, pact_id=pact_id, reason=body.reason, at=now), grant)
