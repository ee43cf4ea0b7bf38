"""A helper objects to his rating; the leader settles it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from dispatch.appeals import repository
from dispatch.appeals.model import Appeal
from dispatch.incidents.hiding import hide_caller
from dispatch.ratings import repository as ratings
from dispatch.ratings.service import change
from dispatch.ratings.values import RatingValues, check
from kit import record
from kit.actor import Actor, Grant
from kit.errors import Conflict, Fault, Gone, Invalid, NotAllowed
from kit.ids import new_id
from notifications.outbox.service import put

WINDOW = timedelta(days=7)


class Settlement(StrEnum):
    """How an appeal ends."""

    KEPT = "kept"  #: 维持原评价
    CORRECTED = "corrected"  #: 更正评价


class AlreadyAppealed(Conflict):
    """A rating can be appealed once."""

    slug, title, hint = "already-appealed", "已提出过申诉", "每条评价只能申诉一次，请等待所领导答复。"


class AppealTooLate(Gone):
    """The time to appeal is over."""

    slug, title, hint = "appeal-too-late", "已超过申诉期限", "申诉须在评价作出后七日内提出。"


class AlreadySettled(Conflict):
    """This appeal is already settled."""

    slug, title, hint = "already-settled", "该申诉已处理", "请刷新查看处理结果。"


class SettlesOwnCase(NotAllowed):
    """Nobody settles an appeal to which he is a party."""

    slug, title, hint = "party-to-the-appeal", "当事人不能处理本申诉", "请由其他所领导处理。"


def appeal(session: Session, *, grant: Grant, rating_id: uuid.UUID, text: str, at: datetime) -> Appeal:
    """Object to one's own rating. Raises NotFound, AlreadyAppealed, AppealTooLate."""
    rating = ratings.get_visible(session, rating_id, grant, lock=True)
    if repository.find_of_rating(session, rating.id) is not None:
        raise AlreadyAppealed
    if at > rating.made_at + WINDOW:
        raise AppealTooLate
    made = Appeal(
        id=new_id(),
        rating_id=rating.id,
        station_id=rating.station_id,
        account_id=rating.rated_account_id,
        text=hide_caller(session, rating.incident_id, text),
        made_at=at,
    )
    repository.add(session, made)
    _write(session, "appeal.made", made, grant.actor, at)
    return made


def settle(
    session: Session,
    *,
    grant: Grant,
    appeal_id: uuid.UUID,
    outcome: Settlement,
    reply: str,
    corrected: RatingValues | None,
    at: datetime,
) -> Appeal:
    """Keep the rating or correct it, with a reply to the helper.

    Raises NotFound, AlreadySettled, SettlesOwnCase, Invalid.
    """
    _check(outcome, corrected)
    actor = grant.actor
    settled = repository.get_locked(session, appeal_id, grant)
    rating = ratings.get_locked(session, settled.rating_id)
    if settled.settled_at is not None:
        raise AlreadySettled
    if actor.account_id in (rating.rated_account_id, rating.officer_id):
        raise SettlesOwnCase
    reply = hide_caller(session, rating.incident_id, reply)
    settled.outcome = outcome
    settled.reply = reply
    settled.settled_by = actor.account_id
    settled.settled_at = at
    session.flush()
    _write(session, "appeal.settled", settled, actor, at, outcome=str(outcome))
    concerned = [rating.rated_account_id]
    if corrected is not None:
        change(session, rating, corrected, actor=actor, at=at, action="rating.corrected")
        concerned.append(rating.officer_id)
    for account_id in concerned:
        put(
            session,
            account_id=account_id,
            kind="appeal.settled",
            subject_id=rating.order_id,
            station_id=settled.station_id,
            at=at,
        )
    return settled


def _check(outcome: Settlement, corrected: RatingValues | None) -> None:
    if outcome is Settlement.CORRECTED and corrected is None:
        raise Invalid(faults=(Fault(pointer="/corrected", code="missing", message="更正评价须填写更正后的内容"),))
    if outcome is Settlement.KEPT and corrected is not None:
        raise Invalid(
            faults=(Fault(pointer="/corrected", code="not-expected", message="维持原评价不需要填写更正内容"),)
        )
    if corrected is not None:
        check(corrected, pointer="/corrected")


def _write(session: Session, action: str, made: Appeal, actor: Actor, at: datetime, **detail: Any) -> None:
    record.write(
        session,
        action,
        actor=actor,
        at=at,
        subject_kind="appeal",
        subject_id=made.id,
        station_id=made.station_id,
        rating_id=str(made.rating_id),
        **detail,
    )
