"""Posts: drawn, changed, removed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.posts import repository
from geo.responders.errors import NameTaken, PostInUse, ReferenceUnknown
from geo.responders.model import Post
from geo.responders.repository import find_organization
from kit import record
from kit.actor import Grant
from kit.errors import StaleVersion
from kit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """A post to be drawn."""

    name: str
    organization_id: uuid.UUID
    position: Position
    minimum_staff: int = 1
    demo: bool = False


def create(session: Session, *, grant: Grant, at: datetime, new: NewPost) -> Post:
    """Raises ReferenceUnknown, NameTaken."""
    organization = find_organization(session, new.organization_id, grant)
    if organization is None:
        raise ReferenceUnknown.at("/organization_id", "没有这个联盟单位，或不在您的管理范围内")
    post = Post(
        id=new_id(),
        district_id=organization.district_id,
        station_id=organization.station_id,
        organization_id=organization.id,
        name=new.name,
        position=new.position.ewkt,
        minimum_staff=new.minimum_staff,
        demo=new.demo,
    )
    _store(session, post)
    _record(session, post, "post.created", grant=grant, at=at)
    return post


def update(
    session: Session, *, grant: Grant, at: datetime, post_id: uuid.UUID, version: int, changes: Mapping[str, Any]
) -> Post:
    """Change name, position or minimum staff. Raises NotFound, StaleVersion, NameTaken."""
    post = repository.get_visible(session, post_id, grant, lock=True)
    if post.version != version:
        raise StaleVersion(version=post.version)
    for name, value in changes.items():
        setattr(post, name, value.ewkt if isinstance(value, Position) else value)
    post.version += 1
    _store(session, post)
    _record(session, post, "post.changed", grant=grant, at=at, members=sorted(changes))
    return post


def delete(session: Session, *, grant: Grant, at: datetime, post_id: uuid.UUID, version: int) -> None:
    """Remove it. Raises NotFound, StaleVersion, PostInUse."""
    post = repository.get_visible(session, post_id, grant, lock=True)
    if post.version != version:
        raise StaleVersion(version=post.version)
    if repository.is_used(session, post_id):
        raise PostInUse
    _record(session, post, "post.deleted", grant=grant, at=at)
    session.delete(post)
    session.flush()


def _store(session: Session, post: Post) -> None:
    try:
        with session.begin_nested():
            session.add(post)
            session.flush()
    except IntegrityError as exc:
        if "name" in (getattr(getattr(exc.orig, "diag", None), "constraint_name", "") or ""):
            raise NameTaken from None
        raise
    session.refresh(post)


def _record(session: Session, post: Post, action: str, *, grant: Grant, at: datetime, **detail: Any) -> None:
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind="post",
        subject_id=post.id,
        station_id=post.station_id,
        organization_id=str(post.organization_id),
        **detail,
    )
