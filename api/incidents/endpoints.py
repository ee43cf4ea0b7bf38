"""Incidents: taking a call, working on it, ending it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.incidents.answers import (
    CallerOut,
    CategoryOut,
    CreatedOut,
    DuplicateOut,
    HelperIncidentOut,
    IncidentFileOut,
    IncidentOut,
    NoteOut,
    PanicOut,
    TypeOut,
)
from api.incidents.listing import Filtering
from api.incidents.schemas import EditIn, IncidentIn, LevelIn, MergeIn, NoteIn, PanicIn, ProgressIn, ReasonIn
from api.orders.schemas import NeedStateOut
from api.paging import Page, Slicing, write_cursor
from api.problems import PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.access.table import grant as grant_of
from dispatch.incidents import caller as callers
from dispatch.incidents import editing, ending, errors, likeness, queries, reception, repository
from dispatch.incidents.catalogue import CATEGORIES, KINDS
from dispatch.incidents.model import Incident
from dispatch.orders import service as orders
from dispatch.orders import staffing
from dispatch.tenancy.repository import find_duty_phone
from geo.crs import Position
from kit.actor import Grant
from kit.errors import StaleVersion
from kit.states import TransitionRefused

router = APIRouter(prefix="/api/v1", tags=["incidents"], route_class=WorkRoute)

Creating = Annotated[Grant, Depends(allow(Permission.INCIDENT_CREATE))]
Listing = Annotated[Grant, Depends(allow(Permission.INCIDENT_LIST))]
Reading = Annotated[Grant, Depends(allow(Permission.INCIDENT_READ))]
Editing = Annotated[Grant, Depends(allow(Permission.INCIDENT_EDIT))]
Noting = Annotated[Grant, Depends(allow(Permission.INCIDENT_NOTE))]
Reopening = Annotated[Grant, Depends(allow(Permission.INCIDENT_REOPEN))]
Revealing = Annotated[Grant, Depends(allow(Permission.CALLER_REVEAL))]
Panicking = Annotated[Grant, Depends(allow(Permission.PANIC))]


def _shown(session: WriteSession, incident: Incident, grant: Grant, response: Response) -> IncidentOut:
    set_etag(response, incident.version)
    return IncidentOut.model_validate(queries.show(session, [incident], role=grant.actor.role)[0])


def _duplicates(session: ReadSession, incident: Incident, grant: Grant) -> list[DuplicateOut]:
    # an officer may take a call, but sees only what he works on
    listing = grant_of(grant.actor, Permission.INCIDENT_LIST)
    return [DuplicateOut.of(found) for found in likeness.list_duplicates(session, grant=listing, incident=incident)]


@router.get("/incident-types", summary="查询警情类别目录")
def list_types(grant: Creating) -> list[CategoryOut]:
    """The catalogue: categories with their types and subtypes."""
    return [
        CategoryOut(
            code=code,
            name=name,
            number=number,
            types=[
                TypeOut(
                    code=kind.code,
                    name=kind.name,
                    number=kind.number,
                    level=kind.level,
                    violent=kind.violent,
                    subtypes=dict(kind.subtypes),
                )
                for kind in KINDS
                if kind.category == code
            ],
        )
        for code, (name, number) in CATEGORIES.items()
    ]


@router.post(
    "/incidents",
    summary="接警登记",
    status_code=201,
    responses=problems(
        errors.TypeUnknown,
        errors.PlaceMissing,
        errors.AddressUnknown,
        errors.AddressAmbiguous,
        errors.OutsideEveryArea,
        errors.BelongsToOtherStation,
        errors.NumberTaken,
        errors.ReplayRefused,
    ),
)
def create_incident(
    body: IncidentIn, grant: Creating, session: WriteSession, now: Now, command: Idempotent, response: Response
) -> CreatedOut:
    """Take a call, and with ``dispatch`` send for it. ``possible_duplicates`` are open ones that may be the same."""
    incident, sent = orders.take_call(session, new=body.new(), grant=grant, at=now, send=body.dispatch)
    return CreatedOut(
        incident=_shown(session, incident, grant, response),
        possible_duplicates=_duplicates(session, incident, grant),
        order_ids=[order.id for order in sent],
        needs=[NeedStateOut.model_validate(n) for n in staffing.list_needs(session, incident.id)]
        if body.dispatch
        else [],
    )


@router.get("/incidents", summary="查询警情列表")
def list_incidents(grant: Listing, session: ReadSession, only: Filtering, slice_: Slicing) -> Page[IncidentOut]:
    """Incidents, latest first: the station's, for an officer those that he works on."""
    views, after = queries.list_incidents(session, grant=grant, only=only, slice_=slice_)
    return Page(
        items=[IncidentOut.model_validate(view) for view in views],
        next_cursor=write_cursor(after) if after else None,
    )


