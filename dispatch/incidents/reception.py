"""A call comes in: from the desk, the 110 system, a file, a guard's panic button."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, Literal

from sqlalchemy.orm import Session

from dispatch.escalation.alarms import raise_alarm
from dispatch.incidents import catalogue, repository
from dispatch.incidents.caller import NOBODY, Caller, hide_in, seal
from dispatch.incidents.errors import (
    BelongsToOtherStation,
    NumberTaken,
    OutsideEveryArea,
    PlaceMissing,
    ReplayRefused,
    TypeUnknown,
)
from dispatch.incidents.ground import Ground, find_ground
from dispatch.incidents.model import Incident
from dispatch.incidents.repository import CalledStation
from dispatch.incidents.states import IncidentState
from dispatch.scenarios import service as scenarios
from dispatch.scenarios.repository import InForce
from geo.crs import Position
from kit import feed, record
from kit.actor import Grant, Reach
from kit.errors import Conflict, NotFound
from kit.ids import new_id

Source = Literal["manual", "webhook", "csv", "panic", "replay"]

#: the day of a number is the day on the wall of a Chinese station
CHINA = timezone(timedelta(hours=8))


class NoPosition(Conflict):
    """It is not known where you are: call 110."""

    slug, title, hint = "position-unknown", "无法确定您的位置", "请立即拨打 110，并说明所在位置。"


@dataclass(frozen=True, kw_only=True)
class NewIncident:
    """What is known of a call. ``position`` or ``address`` must be there; ``received_at`` only when the
    source states it, else the moment of receipt is measured here."""

    source: Source
    category: str
    type: str
    subtype: str | None = None
    level: int | None = None
    summary: str
    address: str | None = None
    position: Position | None = None
    place_id: uuid.UUID | None = None
    station_id: uuid.UUID | None = None
    #: where the caller of this function has no district of his own
    district_id: uuid.UUID | None = None
    number: str | None = None
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    caller: Caller = NOBODY
    confidential_caller: bool = False
    scenario_key: str | None = None
    drill: bool = False
    demo: bool = False
    #: a past call that is filed, not worked on
    filed: bool = False
    #: codes and digests for the record, no personal data
    trace: Mapping[str, Any] = field(default_factory=dict)


def receive(session: Session, *, new: NewIncident, grant: Grant, at: datetime) -> Incident:
    """Open an incident, or file a past one.

    Raises TypeUnknown, PlaceMissing, AddressUnknown, AddressAmbiguous (with candidates), OutsideEveryArea,
    BelongsToOtherStation, NumberTaken, ReplayRefused; NotFound for a station or scenario that is not the caller's.
    """
    kind = catalogue.find_kind(new.category, new.type)
    if kind is None or (new.subtype is not None and catalogue.find_subtype(kind, new.subtype) is None):
        raise TypeUnknown
    district_id = grant.actor.district_id or new.district_id or _district_of(session, new.station_id)
    ground = _settle_place(session, new, district_id)
    received_at = new.received_at or at
    day = _day(received_at)
    station, tie = _settle_station(session, new, grant, ground, district_id, day)
    # nobody takes a real call out of the statistics by calling it a past one
    if new.source == "replay" and not station.demo:
        raise ReplayRefused
    number = _settle_number(session, new, station, day)
    scenario = _settle_scenario(session, new, station, at)
    incident = Incident(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        number=number,
        source=new.source,
        state=IncidentState.CLOSED if new.filed else IncidentState.RECEIVED,
        ended_at=received_at if new.filed else None,
        category=new.category,
        type=new.type,
        subtype=new.subtype,
        level=new.level or kind.level,
        scenario_id=scenario.id,
        summary=hide_in(new.summary, new.caller),
        address=hide_in(ground.address, new.caller),
        place_id=ground.place_id,
        confidential_caller=new.confidential_caller,
        occurred_at=new.occurred_at,
        received_at=received_at,
        reopened=0,
        drill=new.drill,
        demo=new.demo or station.demo,
        made_by=grant.actor.account_id,
        version=1,
    )
    seal(incident, new.caller)
    repository.add(session, incident, ground.position)
    how = "stated" if new.received_at is not None else "measured"
    repository.add_milestone(session, incident, "received", at=received_at, how=how, evidence={"source": new.source})
    record.write(
        session,
        "incident.filed" if new.filed else "incident.received",
        actor=grant.actor,
        at=at,
        subject_kind="incident",
        subject_id=incident.id,
        station_id=station.id,
        source=new.source,
        category=new.category,
        type=new.type,
        level=incident.level,
        scenario=scenario.key,
        scenario_version=scenario.version,
        place=ground.basis,
        **new.trace,
    )
    if not new.filed:
        feed.changed(session, "incident", incident.id, under=incident.id)
    if tie and not new.filed:
        raise_alarm(session, station_id=station.id, incident_id=incident.id, kind="boundary", at=at)
    return incident


def receive_panic(
    session: Session, *, grant: Grant, at: datetime, position: Position | None = None, drill: bool = False
) -> Incident:
    """A guard, keeper or officer needs help himself. Pressing again gives the incident already open.

    ``position`` is what his phone says now, else his last known place counts, else his post, and the summary says that
    he may be elsewhere; raises NoPosition without any.
    """
    actor = grant.actor
    if actor.account_id is None or actor.station_id is None:
        raise NotFound
    repository.lock_number(session, actor.account_id, "panic")
    already = repository.find_open_panic(session, actor.account_id)
    if already is not None:
        return already
    summary = "联盟成员一键求援，请立即核实情况并派警。"
    if position is None and actor.responder_id is not None:
        last = repository.find_last_position(session, actor.responder_id)
        if last is not None:
            position = last[0]
        else:
            position = repository.find_post(session, actor.responder_id)
            summary = "联盟成员一键求援，未能定位，图上为其岗位所在，本人可能不在该处，请立即电话核实位置并派警。"
    if position is None:
        raise NoPosition
    new = NewIncident(
        source="panic",
        category="public_order",
        type="panic",
        level=1,
        summary=summary,
        position=position,
        # his own people come for him, wherever he stands
        station_id=actor.station_id,
        drill=drill,
    )
    incident = receive(session, new=new, grant=grant, at=at)
    raise_alarm(session, station_id=incident.station_id, incident_id=incident.id, kind="sos", at=at, by=actor)
    return incident


def _district_of(session: Session, station_id: uuid.UUID | None) -> uuid.UUID:
    station = repository.find_station(session, station_id) if station_id is not None else None
    if station is None:
        raise NotFound
    return station.district_id


def _settle_place(session: Session, new: NewIncident, district_id: uuid.UUID) -> Ground:
    if new.position is None and not new.address:
        raise PlaceMissing
    return find_ground(
        session, district_id=district_id, position=new.position, address=new.address, place_id=new.place_id
    )


def _settle_station(
    session: Session, new: NewIncident, grant: Grant, ground: Ground, district_id: uuid.UUID, day: date
) -> tuple[CalledStation, bool]:
    """The station, and whether the place lies on a border."""
    # what comes without a number gets the day's next one
    number_of = day if new.number is None else None
    own = grant.actor.station_id if grant.reach is not Reach.ANY else None
    if new.station_id is not None:
        station = repository.find_station(session, new.station_id, number_of=number_of, scenario_key=new.scenario_key)
        if station is None or station.district_id != district_id or (own is not None and own != station.id):
            raise NotFound
        return station, False
    owner = ground.find_owner(session, district_id)
    if owner is None:
        # nobody has drawn a map that could disagree
        if own is not None and not repository.has_jurisdictions(session, district_id):
            return _station(session, own, number_of, new.scenario_key or None), False
        raise OutsideEveryArea
    if own is not None and owner.station_id != own:
        raise BelongsToOtherStation(station_id=str(owner.station_id), station=_station(session, owner.station_id).name)
    return _station(session, owner.station_id, number_of, new.scenario_key or None), owner.tie


def _station(
    session: Session, station_id: uuid.UUID, number_of: date | None = None, scenario_key: str | None = None
) -> CalledStation:
    station = repository.find_station(session, station_id, number_of=number_of, scenario_key=scenario_key)
    if station is None:
        raise NotFound
    return station


def _day(instant: datetime) -> date:
    """The day of the call in China; of the calendar's last hours, which are past its end there, its last day."""
    try:
        return instant.astimezone(CHINA).date()
    except OverflowError:
        return instant.date()


def _settle_number(session: Session, new: NewIncident, station: CalledStation, day: date) -> str:
    if new.number is not None:
        repository.lock_number(session, station.district_id, new.number)
        if repository.find_by_number(session, station.district_id, new.number) is not None:
            raise NumberTaken
        return new.number
    number = station.number or repository.take_number(session, station.district_id, day)
    return f"D{day:%Y%m%d}-{number:04d}"


def _settle_scenario(session: Session, new: NewIncident, station: CalledStation, at: datetime) -> InForce:
    if new.scenario_key:
        if not station.scenarios:
            raise NotFound
        return station.scenarios[0]
    chosen = scenarios.choose(station.scenarios, new.category, new.type)
    return chosen or scenarios.find_for(session, station.id, new.category, new.type, new.subtype, at=at)
