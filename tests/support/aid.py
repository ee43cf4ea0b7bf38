"""Two stations of a district: 吴泾 is short of people, 紫竹 next to it has some. And what one does between them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.aid import service
from dispatch.aid.model import Aid
from dispatch.pacts import service as pacts
from dispatch.pacts.limits import Limits
from dispatch.pacts.model import Pact
from kit.actor import Grant, Role
from kit.tenancy import Station
from tests.support.orders import Scene, a_spec, make_incident
from tests.support.people import START, Login, east, guard, make_district, make_station, officer, staff


@dataclass
class Neighbours(Scene):
    """A scene at 吴泾, and 紫竹's command room, leader and guards (from 900 m east on)."""

    leader: Login = field(kw_only=True)
    other: Station = field(kw_only=True)
    other_dispatcher: Login = field(kw_only=True)
    other_leader: Login = field(kw_only=True)
    other_guards: list[Login] = field(kw_only=True)

    def may(self, login: Login, permission: Permission, at: datetime = START) -> Grant:
        """The grant of somebody who asks at ``at``."""
        return grant(replace(login.actor, as_of=at), permission)

    def request(self, *, by: Login | None = None, at: datetime = START, **values: Any) -> Aid:
        return service.request(
            self.session,
            **{
                "grant": self.may(by or self.dispatcher, Permission.AID_REQUEST, at),
                "incident_id": self.incident.id,
                "station_id": self.other.id,
                "reason": "本所力量不足",
                "kinds": ["guard"],
                "at": at,
                **values,
            },
        )

    def approve(self, login: Login, aid: Aid, *, at: datetime = START) -> Aid:
        return service.approve(self.session, grant=self.may(login, Permission.AID_DECIDE, at), aid_id=aid.id, at=at)

    def opened(self, *, at: datetime = START, **values: Any) -> Aid:
        """An aid to which both leaders have said yes."""
        aid = self.request(by=self.leader, at=at, **values)
        return self.approve(self.other_leader, aid, at=at)

    def revoke(self, aid: Aid, *, by: Login | None = None, at: datetime = START) -> Aid:
        return service.revoke(
            self.session,
            grant=self.may(by or self.other_leader, Permission.AID_DECIDE, at),
            aid_id=aid.id,
            reason="本所另有警情",
            at=at,
        )

    def pact(self, *, signed: bool = True, at: datetime = START, **limits: Any) -> Pact:
        """A pact that 吴泾's leader proposed, and 紫竹's has signed."""
        pact = pacts.propose(
            self.session,
            grant=self.may(self.leader, Permission.PACT_SIGN, at),
            station_id=self.other.id,
            limits=Limits(**limits),
            at=at,
        )
        return self.sign(pact, at=at) if signed else pact

    def sign(self, pact: Pact, *, at: datetime = START) -> Pact:
        may = self.may(self.other_leader, Permission.PACT_SIGN, at)
        return pacts.sign(self.session, grant=may, pact_id=pact.id, at=at)

    def aids(self) -> list[Aid]:
        query = select(Aid).where(Aid.incident_id == self.incident.id).order_by(Aid.requested_at, Aid.id)
        return list(self.session.scalars(query, execution_options={"populate_existing": True}))


def make_neighbours(
    session: Session,
    *needs: dict[str, Any],
    guards: int = 0,
    police: int = 1,
    other_guards: int = 2,
    at: datetime = START,
    **spec: Any,
) -> Neighbours:
    """``guards`` of 吴泾 from 100 m on, ``other_guards`` of 紫竹 from 900 m on."""
    district = make_district(session)
    own, other = make_station(session, district), make_station(session, district)
    own.name, other.name = f"吴泾派出所{own.code}", f"紫竹派出所{other.code}"
    scene = Neighbours(
        session=session,
        station=own,
        incident=make_incident(session, own, a_spec(*needs, **spec), at=at),
        dispatcher=staff(session, Role.DISPATCHER, own, at=at),
        leader=staff(session, Role.LEADER, own, at=at),
        guards=[guard(session, own, lon=east(100 + 50 * n), at=at) for n in range(guards)],
        police=[officer(session, own, lon=east(-500 - 50 * n), at=at) for n in range(police)],
        other=other,
        other_dispatcher=staff(session, Role.DISPATCHER, other, at=at),
        other_leader=staff(session, Role.LEADER, other, at=at),
        other_guards=[guard(session, other, lon=east(900 + 50 * n), at=at) for n in range(other_guards)],
    )
    session.flush()
    session.refresh(scene.incident, ["position"])
    return scene


def entries_of(session: Session, subject_id: uuid.UUID) -> list[tuple[str, uuid.UUID | None]]:
    """(action, station) of the record about something, oldest first."""
    from kit.record import RecordEntry

    session.commit()
    query = select(RecordEntry).where(RecordEntry.subject_id == subject_id).order_by(RecordEntry.id)
    return [(entry.action, entry.station_id) for entry in session.scalars(query)]
