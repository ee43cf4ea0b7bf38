"""The officer's feedback form (反馈单): submitting it ends the handling and asks for the review."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.feedback import repository
from dispatch.feedback.model import FeedbackForm
from dispatch.feedback.results import RESULTS
from dispatch.feedback.times import FormTimes, check, fill
from dispatch.incidents import repository as incidents
from dispatch.incidents.hiding import hide_caller
from dispatch.incidents.model import Incident
from dispatch.incidents.service import fire
from dispatch.incidents.states import ENDED, WORKABLE, IncidentState
from dispatch.orders import repository as orders
from dispatch.orders.ending import end_all
from dispatch.orders.firing import fire as fire_order
from dispatch.orders.states import UNANSWERED, OrderState
from kit import record
from kit.actor import Actor, Grant
from kit.errors import Conflict, Fault, Invalid, StaleVersion, VersionRequired
from kit.ids import new_id

EDITABLE = timedelta(hours=24)


class IncidentEnded(Conflict):
    """The incident has ended; its form can no longer be written."""

    slug, title, hint = "incident-ended", "警情已结束", "如需更改，请所领导重新打开该警情。"


class FormLocked(Conflict):
    """The time to change this form is over."""

    slug, title, hint = "feedback-form-locked", "反馈单已不能修改", "提交已超过二十四小时，如需更改请所领导退回。"


class OrderNotSigned(Conflict):
    """Sign for your order before you hand in the form."""

    slug, title, hint = "order-not-signed", "您的指令尚未签收", "请先签收指令，再提交反馈单。"


@dataclass(frozen=True, kw_only=True)
class FormContent:
    """What the officer writes; times left out are taken from what was measured."""

    result_code: str
    text: str
    times: FormTimes
    officers: int = 1
    vehicles: int = 0
    people_helped: int = 0
    people_injured: int = 0
    people_dead: int = 0
    people_caught: int = 0
    handed_over_to: str | None = None


_COLUMNS = tuple(f.name for f in fields(FormContent) if f.name != "times")


def submit(
    session: Session,
    *,
    grant: Grant,
    incident_id: uuid.UUID,
    content: FormContent,
    version: int | None,
    at: datetime,
) -> FeedbackForm:
    """Write the form for the first time, change it within a day, or hand it in again after a return.

    ``version`` is the one that the editor read, None for a form that is not there yet.
    Raises NotFound, IncidentEnded, Invalid, VersionRequired, StaleVersion, FormLocked, OrderNotSigned.
    """
    incident = incidents.get_visible(session, incident_id, grant, lock=True)
    if IncidentState(incident.state) in ENDED:
        raise IncidentEnded(state=incident.state)
    form = repository.find_of_incident(session, incident.id)
    _check_version(form, version)
    editing = form is not None and incident.state == IncidentState.FEEDBACK
    if form is not None and editing and at > form.editable_until:
        raise FormLocked
    _check_result(content)
    check(content.times, received_at=incident.received_at, now=at)
    times = fill(content.times, repository.list_measured(session, incident), now=at)
    assert grant.actor.account_id is not None and times.handled_at is not None
    if form is None:
        action = "feedback_form.submitted"
        form = FeedbackForm(id=new_id(), incident_id=incident.id, station_id=incident.station_id, version=0)
    else:
        action = "feedback_form.edited" if editing else "feedback_form.resubmitted"
    content = replace(
        content,
        text=hide_caller(session, incident.id, content.text),
        handed_over_to=hide_caller(session, incident.id, content.handed_over_to),
    )
    changed = _write(form, content, times)
    form.officer_id = grant.actor.account_id
    form.version += 1
    if not editing:
        form.submitted_at = at
        form.editable_until = at + EDITABLE
    repository.add(session, form)
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind="feedback_form",
        subject_id=form.id,
        station_id=form.station_id,
        incident_id=str(incident.id),
        result_code=form.result_code,
        version=form.version,
        changed=changed,
    )
    if not editing:
        _move_on(session, incident, form, arrival_stated=content.times.arrived_at is not None, by=grant.actor, at=at)
    return form


def _check_version(form: FeedbackForm | None, version: int | None) -> None:
    if form is not None and version is None:
        raise VersionRequired
    present = form.version if form is not None else None
    if version is not None and version != present:
        raise StaleVersion(version=present or 0)


def _check_result(content: FormContent) -> None:
    result = RESULTS.get(content.result_code)
    if result is None:
        raise Invalid(faults=(Fault(pointer="/result_code", code="not-an-option", message="没有这个处理结果"),))
    if result.hands_over and not content.handed_over_to:
        raise Invalid(faults=(Fault(pointer="/handed_over_to", code="missing", message="请填写移交或送达的单位"),))


def _write(form: FeedbackForm, content: FormContent, times: FormTimes) -> list[str]:
    values = {name: getattr(content, name) for name in _COLUMNS} | vars(times)
    changed = [name for name, value in values.items() if getattr(form, name) != value]
    for name in changed:
        setattr(form, name, values[name])
    return sorted(changed)


def _move_on(
    session: Session, incident: Incident, form: FeedbackForm, *, arrival_stated: bool, by: Actor, at: datetime
) -> None:
    evidence = {"feedback_form_id": str(form.id)}
    handling = IncidentState(incident.state) in WORKABLE
    if handling:
        if arrival_stated and form.arrived_at is not None and incident.state != IncidentState.ARRIVED:
            _state(session, incident, "arrive", form.arrived_at, by=by, at=at, evidence=evidence)
        _state(session, incident, "handle", form.handled_at, by=by, at=at, evidence=evidence)
    _finish_orders(session, incident, by=by, at=at, handling=handling, evidence=evidence)
    fire(session, incident, "give_feedback", by=by, at=at, evidence=evidence)


def _state(
    session: Session, incident: Incident, event: str, happened_at: datetime, *, by: Actor, at: datetime,
    evidence: dict[str, str],
) -> None:  # fmt: skip
    """What the officer writes of an earlier time: the milestone has that time, the record the present one."""
    fire(session, incident, event, by=by, at=happened_at, how="stated", evidence=evidence, written_at=at)


def _finish_orders(
    session: Session, incident: Incident, *, by: Actor, at: datetime, handling: bool, evidence: dict[str, str]
) -> None:
    """The officer has done his part; who is still on the way is stood down, who is there finishes by himself."""
    orders.lock_needs(session, incident.id)
    for order in orders.list_open(session, incident_id=incident.id):
        if order.account_id != by.account_id:
            continue
        if OrderState(order.state) in UNANSWERED:
            raise OrderNotSigned(order_id=str(order.id))
        fire_order(session, order, "complete", by=by, at=at, how="inferred", evidence=evidence)
    if handling:
        end_all(session, incident.id, by=by, at=at, reason="incident_handled", keep=(OrderState.ARRIVED,))
