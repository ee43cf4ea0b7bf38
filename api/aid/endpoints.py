"""Mutual aid: asked for, agreed to, refused, ended."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.aid.schemas import AidIn, AidOut, Kind, NeighbourOut, StationOut, WhyIn
from api.idempotency.service import Idempotent
from api.orders.schemas import ControlIn, OrderOut
from api.paging import Page, Slicing, write_cursor
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.aid import errors, proposing, queries, repository, service
from dispatch.aid.model import Aid
from dispatch.orders import queries as orders
from dispatch.orders import service as order_service
from dispatch.orders.errors import IncidentNotWorkable, MovedOn
from kit.actor import Grant
from kit.paging import next_after
from kit.states import TransitionRefused

router = APIRouter(prefix="/api/v1", tags=["aid"], route_class=WorkRoute)
Reading = Annotated[Grant, Depends(allow(Permission.AID_READ))]
Requesting = Annotated[Grant, Depends(allow(Permission.AID_REQUEST))]
Deciding = Annotated[Grant, Depends(allow(Permission.AID_DECIDE))]
Releasing = Annotated[Grant, Depends(allow(Permission.AID_RELEASE))]
Recalling = Annotated[Grant, Depends(allow(Permission.AID_RECALL))]
Forcing = Annotated[Grant, Depends(allow(Permission.AID_FORCE))]

_ENDING = (TransitionRefused, IdempotencyKeyRequired)


def _out(session: Session, aid: Aid, grant: Grant) -> AidOut:
    return AidOut.model_validate(queries.show_all(session, [aid], grant)[0])


@router.get("/neighbours", summary="查询同分局其他派出所")
def list_neighbours(grant: Reading, session: ReadSession) -> list[StationOut]:
    """The other stations of the district: who may be asked."""
    return [StationOut(id=id_, name=name) for id_, name in queries.list_neighbours(session, grant)]


@router.get("/aids", summary="查询邻所支援列表")
def list_aids(
    grant: Reading,
    session: ReadSession,
    part: Slicing,
    open_only: Annotated[bool, Query(alias="open", description="only those that are asked for or open")] = False,
    incident: Annotated[UUID | None, Query(description="of that incident")] = None,
) -> Page[AidOut]:
    """Those in which my station asks or helps, also when they are over; newest first."""
    aids = repository.list_aids(session, grant, part, open_only=open_only, incident_id=incident)
    after = next_after(aids, limit=part.limit, at="requested_at")
    shown = queries.show_all(session, aids[: part.limit], grant)
    return Page(
        items=[AidOut.model_validate(view) for view in shown], next_cursor=write_cursor(after) if after else None
    )


@router.get("/aids/{aid_id}", summary="查看邻所支援")
def get_aid(aid_id: UUID, grant: Reading, session: ReadSession) -> AidOut:
    """One of them."""
    return AidOut.model_validate(queries.get_aid(session, aid_id, grant))


@router.post(
    "/incidents/{incident_id}/aids",
    summary="申请邻所支援",
    status_code=201,
    responses=problems(
        IncidentNotWorkable,
        errors.AidAlreadyOpen,
        errors.NotANeighbour,
        errors.NothingToSend,
        IdempotencyKeyRequired,
    ),
)
def request_aid(
    incident_id: UUID, body: AidIn, grant: Requesting, session: WriteSession, now: Now, command: Idempotent
) -> AidOut:
    """Ask another station to help with this incident. Both leaders say yes, or have said so in a pact."""
    aid = service.request(
        session,
        grant=grant,
        incident_id=incident_id,
        station_id=body.station_id,
        reason=body.reason,
        tier=body.tier,
        kinds=body.kinds,
        max_people=body.max_people,
        lasts_s=body.lasts_s,
        at=now,
    )
    return _out(session, aid, grant)


@router.get("/incidents/{incident_id}/neighbours", summary="查看可支援的邻所", responses=problems(IncidentNotWorkable))
def list_who_could_help(
    incident_id: UUID,
    grant: Requesting,
    session: ReadSession,
    now: Now,
    kind: Annotated[Kind, Query(description="of whom")] = "guard",
    radius_m: Annotated[int, Query(ge=50, le=50_000)] = 3_000,
) -> list[NeighbourOut]:
    """How many people of each neighbour are free around the scene, and how soon they would be there."""
    found = proposing.list_who_could_help(
        session, grant=grant, incident_id=incident_id, kind=kind, radius_m=radius_m, at=now
    )
    return [NeighbourOut.model_validate(neighbour) for neighbour in found]


@router.post("/aids/{aid_id}/approve", summary="同意邻所支援", responses=problems(errors.AidNotOpen, *_ENDING))
def approve_aid(aid_id: UUID, grant: Deciding, session: WriteSession, now: Now, command: Idempotent) -> AidOut:
    """Yes, for my station. The second yes opens the incident to the helping station."""
    return _out(session, service.approve(session, grant=grant, aid_id=aid_id, at=now), grant)


@router.post("/aids/{aid_id}/decline", summary="不同意邻所支援", responses=problems(*_ENDING))
def decline_aid(
    aid_id: UUID, body: WhyIn, grant: Deciding, session: WriteSession, now: Now, command: Idempotent
) -> AidOut:
    """No, for my station."""
    return _out(session, service.decline(session, grant=grant, aid_id=aid_id, reason=body.reason, at=now), grant)


@router.post("/aids/{aid_id}/release", summary="撤回申请或结束支援", responses=problems(*_ENDING))
def release_aid(
    aid_id: UUID, body: WhyIn, grant: Releasing, session: WriteSession, now: Now, command: Idempotent
) -> AidOut:
    """The station that asked needs it no longer."""
    return _out(session, service.release(session, grant=grant, aid_id=aid_id, reason=body.reason, at=now), grant)


@router.post("/aids/{aid_id}/revoke", summary="终止邻所支援", responses=problems(*_ENDING))
def revoke_aid(
    aid_id: UUID, body: WhyIn, grant: Deciding, session: WriteSession, now: Now, command: Idempotent
) -> AidOut:
    """A leader of either station ends it at once. Whoever has accepted finishes; nobody more is sent."""
    return _out(session, service.revoke(session, grant=grant, aid_id=aid_id, reason=body.reason, at=now), grant)


@router.post(
    "/aids/{aid_id}/force",
    summary="分局指定支援（两人确认）",
    responses=problems(errors.AidNotOpen, errors.SamePerson, IdempotencyKeyRequired),
)
def force_aid(
    aid_id: UUID, body: WhyIn, grant: Forcing, session: WriteSession, now: Now, command: Idempotent
) -> AidOut:
    """The district in place of leaders who do not answer: the second of two persons opens it."""
    return _out(session, service.force(session, grant=grant, aid_id=aid_id, reason=body.reason, at=now), grant)


@router.post("/orders/{order_id}/recall", summary="召回本所支援力量", responses=problems(MovedOn, *_ENDING))
def recall_order(
    order_id: UUID, body: ControlIn, grant: Recalling, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """The helping station takes its own person back; the next one is asked in his place."""
    order = order_service.recall(
        session, grant=grant, order_id=order_id, reason=body.reason, seen_state=body.seen_state, at=now
    )
    return OrderOut.model_validate(orders.show(session, [order.id], grant.actor)[0])