@router.get("/incidents/{incident_id}", summary="查看警情")
def get_incident(
    incident_id: UUID, grant: Reading, session: ReadSession, response: Response
) -> IncidentFileOut | HelperIncidentOut:
    """One incident. Police read the whole file; a helper the place and the task, while his order is open."""
    view, detail = queries.get_detail(session, grant=grant, incident_id=incident_id)
    set_etag(response, view.version)
    return HelperIncidentOut.model_validate(view) if detail is None else IncidentFileOut.of(detail)


@router.get("/incidents/{incident_id}/duplicates", summary="查询疑似重复警情")
def list_duplicates(incident_id: UUID, grant: Listing, session: ReadSession) -> list[DuplicateOut]:
    """Open incidents that may be the same event, the likeliest first."""
    return _duplicates(session, repository.get_visible(session, incident_id, grant), grant)


@router.patch(
    "/incidents/{incident_id}",
    summary="修改警情",
    responses=problems(
        StaleVersion, PreconditionRequired, editing.AlreadyEnded, errors.TypeUnknown, errors.CallerConfidential
    ),
)
def edit_incident(
    incident_id: UUID,
    body: EditIn,
    version: IfMatch,
    grant: Editing,
    session: WriteSession,
    now: Now,
    command: Idempotent,
    response: Response,
) -> IncidentOut:
    """Put right what is known. Another type brings that type's scenario along unless one is named."""
    incident = editing.edit(session, grant=grant, incident_id=incident_id, version=version, changes=body.edit(), at=now)
    return _shown(session, incident, grant, response)


@router.post("/incidents/{incident_id}/level", summary="调整警情级别", responses=problems(editing.AlreadyEnded))
def set_level(
    incident_id: UUID, body: LevelIn, grant: Editing, session: WriteSession, now: Now, command: Idempotent,
    response: Response,
) -> IncidentOut:  # fmt: skip
    """Upgrade or downgrade at once, whatever others edit meanwhile."""
    incident = editing.set_level(
        session, grant=grant, incident_id=incident_id, level=body.level, reason=body.reason, at=now
    )
    return _shown(session, incident, grant, response)


@router.post("/incidents/{incident_id}/notes", summary="添加警情备注", status_code=201)
def add_note(
    incident_id: UUID, body: NoteIn, grant: Noting, session: WriteSession, now: Now, command: Idempotent
) -> NoteOut:
    """Add a remark."""
    note = editing.add_note(session, grant=grant, incident_id=incident_id, text=body.text, at=now)
    return NoteOut.model_validate(queries.show_note(session, note))


@router.post(
    "/incidents/{incident_id}/merge", summary="并案", responses=problems(errors.NotMergeable, TransitionRefused)
)
def merge_incident(
    incident_id: UUID, body: MergeIn, grant: Editing, session: WriteSession, now: Now, command: Idempotent,
    response: Response,
) -> IncidentOut:  # fmt: skip
    """End this incident as part of another one. Its open orders are stood down."""
    incident = ending.merge(
        session, grant=grant, incident_id=incident_id, into_id=body.into_id, reason=body.reason, at=now
    )
    return _shown(session, incident, grant, response)


