"""Ratings: made by the officer, read by him whom they concern, his company and the station."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_cursor
from api.problems import PreconditionRequired, problems
from api.ratings.schemas import (
    MyRatings,
    PersonOut,
    RatingIn,
    RatingLine,
    RatingOut,
    RatingsIn,
    StandingOut,
    StandingsOut,
)
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.ratings import queries, repository, service
from dispatch.ratings.errors import AlreadyRated, NotAHelper, NotTheRater, OrderNotFinished, RatingLocked, SelfRating
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1", tags=["ratings"], route_class=WorkRoute)
Write = Annotated[Grant, Depends(allow(Permission.RATING_WRITE))]
Read = Annotated[Grant, Depends(allow(Permission.RATING_READ))]
_REFUSALS = problems(AlreadyRated, OrderNotFinished, NotAHelper, SelfRating)


@router.post("/orders/{order_id}/rating", summary="评价一条协助指令", status_code=201, responses=_REFUSALS)
def rate(
    order_id: UUID,
    body: RatingIn,
    grant: Write,
    session: WriteSession,
    now: Now,
    response: Response,
    command: Idempotent,
) -> RatingOut:
    """Rate one finished order of an incident on which one works. Once; for 24 hours one may change it."""
    rating = service.rate(session, grant=grant, order_id=order_id, values=body.values(), at=now)
    set_etag(response, rating.version)
    response.headers["Location"] = f"/api/v1/ratings/{rating.id}"
    return RatingOut.model_validate(rating)


@router.post("/incidents/{incident_id}/ratings", summary="批量评价协助指令", status_code=201, responses=_REFUSALS)
def rate_all(
    incident_id: UUID, body: RatingsIn, grant: Write, session: WriteSession, now: Now, command: Idempotent
) -> list[RatingOut]:
    """Rate several helpers of one incident in one go; one refusal refuses all."""
    pairs = [(line.order_id, line.values()) for line in body.ratings]
    made = service.rate_all(session, grant=grant, incident_id=incident_id, ratings=pairs, at=now)
    return [RatingOut.model_validate(rating) for rating in made]


@router.put(
    "/ratings/{rating_id}",
    summary="修改评价",
    responses=problems(NotTheRater, RatingLocked, StaleVersion, PreconditionRequired),
)
def change_rating(
    rating_id: UUID,
    body: RatingIn,
    grant: Write,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> RatingOut:
    """Change one's own rating within 24 hours."""
    rating = service.edit(session, grant=grant, rating_id=rating_id, values=body.values(), version=version, at=now)
    set_etag(response, rating.version)
    return RatingOut.model_validate(rating)


@router.get("/ratings/standings", summary="查询人员评价汇总")
def read_standings(grant: Read, session: ReadSession) -> StandingsOut:
    """How the people in reach stand; drills and outcomes without a score do not count."""
    return StandingsOut(items=[PersonOut.of(person) for person in queries.list_standings(session, grant=grant)])


@router.get("/ratings/{rating_id}", summary="查看评价")
def read_rating(rating_id: UUID, grant: Read, session: ReadSession, response: Response) -> RatingOut:
    """One rating."""
    rating = repository.get_visible(session, rating_id, grant)
    set_etag(response, rating.version)
    return RatingOut.model_validate(rating)


@router.get("/ratings", summary="查询评价列表")
def list_ratings(
    grant: Read, session: ReadSession, part: Slicing, responder_id: UUID | None = None
) -> Page[RatingLine]:
    """Ratings within reach, newest first: given by the officer, of the company's people, of the station."""
    rows, after = queries.list_ratings(session, grant=grant, slice_=part, responder_id=responder_id)
    return Page(items=[RatingLine.of(row) for row in rows], next_cursor=write_cursor(after) if after else None)


@router.get("/me/ratings", summary="查看本人评价")
def read_my_ratings(grant: Read, session: ReadSession, part: Slicing) -> MyRatings:
    """One's own ratings and standing. "Not seen" and "not needed" are shown and do not count."""
    rows, after, standing = queries.list_own(session, actor=grant.actor, slice_=part)
    return MyRatings(
        standing=StandingOut.of(standing),
        items=[RatingLine.of(row) for row in rows],
        next_cursor=write_cursor(after) if after else None,
    )
