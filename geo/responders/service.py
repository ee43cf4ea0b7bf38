"""Responders: registered, changed, engaged and freed. The index row changes in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.availability import repository as availability
from geo.duty import service as duty
from geo.posts import repository as posts
from geo.responders import repository
from geo.responders.errors import AccountTaken, NameTaken, ReferenceUnknown, ShapeRefused, StillEngaged
from geo.responders.hours import is_open
from geo.responders.model import Responder
from geo.responders.projection import ENTITY
from geo.responders.rules import Kind, NewResponder, check_shape, index_skills
from kit import feed, record
from kit.actor import Grant
from kit.errors import StaleVersion
from kit.ids import new_id
from kit.tenancy import Organization

_WORDS = ("skills", "capabilities")
_STORED = (
    "name", "account_id", "call_sign", "post_id", "address", "opening_hours", "mobility", "auxiliary", "crew",
)  # fmt: skip


def create(session: Session, *, grant: Grant, at: datetime, new: NewResponder) -> Responder:
    """Register one. Raises ReferenceUnknown, ShapeRefused, HoursRefused, NameTaken, AccountTaken."""
    organization = _organization(session, new.organization_id, grant)
    _check(session, new, organization)
    responder = Responder(
        id=new_id(),
        kind=new.kind.value,
        district_id=organization.district_id,
        station_id=organization.station_id,
        organization_id=organization.id,
        skills=list(new.skills),
        capabilities=list(new.capabilities),
        position=new.position.ewkt if new.position is not None else None,
        demo=new.demo,
        created_at=at,
        **{name: getattr(new, name) for name in _STORED},
    )
    _store(session, responder)
    _put_index(session, responder, new, at)
    _tell(session, responder, "responder.created", grant=grant, at=at)
    return responder


def update(
    session: Session,
    *,
    grant: Grant,
    at: datetime,
    responder_id: uuid.UUID,
    version: int,
    changes: Mapping[str, Any],
) -> Responder:
    """Change the named members; ``active`` False takes it out of every search and ends its duty.

    ``changes`` has names of NewResponder, kind excepted, and ``active``. Raises NotFound, StaleVersion,
    StillEngaged and what ``create`` raises.
    """
    responder = repository.get_visible(session, responder_id, grant, lock=True)
    if responder.version != version:
        raise StaleVersion(version=responder.version)
    changes = dict(changes)
    active = changes.pop("active", responder.active)
    before = _describe(session, responder)
    after = replace(before, **changes)
    if after.organization_id != before.organization_id:
        organization = _organization(session, after.organization_id, grant)
        if organization.station_id != responder.station_id:
            raise ReferenceUnknown.at("/organization_id", "须为本所的联盟单位")
    else:
        organization = repository.get_organization(session, after.organization_id)
    # a word of an older vocabulary does not keep anybody from changing something else
    _check(session, after, organization, words=changes.keys())
    responder.organization_id = organization.id
    responder.skills, responder.capabilities = list(after.skills), list(after.capabilities)
    responder.position = after.position.ewkt if after.position is not None else None  # type: ignore[assignment]
    for name in _STORED:
        setattr(responder, name, getattr(after, name))
    responder.version += 1
    if not active:
        _retire(session, responder, grant=grant, at=at)
    responder.active = active
    _store(session, responder)
    if active:
        _put_index(session, responder, after, at)
    _tell(session, responder, "responder.changed", grant=grant, at=at, members=sorted(changes), active=active)
    return responder


def set_engaged(session: Session, responder_id: uuid.UUID, *, engaged: bool) -> None:
    """Say that an order holds him, or no longer does. Called in the order's transaction."""
    set_all_engaged(session, [responder_id], engaged=engaged)


def set_all_engaged(session: Session, responder_ids: Collection[uuid.UUID], *, engaged: bool) -> None:
    """``set_engaged`` for several; their rows are taken in the order in which positions are written."""
    for changed_id in repository.engage(session, responder_ids, engaged=engaged):
        feed.changed(session, ENTITY, changed_id)
    if not engaged:
        availability.note(session, responder_ids)