@router.post("/incidents/{incident_id}/cancel", summary="撤销警情", responses=problems(TransitionRefused))
def cancel_incident(
    incident_id: UUID, body: ReasonIn, grant: Editing, session: WriteSession, now: Now, command: Idempotent,
    response: Response,
) -> IncidentOut:  # fmt: skip
    """Call it off; every open order is cancelled."""
    incident = ending.cancel(session, grant=grant, incident_id=incident_id, reason=body.reason, at=now)
    return _shown(session, incident, grant, response)


@router.post(
    "/incidents/{incident_id}/give-up",
    summary="无力量可派，结束警情",
    responses=problems(errors.AlarmFirst, TransitionRefused),
)
def give_up_incident(
    incident_id: UUID, body: ReasonIn, grant: Editing, session: WriteSession, now: Now, command: Idempotent,
    response: Response,
) -> IncidentOut:  # fmt: skip
    """Nobody can be sent, and the alarm that said so was acknowledged."""
    incident = ending.give_up(session, grant=grant, incident_id=incident_id, reason=body.reason, at=now)
    return _shown(session, incident, grant, response)


@router.post(
    "/incidents/{incident_id}/reopen",
    summary="重新打开警情",
    responses=problems(StaleVersion, PreconditionRequired, TransitionRefused),
)
def reopen_incident(
    incident_id: UUID, body: ReasonIn, version: IfMatch, grant: Reopening, session: WriteSession, now: Now,
    command: Idempotent, response: Response,
) -> IncidentOut:  # fmt: skip
    """Begin anew: milestones are passed again."""
    incident = ending.reopen(session, grant=grant, incident_id=incident_id, version=version, reason=body.reason, at=now)
    return _shown(session, incident, grant, response)


@router.post("/incidents/{incident_id}/progress", summary="手工登记警情进展", responses=problems(TransitionRefused))
def progress_incident(
    incident_id: UUID, body: ProgressIn, grant: Editing, session: WriteSession, now: Now, command: Idempotent,
    response: Response,
) -> IncidentOut:  # fmt: skip
    """Enter by hand what was heard over the radio; the milestone says that it was stated, not measured."""
    incident = ending.progress_by_hand(
        session, grant=grant, incident_id=incident_id, event=body.event, reason=body.reason, at=now
    )
    return _shown(session, incident, grant, response)


@router.post(
    "/incidents/{incident_id}/caller/reveal",
    summary="查看报警人明文信息（留痕）",
    responses=problems(errors.NoCaller, errors.CallerConfidential, errors.RevealTooLate),
)
def reveal_caller(
    incident_id: UUID, body: ReasonIn, grant: Revealing, session: WriteSession, now: Now, response: Response
) -> CallerOut:
    """The caller in clear; of a confidential one to the leader alone. Every call of this stands in the record."""
    # no Idempotency-Key: the stored answer would be a second, unsealed copy of the number
    response.headers["Cache-Control"] = "no-store"
    return CallerOut.model_validate(
        callers.reveal(session, grant=grant, incident_id=incident_id, reason=body.reason, at=now)
    )


@router.post("/panic", summary="一键求助", status_code=201, responses=problems(reception.NoPosition))
def panic(body: PanicIn, grant: Panicking, session: WriteSession, now: Now, command: Idempotent) -> PanicOut:
    """Help for oneself, without an order: an incident where one stands, and an alarm in the command room."""
    incident = reception.receive_panic(
        session, grant=grant, at=now, position=body.position.wgs84() if body.position else None, drill=body.drill
    )
    return PanicOut.model_validate(
        {**{name: getattr(incident, name) for name in ("id", "number", "received_at", "address")},
         "position": Position.of(incident.position), "duty_phone": find_duty_phone(session, grant.actor)}
    )  # fmt: skip
