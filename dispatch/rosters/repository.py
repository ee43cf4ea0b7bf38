"""What a roster refers to by name, and what is there already."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from geo.responders.model import Post, Responder
from geo.responders.rules import Kind
from kit.tenancy import Organization


def list_organizations(session: Session, station_id: uuid.UUID) -> dict[str, Organization]:
    """The active ones of a station, by name."""
    query = select(Organization).where(Organization.station_id == station_id, Organization.active)
    return {organization.name: organization for organization in session.execute(query).scalars()}


def list_posts(session: Session, station_id: uuid.UUID) -> dict[str, Post]:
    """By name."""
    return {post.name: post for post in session.execute(select(Post).where(Post.station_id == station_id)).scalars()}


def list_names(session: Session, station_id: uuid.UUID) -> set[tuple[str, str]]:
    """(kind, name) of every safe-house and patrol unit of the station, in use or not; guards may share a name."""
    query = select(Responder.kind, Responder.name).where(
        Responder.station_id == station_id, Responder.kind != Kind.GUARD
    )
    rows = session.execute(query)
    return {(kind, name) for kind, name in rows}


def find_taken_phones(session: Session, indexes: Collection[bytes]) -> set[bytes]:
    """Those of the phone indexes that some account has."""
    rows = session.execute(select(Account.phone_index).where(Account.phone_index.in_(indexes)))
    return {bytes(index) for (index,) in rows if index is not None}


def find_taken_badges(session: Session, badges: Collection[str]) -> set[str]:
    """Those of the badge numbers that some account has."""
    rows = session.execute(select(Account.badge_no).where(Account.badge_no.in_(badges)))
    return {badge for (badge,) in rows if badge is not None}
