"""A whole roster at once: accounts without password and the responders that they answer for, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.accounts.logins import vault
from dispatch.accounts.service import create_account
from dispatch.rosters import linking, repository
from geo.responders.model import Post
from geo.responders.rules import POLICE, Kind, NewResponder
from geo.rosters.faults import RosterRefused, RowFault
from geo.rosters.parse import NAMESAKES, RosterRow
from kit import record
from kit.actor import Grant, Reach
from kit.tenancy import Organization, Station

Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """How many of each kind, and the accounts that now need an onboarding code."""

    counts: dict[Kind, int]
    account_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class _Known:
    organizations: dict[str, Organization]
    posts: dict[str, Post]


def import_roster(
    session: Session,
    *,
    grant: Grant,
    station: Station,
    rows: Sequence[RosterRow],
    faults: Sequence[RowFault] = (),
    at: datetime,
    demo: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Register everybody of ``rows`` at ``station``. Raises RosterRefused with every fault, before anything is made.

    ``faults``: what was wrong already as the file was read, to be told together with what the station knows.
    ``progress`` is told how many rows are done.
    """
    known = _check(session, grant=grant, station=station, rows=rows, faults=faults)
    counts = dict.fromkeys(Kind, 0)
    accounts = []
    for done, row in enumerate(rows, start=1):
        accounts.append(_enrol(session, row, known, grant=grant, station=station, at=at, demo=demo))
        counts[row.kind] += 1
        if progress is not None:
            progress(done)
    record.write(
        session,
        "roster.imported",
        actor=grant.actor,
        at=at,
        subject_kind="station",
        subject_id=station.id,
        station_id=station.id,
        counts={kind.value: count for kind, count in counts.items()},
    )
    return Imported(counts=counts, account_ids=tuple(accounts))


def check_roster(
    session: Session, *, grant: Grant, station: Station, rows: Sequence[RosterRow], faults: Sequence[RowFault] = ()
) -> Imported:
    """What an import would make; nothing is made. Raises RosterRefused with every fault."""
    _check(session, grant=grant, station=station, rows=rows, faults=faults)
    return Imported(counts={kind: sum(row.kind is kind for row in rows) for kind in Kind}, account_ids=())


def _check(
    session: Session, *, grant: Grant, station: Station, rows: Sequence[RosterRow], faults: Sequence[RowFault]
) -> _Known:
    organizations = repository.list_organizations(session, station.id)
    if grant.reach is Reach.ORGANIZATION:
        # a company registers its own people; what else the station has is not there for it
        organizations = {n: one for n, one in organizations.items() if one.id == grant.actor.organization_id}
    known = _Known(organizations, repository.list_posts(session, station.id))
    every = [*faults, *_check_references(rows, known), *_check_taken(session, station, rows)]
    if every:
        raise RosterRefused(every)
    return known


def _check_references(rows: Sequence[RosterRow], known: _Known) -> list[RowFault]:
    faults = []
    for row in rows:
        organization = known.organizations.get(row.organization)
        if not row.organization:
            pass  # that it is missing was told as the file was read
        elif organization is None:
            faults.append(row.fault("organization", "没有登记这个联盟单位，请核对名称或先登记"))
        elif (organization.kind == POLICE) != (row.kind is Kind.PATROL_UNIT):
            reason = "巡逻警力须属于公安单位" if row.kind is Kind.PATROL_UNIT else "公安单位只登记巡逻警力"
            faults.append(row.fault("organization", reason))
        if row.post is not None:
            post = known.posts.get(row.post)
            if post is None:
                faults.append(row.fault("post", "没有登记这个岗位，请核对名称或先登记"))
            elif organization is not None and post.organization_id != organization.id:
                faults.append(row.fault("post", "岗位不属于该单位"))
    return faults


def _check_taken(session: Session, station: Station, rows: Sequence[RosterRow]) -> list[RowFault]:
    index = vault().index
    phones = {row.phone: index(row.phone) for row in rows if row.phone is not None}
    taken_phones = repository.find_taken_phones(session, phones.values())
    taken_badges = repository.find_taken_badges(session, {row.badge_no for row in rows if row.badge_no is not None})
    names = repository.list_names(session, station.id)
    faults = []
    for row in rows:
        if (row.kind.value, row.name) in names:
            faults.append(row.fault("name", f"本所已登记同名的同类力量；{NAMESAKES}"))
        if row.phone is not None and phones[row.phone] in taken_phones:
            faults.append(row.fault("phone", "该手机号已被其他账号使用"))
        if row.badge_no in taken_badges:
            faults.append(row.fault("badge_no", "该工号已被其他账号使用"))
    return faults


def _enrol(
    session: Session, row: RosterRow, known: _Known, *, grant: Grant, station: Station, at: datetime, demo: bool
) -> uuid.UUID:
    organization = known.organizations[row.organization]
    role = linking.ANSWERS[row.kind]
    account = create_account(
        session,
        role=role,
        district_id=station.district_id,
        station_id=station.id,
        organization_id=organization.id,
        name=row.contact or row.name,
        phone=row.phone,
        badge_no=row.badge_no,
        actor=grant.actor,
        at=at,
        demo=demo,
    )
    new = NewResponder(
        kind=row.kind,
        name=row.name,
        organization_id=organization.id,
        account_id=account.id,
        call_sign=row.call_sign,
        skills=row.skills,
        capabilities=row.capabilities,
        post_id=known.posts[row.post].id if row.post is not None else None,
        position=row.position,
        address=row.address,
        opening_hours=row.hours,
        mobility=row.mobility,
        crew=row.crew,
        auxiliary=row.auxiliary,
        demo=demo,
    )
    linking.register(session, grant=grant, at=at, new=new)
    return account.id
