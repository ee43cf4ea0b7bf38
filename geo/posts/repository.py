"""Where posts are fetched from and put to. The mapped class stands beside the responders that it holds."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from geo.responders.model import Post, Responder
from kit.actor import Grant
from kit.errors import NotFound
from kit.reach import rows_within


def visible(grant: Grant) -> ColumnElement[bool]:
    """The posts that ``grant`` reaches; a guard sees his own."""
    return rows_within(
        grant,
        own=Post.id.in_(select(Responder.post_id).where(Responder.account_id == grant.actor.account_id)),
        organization=Post.organization_id,
        station=Post.station_id,
        district=Post.district_id,
    )


def get_visible(session: Session, post_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Post:
    """The post, if ``grant`` reaches it; raises NotFound."""
    query = select(Post).where(Post.id == post_id, visible(grant))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def find(session: Session, post_id: uuid.UUID, *, station_id: uuid.UUID) -> Post | None:
    """The post, if it is the station's."""
    query = select(Post).where(Post.id == post_id, Post.station_id == station_id)
    return session.execute(query).scalar_one_or_none()


def list_visible(session: Session, grant: Grant) -> list[Post]:
    """By name. A station has tens of posts, not thousands."""
    return list(session.execute(select(Post).where(visible(grant)).order_by(Post.name, Post.id)).scalars())


def is_used(session: Session, post_id: uuid.UUID) -> bool:
    """Whether somebody belongs to it."""
    return session.execute(select(Responder.id).where(Responder.post_id == post_id).limit(1)).first() is not None
