"""The officer's judgement of a helper's finished order: once, by somebody who was there, open to change for a day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.appeals import repository as appeals
from dispatch.incidents.hiding import hide_caller
from dispatch.orders import repository as orders
from dispatch.orders.firing import fire
from dispatch.orders.states import OrderState
from dispatch.ratings import repository
from dispatch.ratings.errors import AlreadyRated, NotAHelper, NotTheRater, OrderNotFinished, RatingLocked, SelfRating
from dispatch.ratings.model import Rating
from dispatch.ratings.values import Outcome, RatingValues, check
from kit import record
from kit.actor import Actor, Grant
from kit.errors import Fault, Invalid, NotFound, StaleVersion
from kit.ids import new_id
from notifications.outbox.service import put

EDITABLE = timedelta(hours=24)


def rate(
    session: Session, *, grant: Grant, order_id: uuid.UUID, values: RatingValues, at: datetime, pointer: str = ""
) -> Rating:
    """Rate one finished order of an incident on which the officer works.

    Raises NotFound, SelfRating, NotAHelper, AlreadyRated, OrderNotFinished, Invalid.
    """
    check(values, pointer=pointer)
    actor = grant.actor
    orders.get_visible(session, order_id, grant)
    order = orders.lock(session, order_id)
    if order.account_id == actor.account_id:
        raise SelfRating
    if order.mode != repository.HELPERS:
        raise NotAHelper
    if repository.find_of_order(session, order.id) is not None:
        raise AlreadyRated(order_id=str(order.id))
    if order.state != OrderState.COMPLETED:
        raise OrderNotFinished(order_id=str(order.id), state=str(order.state))
    assert actor.account_id is not None
    rating = Rating(
        id=new_id(),
        order_id=order.id,
        incident_id=order.incident_id,
        station_id=order.station_id,
        organization_id=order.organization_id,
        responder_id=order.responder_id,
        rated_account_id=order.account_id,
        officer_id=actor.account_id,
        made_at=at,
        editable_until=at + EDITABLE,
        version=1,
        **_columns(session, order.incident_id, values),
    )
    repository.add(session, rating)
    _write(session, "rating.made", rating, actor, at, **values.codes())
    fire(session, order, "rate", by=actor, at=at, how="measured", evidence={"rating_id": str(rating.id)})
    _tell(session, rating, at)
    return rating


def rate_all(
    session: Session,
    *,
    grant: Grant,
    incident_id: uuid.UUID,
    ratings: Sequence[tuple[uuid.UUID, RatingValues]],
    at: datetime,
) -> list[Rating]:
    """Rate several orders of one incident in one go, all or none. Raises what ``rate`` raises."""
    if len({order_id for order_id, _ in ratings}) != len(ratings):
        raise Invalid(faults=(Fault(pointer="/ratings", code="repeated", message="同一指令出现多次"),))
    made = []
    for n, (order_id, values) in enumerate(ratings):
        if orders.get_visible(session, order_id, grant).incident_id != incident_id:
            raise NotFound
        made.append(rate(session, grant=grant, order_id=order_id, values=values, at=at, pointer=f"/ratings/{n}"))
    return made


def edit(
    session: Session, *, grant: Grant, rating_id: uuid.UUID, values: RatingValues, version: int, at: datetime
) -> Rating:
    """Change one's own rating. Raises NotFound, NotTheRater, StaleVersion, RatingLocked, Invalid."""
    check(values)
    rating = repository.get_visible(session, rating_id, grant, lock=True)
    if rating.officer_id != grant.actor.account_id:
        raise NotTheRater
    if rating.version != version:
        raise StaleVersion(version=rating.version)
    appeal = appeals.find_of_rating(session, rating.id)
    if at > rating.editable_until or (appeal is not None and appeal.settled_at is not None):
        raise RatingLocked
    change(session, rating, values, actor=grant.actor, at=at, action="rating.edited")
    _tell(session, rating, at)
    return rating


def change(session: Session, rating: Rating, values: RatingValues, *, actor: Actor, at: datetime, action: str) -> None:
    """Write other values into a rating that is locked; the record keeps what it said before."""
    before = values_of(rating).codes()
    for name, value in _columns(session, rating.incident_id, values).items():
        setattr(rating, name, value)
    rating.version += 1
    session.flush()
    _write(session, action, rating, actor, at, before=before, after=values.codes())


def _columns(session: Session, incident_id: uuid.UUID, values: RatingValues) -> dict[str, Any]:
    return {**values.columns(), "text": hide_caller(session, incident_id, values.text)}


def values_of(rating: Rating) -> RatingValues:
    """What a stored rating says."""
    return RatingValues(
        outcome=Outcome(rating.outcome),
        arrived=rating.arrived,
        helped=rating.helped,
        followed_instruction=rating.followed_instruction,
        safe=rating.safe,
        score=rating.score,
        tags=tuple(rating.tags),
        text=rating.text,
    )


def _tell(session: Session, rating: Rating, at: datetime) -> None:
    put(
        session,
        account_id=rating.rated_account_id,
        kind="rating.made",
        subject_id=rating.order_id,
        station_id=rating.station_id,
        at=at,
    )


def _write(session: Session, action: str, rating: Rating, actor: Actor, at: datetime, **detail: Any) -> None:
    record.write(
        session,
        action,
        actor=actor,
        at=at,
        subject_kind="rating",
        subject_id=rating.id,
        station_id=rating.station_id,
        order_id=str(rating.order_id),
        **detail,
    )
