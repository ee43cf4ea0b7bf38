"""What screens read about responders."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.positions.pipeline import SUSPECT_AFTER
from geo.responders.model import Post, Responder, ResponderIndex
from geo.responders.repository import visible
from kit.actor import Grant
from kit.errors import NotFound
from kit.paging import Slice
from kit.tenancy import Organization


@dataclass(frozen=True)
class ResponderRow:
    """A responder as lists show it. ``position`` only of a safe-house: where a person is, is no matter of lists."""

    responder: Responder
    organization_name: str
    post_name: str | None
    on_duty: bool
    engaged: bool
    position_suspect: bool
    position: Position | None

    @property
    def id(self) -> uuid.UUID:
        return self.responder.id

    @property
    def created_at(self) -> datetime:
        return self.responder.created_at


def get_responder(session: Session, responder_id: uuid.UUID, grant: Grant) -> ResponderRow:
    """Raises NotFound when there is none, or ``grant`` does not reach it."""
    row = session.execute(_rows(grant).where(Responder.id == responder_id)).one_or_none()
    if row is None:
        raise NotFound
    return _row(row)


def list_responders(
    session: Session,
    grant: Grant,
    slice_: Slice,
    *,
    kind: str | None = None,
    organization_id: uuid.UUID | None = None,
    post_id: uuid.UUID | None = None,
    on_duty: bool | None = None,
    active: bool = True,
) -> list[ResponderRow]:
    """Newest first, one more than ``slice_.limit`` when there are more."""
    query = _rows(grant).where(Responder.active == active)
    if kind is not None:
        query = query.where(Responder.kind == kind)
    if organization_id is not None:
        query = query.where(Responder.organization_id == organization_id)
    if post_id is not None:
        query = query.where(Responder.post_id == post_id)
    if on_duty is not None:
        query = query.where(func.coalesce(ResponderIndex.on_duty, False) == on_duty)
    query = slice_.newest_first(query, Responder.created_at, Responder.id)
    return [_row(row) for row in session.execute(query)]


def staffing(session: Session, post_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """(how many are on duty at it and not away on an order, minimum staff) per post."""
    if not post_ids:
        return {}
    here = and_(ResponderIndex.post_id == Post.id, ResponderIndex.on_duty, ~ResponderIndex.engaged)
    query = (
        select(Post.id, func.count(ResponderIndex.responder_id), Post.minimum_staff)
        .outerjoin(ResponderIndex, here)
        .where(Post.id.in_(list(post_ids)))
        .group_by(Post.id)
    )
    return {post_id: (present, minimum) for post_id, present, minimum in session.execute(query)}


def _rows(grant: Grant) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Responder,
            Organization.name,
            Post.name,
            ResponderIndex.on_duty,
            ResponderIndex.engaged,
            ResponderIndex.suspect_fixes,
            ResponderIndex.position,
            ResponderIndex.fixed,
        )
        .join(Organization, Organization.id == Responder.organization_id)
        .outerjoin(ResponderIndex, ResponderIndex.responder_id == Responder.id)
        .outerjoin(Post, Post.id == Responder.post_id)
        .where(visible(grant))
    )


def _row(row: Sequence[Any]) -> ResponderRow:
    responder, organization, post, on_duty, engaged, suspects, position, fixed = row
    place = responder.position if responder.position is not None else position if fixed else None
    return ResponderRow(
        responder=responder,
        organization_name=organization,
        post_name=post,
        on_duty=bool(on_duty),
        engaged=bool(engaged),
        position_suspect=(suspects or 0) >= SUSPECT_AFTER,
        position=Position.of(place) if place is not None else None,
    )
