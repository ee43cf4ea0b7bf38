"""The officer's feedback form (反馈单)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.etag import IfMatchOrNew, set_etag
from api.feedback.schemas import ChoiceOut, ChoicesOut, FormIn, FormOut, ResultOut, SheetOut
from api.idempotency.service import Idempotent
from api.problems import PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.feedback import service
from dispatch.feedback.queries import get_sheet
from dispatch.feedback.results import RESULTS
from dispatch.ratings.values import OUTCOME_NAMES, TAGS
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1", tags=["feedback"], route_class=WorkRoute)
Read = Annotated[Grant, Depends(allow(Permission.FEEDBACK_READ))]


@router.put(
    "/incidents/{incident_id}/feedback-form",
    summary="提交反馈单",
    responses=problems(
        service.IncidentEnded, service.FormLocked, service.OrderNotSigned, StaleVersion, PreconditionRequired
    ),
)
def submit_form(
    incident_id: UUID,
    body: FormIn,
    grant: Annotated[Grant, Depends(allow(Permission.FEEDBACK_WRITE))],
    session: WriteSession,
    now: Now,
    version: IfMatchOrNew,
    response: Response,
    command: Idempotent,
) -> FormOut:
    """Hand the form in; with If-Match change it within 24 hours, or hand it in again after a return.

    Handing it in ends the handling of the incident, if nobody had ended it, and puts it before the leader.
    """
    form = service.submit(
        session, grant=grant, incident_id=incident_id, content=body.content(), version=version, at=now
    )
    set_etag(response, form.version)
    return FormOut.model_validate(form)


@router.get("/incidents/{incident_id}/feedback-form", summary="查看反馈单")
def read_form(incident_id: UUID, grant: Read, session: ReadSession, now: Now) -> SheetOut:
    """The form, or what is known so far; which helpers still wait for a rating; why the leader returned it."""
    return SheetOut.of(get_sheet(session, grant=grant, incident_id=incident_id, now=now))


@router.get("/feedback-choices", summary="查询反馈单选项")
def read_choices(grant: Read) -> ChoicesOut:
    """Results, outcomes and tags with their Chinese names."""
    return ChoicesOut(
        results=[ResultOut.model_validate(result) for result in RESULTS.values()],
        rating_tags=[ChoiceOut(key=key, name=name) for key, name in TAGS.items()],
        outcomes=[ChoiceOut(key=str(key), name=name) for key, name in OUTCOME_NAMES.items()],
    )
