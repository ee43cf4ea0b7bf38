"""Mutual aid asked for, agreed to, refused, ended before its time."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.aid import repository, telling
from dispatch.aid.ending import close, look_again
from dispatch.aid.errors import AidAlreadyOpen, AidNotOpen, NotANeighbour, NothingToSend, SamePerson
from dispatch.aid.firing import fire, hold, show, write
from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.incidents import repository as incidents
from dispatch.incidents.hiding import hide_caller
from dispatch.incidents.model import Incident
from dispatch.incidents.states import WORKABLE
from dispatch.orders import repository as orders
from dispatch.orders.errors import IncidentNotWorkable
from dispatch.pacts import service as pacts
from dispatch.pacts.limits import Case
from dispatch.scenarios import repository as scenarios
from kit.actor import SYSTEM, Actor, Grant, Role
from kit.errors import NotFound
from kit.ids import new_id

Tier = Literal["view", "assist"]
#: two leaders have so long to say yes; somebody stands in the street meanwhile
CONSENT_WITHIN = timedelta(minutes=3)
LASTS_S = 2 * 3600
MAX_PEOPLE = 4


def request(
    session: Session,
    *,
    grant: Grant,
    incident_id: uuid.UUID,
    station_id: uuid.UUID,
    reason: str,
    tier: Tier = "assist",
    kinds: Collection[str] = (),
    max_people: int | None = None,
    lasts_s: int = LASTS_S,
    at: datetime,
) -> Aid:
    """Ask a neighbour to help with one incident. A leader who asks says yes by it; a pact that covers the case is
    the yes of those who signed it; with both it is open at once. ``max_people`` None: as usual, within a pact.

    Raises NotFound, IncidentNotWorkable, NotANeighbour, NothingToSend, AidAlreadyOpen.
    """
    incident = get_own_incident(session, grant, incident_id, lock=True)
    if incident.state not in WORKABLE:
        raise IncidentNotWorkable(state=incident.state)
    if repository.find_neighbour(session, station_id, of=repository.get_station(session, incident.station_id)) is None:
        raise NotANeighbour
    if tier == "assist" and not kinds:
        raise NothingToSend
    orders.lock_needs(session, incident.id)
    wanted = frozenset(kinds) if tier == "assist" else frozenset()
    aid = _add(session, incident, station_id, wanted, max_people, lasts_s, reason, by=grant.actor, at=at)
    if aid is None:
        raise AidAlreadyOpen
    return aid


def get_own_incident(session: Session, grant: Grant, incident_id: uuid.UUID, *, lock: bool = False) -> Incident:
    """The incident, for whom it is his station's own; raises NotFound.

    An officer who was lent asks his hosts; nobody passes an incident on.
    """
    incident = incidents.get_visible(session, incident_id, grant, lock=lock)
    if grant.actor.station_id != incident.station_id:
        raise NotFound
    return incident


def request_by_pact(
    session: Session,
    incident: Incident,
    station_id: uuid.UUID,
    *,
    kind: str,
    reason: str,
    at: datetime,
) -> Aid | None:
    """The machine asks where both leaders have said yes beforehand. None: the station is asked already.

    The caller holds the needs.
    """
    return _add(session, incident, station_id, frozenset({kind}), None, LASTS_S, reason, by=SYSTEM, at=at)


def approve(session: Session, *, grant: Grant, aid_id: uuid.UUID, at: datetime) -> Aid:
    """A leader says yes for his station; the second yes opens the incident. Safe to repeat.

    Raises NotFound, AidNotOpen.
    """
    aid = hold(session, repository.get_visible(session, aid_id, grant))
    side = _side(aid, grant)
    if getattr(aid, f"approved_{side}_at") is not None and aid.state in (AidState.REQUESTED, AidState.ACTIVE):
        return aid
    if aid.state != AidState.REQUESTED or aid.consent_due_at <= at:
        raise AidNotOpen(state=aid.state)
    _say_yes(aid, side, "leader", at=at, by=grant.actor)
    session.flush()
    write(session, "aid.approved", aid, by=grant.actor, at=at, side=side, how="leader")
    show(session, aid)
    return _open_if_agreed(session, aid, by=grant.actor, at=at)


def decline(session: Session, *, grant: Grant, aid_id: uuid.UUID, reason: str, at: datetime) -> Aid:
    """A leader says no for his station. Raises NotFound, TransitionRefused."""
    aid = hold(session, repository.get_visible(session, aid_id, grant))
    _side(aid, grant)
    if aid.state == AidState.DECLINED:
        return aid
    aid = fire(session, aid, "decline", by=grant.actor, at=at, reason=reason)
    telling.tell_rooms(session, aid, "aid.declined", at=at)
    return aid


def release(session: Session, *, grant: Grant, aid_id: uuid.UUID, reason: str, at: datetime) -> Aid:
    """The station that asked needs it no longer: the request is taken back, or the aid ends.

    Raises NotFound (also for the helping station), TransitionRefused.
    """
    aid = hold(session, repository.get_visible(session, aid_id, grant))
    if _side(aid, grant) != "a":
        raise NotFound
    if aid.state in (AidState.WITHDRAWN, AidState.FINISHED):
        return aid
    if aid.state == AidState.REQUESTED:
        aid = fire(session, aid, "withdraw", by=grant.actor, at=at, reason=reason)
        telling.tell_rooms(session, aid, "aid.ended", at=at)
        return aid
    return close(session, aid, "release", by=grant.actor, at=at, reason=reason)


def revoke(session: Session, *, grant: Grant, aid_id: uuid.UUID, reason: str, at: datetime) -> Aid:
    """A leader of either station ends it at once. Whoever has accepted finishes; nobody more is sent.

    Raises NotFound, TransitionRefused.
    """
    aid = hold(session, repository.get_visible(session, aid_id, grant))
    _side(aid, grant)
    if aid.state == AidState.REVOKED:
        return aid
    return close(session, aid, "revoke", by=grant.actor, at=at, reason=reason)


def force(session: Session, *, grant: Grant, aid_id: uuid.UUID, reason: str, at: datetime) -> Aid:
    """The district in place of leaders who do not answer: two persons of it, one after the other.

    Raises NotFound, AidNotOpen, SamePerson.
    """
    aid = hold(session, repository.get_visible(session, aid_id, grant))
    if aid.state != AidState.REQUESTED or aid.consent_due_at <= at:
        raise AidNotOpen(state=aid.state)
    me = grant.actor.account_id
    if aid.forced_first_by == me:
        raise SamePerson
    if aid.forced_first_by is None:
        aid.forced_first_by = me
        aid.version += 1
        session.flush()
        write(
            session,
            "aid.force_proposed",
            aid,
            by=grant.actor,
            at=at,
            reason=hide_caller(session, aid.incident_id, reason),
        )
        show(session, aid)
        return aid
    aid.forced_second_by = me
    for side in ("a", "b"):
        if getattr(aid, f"approved_{side}_at") is None:
            _say_yes(aid, side, "district", at=at, by=None)
    session.flush()
    write(session, "aid.forced", aid, by=grant.actor, at=at, reason=hide_caller(session, aid.incident_id, reason))
    return _open_if_agreed(session, aid, by=grant.actor, at=at)


def _add(
    session: Session,
    incident: Incident,
    station_id: uuid.UUID,
    kinds: frozenset[str],
    max_people: int | None,
    lasts_s: int,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> Aid | None:
    aid = Aid(
        id=new_id(),
        district_id=incident.district_id,
        incident_id=incident.id,
        requesting_station_id=incident.station_id,
        helping_station_id=station_id,
        state=AidState.REQUESTED,
        tier="assist" if kinds else "view",
        kinds=sorted(kinds),
        max_people=max_people or MAX_PEOPLE,
        lasts_s=lasts_s,
        reason=hide_caller(session, incident.id, reason),
        automatic=by.account_id is None,
        requested_by=by.account_id,
        requested_at=at,
        consent_due_at=at + CONSENT_WITHIN,
        version=1,
    )
    if by.role is Role.LEADER:
        _say_yes(aid, "a", "leader", at=at, by=by)
    _take_standing_yes(session, aid, incident, usual=max_people is None, at=at)
    if not repository.add_once(session, aid):
        return None
    aid = repository.get(session, aid.id)
    write(
        session,
        "aid.requested",
        aid,
        by=by,
        at=at,
        reason=aid.reason,
        tier=aid.tier,
        kinds=aid.kinds,
        max_people=aid.max_people,
        approved_a=aid.approved_a_how,
        approved_b=aid.approved_b_how,
        pact_id=str(aid.pact_id) if aid.pact_id else None,
    )
    show(session, aid)
    telling.ask_for_consent(session, aid, at=at)
    return _open_if_agreed(session, aid, by=by, at=at)


def _take_standing_yes(session: Session, aid: Aid, incident: Incident, *, usual: bool, at: datetime) -> None:
    scenario = scenarios.get_scenario(session, incident.scenario_id)
    case = Case(scenario=scenario.key, level=incident.level, kinds=frozenset(aid.kinds))
    yes = pacts.find_yes(session, aid.requesting_station_id, aid.helping_station_id, case, at=at)
    if yes is None or (aid.max_people > yes.max_people and not usual):
        return
    aid.max_people = min(aid.max_people, yes.max_people)
    for side, station_id in (("a", aid.requesting_station_id), ("b", aid.helping_station_id)):
        if station_id in yes.station_ids and getattr(aid, f"approved_{side}_at") is None:
            aid.pact_id = yes.pact_id
            _say_yes(aid, side, "pact", at=at, by=None)


def _say_yes(aid: Aid, side: str, how: str, *, at: datetime, by: Actor | None) -> None:
    setattr(aid, f"approved_{side}_how", how)
    setattr(aid, f"approved_{side}_at", at)
    setattr(aid, f"approved_{side}_by", by.account_id if by is not None else None)


def _open_if_agreed(session: Session, aid: Aid, *, by: Actor, at: datetime) -> Aid:
    if aid.approved_a_at is None or aid.approved_b_at is None:
        return aid
    values = {"starts_at": at, "ends_at": at + timedelta(seconds=aid.lasts_s)}
    aid = fire(session, aid, "activate", by=by, at=at, values=values)
    look_again(session, aid, at=at)
    telling.tell_rooms(session, aid, "aid.active", at=at)
    return aid


def _side(aid: Aid, grant: Grant) -> str:
    return "a" if grant.actor.station_id == aid.requesting_station_id else "b"
