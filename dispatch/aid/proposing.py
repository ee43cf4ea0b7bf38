"""Which neighbours could help when nobody of one's own is left, and asking those who have agreed to it beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid import repository, service
from dispatch.aid.states import AidState
from dispatch.incidents.model import Incident
from dispatch.matching.model import Need
from dispatch.matching.values import Weights
from dispatch.pacts import service as pacts
from dispatch.pacts.limits import Case
from dispatch.scenarios import repository as scenarios
from geo.crs import Position
from geo.nearest import nearest
from geo.roads.times import RoadTimes
from kit.actor import Grant
from kit.settings import get_settings

#: so many of the nearest are looked at, of all neighbours together
_LOOK = 40
#: so many of a station's arrival times are told
_TIMES = 5
_WAY = RoadTimes()
REASON = "本所力量不足，系统按支援约定申请"


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """How many people of the wanted kind a neighbour has free near the scene, and in how many seconds they would be
    there, the first ones. Nobody's name or place. ``agreed``: a pact is both leaders' yes to it."""

    station_id: uuid.UUID
    station: str
    count: int
    eta_s: tuple[float, ...]
    agreed: bool


def list_neighbours(
    session: Session, incident: Incident, *, kind: str, skills: Sequence[str] = (), radius_m: float, at: datetime
) -> list[Neighbour]:
    """The stations of the district that have somebody free within the radius and are not asked yet, the soonest
    first."""
    stations = repository.list_unasked(session, incident)
    if not stations:
        return []
    scene = Position.of(incident.position)
    found = nearest(
        session,
        scene,
        kind=kind,
        k=_LOOK,
        radius_m=radius_m,
        station_ids=stations.keys(),
        skills=skills,
        fresh_since=at - timedelta(seconds=get_settings().position_fresh_s),
    )
    fit = repository.list_fit(session, [near.responder_id for near in found], incident_id=incident.id, at=at)
    found = [near for near in found if near.responder_id in fit]
    ways = _WAY.estimate(session, [n.position for n in found], scene, [fit[n.responder_id] for n in found], at=at)
    turnout_s = Weights().turnout_police_s if kind == "patrol_unit" else Weights().turnout_day_s
    by_station: dict[uuid.UUID, list[float]] = {}
    for near, way in zip(found, ways, strict=True):
        by_station.setdefault(near.station_id, []).append(way.seconds + turnout_s)
    case = _case(session, incident, kind)
    neighbours = []
    for station_id, seconds in by_station.items():
        yes = pacts.find_yes(session, incident.station_id, station_id, case, at=at)
        neighbours.append(
            Neighbour(
                station_id=station_id,
                station=stations[station_id],
                count=len(seconds),
                eta_s=tuple(round(s) for s in sorted(seconds)[:_TIMES]),
                agreed=yes is not None and len(yes.station_ids) == 2,
            )
        )
    return sorted(neighbours, key=lambda n: (n.eta_s[0], str(n.station_id)))


def list_who_could_help(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, kind: str, radius_m: float, at: datetime
) -> list[Neighbour]:
    """``list_neighbours`` for whoever may ask them. Raises NotFound."""
    incident = service.get_own_incident(session, grant, incident_id)
    return list_neighbours(session, incident, kind=kind, radius_m=radius_m, at=at)


def ask_where_agreed(session: Session, incident: Incident, need: Need, short_of: int, *, at: datetime) -> bool:
    """Ask the neighbours whose pact says that the machine may, the soonest first, until they have enough people.

    Whether anybody more can be asked now. The caller holds the needs.
    """
    if short_of <= 0 or need.mode != "offer":
        # another station's police are sent by people
        return False
    opened = False
    for neighbour in list_of_need(session, incident, need, at=at):
        if short_of <= 0:
            break
        case = _case(session, incident, need.kind)
        yes = pacts.find_yes(session, incident.station_id, neighbour.station_id, case, at=at)
        if yes is None or not yes.automatic or len(yes.station_ids) < 2:
            continue
        aid = service.request_by_pact(session, incident, neighbour.station_id, kind=need.kind, reason=REASON, at=at)
        if aid is not None and aid.state == AidState.ACTIVE:
            short_of -= min(neighbour.count, aid.max_people)
            opened = True
    return opened


def list_of_need(session: Session, incident: Incident, need: Need, *, at: datetime) -> list[Neighbour]:
    """``list_neighbours`` for what a need wants."""
    return list_neighbours(session, incident, kind=need.kind, skills=need.skills, radius_m=float(need.radius_m), at=at)


def tell(neighbours: Sequence[Neighbour]) -> list[dict[str, Any]]:
    """JSON for the alarm."""
    return [{**asdict(n), "station_id": str(n.station_id), "eta_s": list(n.eta_s)} for n in neighbours]


def _case(session: Session, incident: Incident, kind: str) -> Case:
    scenario = scenarios.get_scenario(session, incident.scenario_id)
    return Case(scenario=scenario.key, level=incident.level, kinds=frozenset({kind}))
