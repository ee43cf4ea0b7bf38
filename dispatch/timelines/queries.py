"""The course of an incident for one reader: what he may see of it, oldest first."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.chats.model import Readers
from dispatch.chats.repository import visible as visible_talk
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident
from dispatch.incidents.views import is_neighbours
from dispatch.orders.lent import LENT
from dispatch.timelines import loading
from dispatch.timelines.values import Entry, page
from kit.actor import HELPERS, Grant, Role
from kit.paging import After, Slice

#: a helper is told how far it is, not who else does what
_OF_INCIDENT_FOR_HELPERS = frozenset({"received", "dispatched", "arrived", "handled"})


def list_timeline(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, part: Slice
) -> tuple[list[Entry], After | None]:
    """The entries that the asker may see, and where the next page starts. Raises NotFound."""
    incident = incidents.get_visible(session, incident_id, grant)
    entries, following = page(_entries(session, grant, incident), limit=part.limit, after=part.after)
    return _named(session, entries, incident, grant), following


def list_all(session: Session, *, grant: Grant, incident: Incident) -> list[Entry]:
    """All of it, for a printed file."""
    entries, _ = page(_entries(session, grant, incident), limit=1_000_000, after=None)
    return _named(session, entries, incident, grant)


def _entries(session: Session, grant: Grant, incident: Incident) -> Iterator[Entry]:
    if grant.actor.role in HELPERS:
        yield from _for_helper(session, grant, incident)
        return
    if is_neighbours(incident.station_id, grant.actor):
        yield from loading.milestones(session, incident)
        yield from loading.order_milestones(session, incident, lender_id=grant.actor.station_id)
        return
    yield from loading.milestones(session, incident)
    yield from loading.order_milestones(session, incident)
    yield from loading.alarms(session, incident)
    yield from loading.notes(session, incident)
    yield from loading.chat(session, incident, list(Readers))
    yield from loading.reports(session, incident)
    yield from loading.closure(session, incident)
    if grant.actor.role is Role.LEADER:
        yield from loading.appeals(session, incident)
        yield from loading.record_lines(session, incident)


def _for_helper(session: Session, grant: Grant, incident: Incident) -> Iterator[Entry]:
    """His own part, how far the incident is, and the talk while he may read it."""
    account_id = grant.actor.account_id
    assert account_id is not None
    known = (entry for entry in loading.milestones(session, incident) if entry.name in _OF_INCIDENT_FOR_HELPERS)
    yield from known
    yield from loading.order_milestones(session, incident, account_id)
    yield from loading.reports(session, incident, account_id)
    if session.scalar(select(Incident.id).where(Incident.id == incident.id, visible_talk(grant))):
        yield from loading.chat(session, incident, [Readers.EVERYBODY])


def _named(session: Session, entries: Iterable[Entry], incident: Incident, grant: Grant) -> list[Entry]:
    """With the names of the people; of those whom a neighbour lent only to that neighbour."""
    listed = list(entries)
    wanted = {entry.account_id for entry in listed if entry.who is None and entry.account_id is not None}
    query = select(Account.id, Account.name, Account.station_id).where(Account.id.in_(wanted))
    known = {incident.station_id, grant.actor.station_id, None}
    names = {row.id: row.name if row.station_id in known else LENT for row in session.execute(query)}
    return [
        entry
        if entry.who is not None or entry.account_id is None
        else dataclasses.replace(entry, who=names.get(entry.account_id))
        for entry in listed
    ]
