"""What a helper says from the scene: words, ticked items, photos."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.incidents.hiding import hide_caller
from dispatch.orders import repository as orders
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE, OrderState
from dispatch.reports import repository
from dispatch.reports.model import Photo, Report
from dispatch.reports.pictures import MEDIA_TYPE, Picture
from kit import feed, record
from kit.actor import Grant
from kit.errors import Conflict, Fault, Gone, Invalid
from kit.ids import new_id

MAX_PHOTOS = 10
OPEN_AFTER_COMPLETION = timedelta(hours=24)
_FINISHED = frozenset({OrderState.COMPLETED, OrderState.RATED})


class ReportNotPossible(Conflict):
    """One reports from an order that one has accepted."""

    slug, title, hint = (
        "report-not-possible",
        "当前不能提交现场反馈",
        "请先签收指令；已超时、解除或撤回的指令无需反馈。",
    )


class ReportTooLate(Gone):
    """The time to report on this order is over."""

    slug, title, hint = "report-too-late", "已超过反馈时限", "任务完成超过二十四小时，如有补充请联系承办民警。"


class TooManyPhotos(Conflict):
    """This order has as many photos as it can hold."""

    slug, title, hint = "too-many-photos", "照片数量已达上限", f"每条指令最多上传 {MAX_PHOTOS} 张照片。"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One item of the order's checklist, done or not, with a word about it."""

    key: str
    done: bool
    note: str = ""


def write_report(
    session: Session, *, grant: Grant, order_id: uuid.UUID, text: str, answers: Sequence[Answer], at: datetime
) -> Report:
    """Report from one's own order. Raises NotFound, ReportNotPossible, ReportTooLate, Invalid."""
    order = _own_order(session, grant, order_id, at)
    _check_answers(order, answers)
    report = Report(
        id=new_id(),
        order_id=order.id,
        account_id=order.account_id,
        at=at,
        text=hide_caller(session, order.incident_id, text),
        checklist=[asdict(answer) for answer in answers],
    )
    repository.add_report(session, report)
    _write(session, "report.written", order, report.id, grant, at, done=[a.key for a in answers if a.done])
    return report


def add_photo(session: Session, *, grant: Grant, order_id: uuid.UUID, picture: Picture, at: datetime) -> Photo:
    """Keep a photo with one's own order; the same one again changes nothing.

    Raises NotFound, ReportNotPossible, ReportTooLate, TooManyPhotos.
    """
    order = _own_order(session, grant, order_id, at)
    kept = repository.find_photo_by_digest(session, order.id, picture.sha256)
    if kept is not None:
        return kept
    if repository.count_photos(session, order.id) >= MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    photo = Photo(
        id=new_id(),
        order_id=order.id,
        incident_id=order.incident_id,
        account_id=order.account_id,
        at=at,
        media_type=MEDIA_TYPE,
        width_px=picture.width_px,
        height_px=picture.height_px,
        sha256=picture.sha256,
        content=picture.content,
    )
    repository.add_photo(session, photo)
    _write(session, "photo.added", order, photo.id, grant, at, sha256=picture.sha256.hex())
    return photo


def _own_order(session: Session, grant: Grant, order_id: uuid.UUID, at: datetime) -> Order:
    orders.get_visible(session, order_id, grant)
    order = orders.lock(session, order_id)
    state = OrderState(order.state)
    if state in LIVE:
        return order
    if state not in _FINISHED or order.ended_at is None:
        raise ReportNotPossible(state=str(state))
    if at > order.ended_at + OPEN_AFTER_COMPLETION:
        raise ReportTooLate
    return order


def _check_answers(order: Order, answers: Sequence[Answer]) -> None:
    known = {item["key"] for item in order.checklist}
    faults = [
        Fault(pointer=f"/checklist/{n}/key", code="not-an-option", message="指令中没有这一核对项")
        for n, answer in enumerate(answers)
        if answer.key not in known
    ]
    if len({answer.key for answer in answers}) != len(answers):
        faults.append(Fault(pointer="/checklist", code="repeated", message="同一核对项出现多次"))
    if faults:
        raise Invalid(faults=tuple(faults))


def _write(
    session: Session, action: str, order: Order, subject_id: uuid.UUID, grant: Grant, at: datetime, **detail: Any
) -> None:
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind=action.split(".")[0],
        subject_id=subject_id,
        station_id=order.station_id,
        order_id=str(order.id),
        **detail,
    )
    feed.changed(session, "order", order.id, under=order.incident_id)