def refresh_safe_houses(session: Session, at: datetime) -> int:
    """Open and close safe-houses by their hours; an open duty (临时开放) keeps one open. How many changed."""
    changed = 0
    for responder_id, hours, on_duty in repository.list_safe_houses(session):
        by_hours = is_open(hours, at)
        if by_hours == on_duty:
            continue
        # never waits for a dispatcher, so it cannot meet one in a deadlock
        row = repository.find_index(session, responder_id, lock=True, skip_locked=True)
        due = by_hours or repository.has_open_duty(session, responder_id)
        if row is not None and row.on_duty != due:
            row.on_duty = due
            feed.changed(session, ENTITY, responder_id)
            if due:
                availability.note(session, [responder_id])
            changed += 1
    session.flush()
    return changed


def _organization(session: Session, organization_id: uuid.UUID, grant: Grant) -> Organization:
    organization = repository.find_organization(session, organization_id, grant)
    if organization is None:
        raise ReferenceUnknown.at("/organization_id", "没有这个联盟单位，或不在您的管理范围内")
    return organization


def _check(session: Session, new: NewResponder, organization: Organization, *, words: Collection[str] = _WORDS) -> None:
    check_shape(new, organization_kind=organization.kind, words=words)
    if new.post_id is not None:
        post = posts.find(session, new.post_id, station_id=organization.station_id)
        if post is None:
            raise ReferenceUnknown.at("/post_id", "没有这个岗位")
        if post.organization_id != organization.id:
            raise ShapeRefused.at("/post_id", "岗位不属于该单位", code="post-of-another")


def _describe(session: Session, responder: Responder) -> NewResponder:
    """The row as what one would register."""
    return NewResponder(
        kind=Kind(responder.kind),
        organization_id=responder.organization_id,
        skills=tuple(responder.skills),
        capabilities=tuple(responder.capabilities),
        position=repository.find_fixed_position(session, responder.id),
        demo=responder.demo,
        **{name: getattr(responder, name) for name in _STORED},
    )


def _store(session: Session, responder: Responder) -> None:
    try:
        with session.begin_nested():
            session.add(responder)
            session.flush()
    except IntegrityError as exc:
        constraint = getattr(getattr(exc.orig, "diag", None), "constraint_name", "") or ""
        if "account_id" in constraint:
            raise AccountTaken from None
        if "name" in constraint:
            raise NameTaken from None
        raise
    # what was written as text is read back as a point
    session.refresh(responder, ["position"])


def _put_index(session: Session, responder: Responder, described: NewResponder, at: datetime) -> None:
    values: dict[str, Any] = {"skills": index_skills(described.skills, described.capabilities)}
    if described.kind is Kind.SAFE_HOUSE and described.position is not None:
        by_hand = repository.has_open_duty(session, responder.id)
        values |= {
            "fixed": True,
            "position": described.position.ewkt,
            "on_duty": by_hand or is_open(described.opening_hours or {}, at),
        }
    repository.put_index(session, responder, values=values)


def _retire(session: Session, responder: Responder, *, grant: Grant, at: datetime) -> None:
    row = repository.find_index(session, responder.id, lock=True)
    if row is not None and row.engaged:
        raise StillEngaged
    if repository.has_open_duty(session, responder.id):
        duty.end(session, responder_id=responder.id, actor=grant.actor, at=at, how="revoked")
    if row is not None:
        repository.drop_index(session, row)


def _tell(session: Session, responder: Responder, action: str, *, grant: Grant, at: datetime, **detail: Any) -> None:
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind=ENTITY,
        subject_id=responder.id,
        station_id=responder.station_id,
        kind=responder.kind,
        **detail,
    )
    feed.changed(session, ENTITY, responder.id)
