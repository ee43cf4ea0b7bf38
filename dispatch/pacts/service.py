"""Standing consent: proposed, signed, revoked; and whose yes it is for a case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid import repository as aids
from dispatch.aid import telling
from dispatch.pacts import repository
from dispatch.pacts.errors import NoPactWith, PactAlreadyThere
from dispatch.pacts.limits import Case, Limits
from dispatch.pacts.model import Pact
from dispatch.pacts.states import PACT, PAST_TENSE, PactState
from kit import record
from kit.actor import Actor, Grant
from kit.errors import NotFound
from kit.ids import new_id

ENTITY = "pact"


def propose(session: Session, *, grant: Grant, station_id: uuid.UUID, limits: Limits, at: datetime) -> Pact:
    """A leader signs for his station; it is his yes within the limits, and waits for the other leader's.

    Raises NoPactWith, PactAlreadyThere.
    """
    own = _own_station(grant)
    neighbour = aids.find_neighbour(session, station_id, of=aids.get_station(session, own))
    if neighbour is None:
        raise NoPactWith
    assert grant.actor.account_id is not None
    pact = Pact(
        id=new_id(),
        district_id=neighbour.district_id,
        proposed_by_station_id=own,
        other_station_id=neighbour.id,
        state=PactState.PROPOSED,
        limits=limits.model_dump(mode="json"),
        proposed_by=grant.actor.account_id,
        proposed_at=at,
        version=1,
    )
    if not repository.add_once(session, pact):
        raise PactAlreadyThere
    pact = repository.get(session, pact.id)
    _write(session, "pact.proposed", pact, by=grant.actor, at=at, limits=pact.limits)
    telling.tell_leaders(session, "pact.proposed", pact.id, station_ids=[neighbour.id], at=at)
    return pact


def sign(session: Session, *, grant: Grant, pact_id: uuid.UUID, at: datetime) -> Pact:
    """The other leader signs: from now on it is both leaders' yes. Safe to repeat.

    Raises NotFound (also for who proposed it), TransitionRefused.
    """
    pact = repository.get_visible(session, pact_id, grant, lock=True)
    if pact.other_station_id != _own_station(grant):
        raise NotFound
    if pact.state == PactState.ACTIVE:
        return pact
    values = {"signed_by": grant.actor.account_id, "signed_at": at}
    return _fire(session, pact, "sign", by=grant.actor, at=at, values=values)


def revoke(session: Session, *, grant: Grant, pact_id: uuid.UUID, reason: str, at: datetime) -> Pact:
    """Either leader ends it at once, and with it every aid that rests on it. Safe to repeat.

    Raises NotFound, TransitionRefused.
    """
    from dispatch.aid.ending import end_with_pact

    pact = repository.get_visible(session, pact_id, grant, lock=True)
    if pact.state == PactState.REVOKED:
        return pact
    values = {
        "revoked_by": grant.actor.account_id,
        "revoked_by_station_id": _own_station(grant),
        "revoked_at": at,
        "reason": reason,
    }
    pact = _fire(session, pact, "revoke", by=grant.actor, at=at, values=values, reason=reason)
    # whoever holds the pact for a request of his own has committed by now, and nobody waits for it
    end_with_pact(session, pact.id, by=grant.actor, at=at)
    return pact


@dataclass(frozen=True, kw_only=True)
class StandingYes:
    """A pact that covers a case, and whose yes it is."""

    pact_id: uuid.UUID
    station_ids: frozenset[uuid.UUID]
    max_people: int
    automatic: bool


def find_yes(session: Session, one: uuid.UUID, other: uuid.UUID, case: Case, *, at: datetime) -> StandingYes | None:
    """The standing yes to ``case`` between two stations: of both once both have signed, before that of one."""
    pact = repository.find_between(session, one, other)
    if pact is None:
        return None
    limits = limits_of(pact)
    if not limits.covers(case, at):
        return None
    signed = {pact.proposed_by_station_id}
    if pact.state == PactState.ACTIVE:
        signed.add(pact.other_station_id)
    return StandingYes(
        pact_id=pact.id, station_ids=frozenset(signed), max_people=limits.max_people, automatic=limits.automatic
    )


def limits_of(pact: Pact) -> Limits:
    return Limits.model_validate(pact.limits)


def _own_station(grant: Grant) -> uuid.UUID:
    if grant.actor.station_id is None:
        raise NotFound
    return grant.actor.station_id


def _fire(
    session: Session,
    pact: Pact,
    event: str,
    *,
    by: Actor,
    at: datetime,
    values: Mapping[str, Any],
    reason: str | None = None,
) -> Pact:
    pact.state = PACT.target(event, PactState(pact.state), by=by.role)
    for name, value in values.items():
        setattr(pact, name, value)
    pact.version += 1
    session.flush()
    _write(session, PAST_TENSE[event], pact, by=by, at=at, reason=reason)
    others = [id_ for id_ in (pact.proposed_by_station_id, pact.other_station_id) if id_ != by.station_id]
    telling.tell_leaders(session, PAST_TENSE[event], pact.id, station_ids=others, at=at)
    return pact


def _write(
    session: Session, action: str, pact: Pact, *, by: Actor, at: datetime, reason: str | None = None, **detail: Any
) -> None:
    for station_id in (pact.proposed_by_station_id, pact.other_station_id):
        record.write(
            session, action, actor=by, at=at, subject_kind=ENTITY, subject_id=pact.id, station_id=station_id,
            reason=reason, **detail,
        )  # fmt: skip
