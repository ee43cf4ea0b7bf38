"""Making a recommendation and keeping it with all that it was made from."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dispatch.aid.lending import list_stations
from dispatch.calibrations import repository as calibrations
from dispatch.incidents.model import Incident
from dispatch.matching import repository
from dispatch.matching.experience import Experience, read_experience
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.policy import Policy
from dispatch.matching.rank import replay
from dispatch.matching.reading import Reading
from dispatch.matching.team import plan_team
from dispatch.matching.values import (
    Inputs,
    Plan,
    Scene,
    TravelValue,
    read_inputs,
    read_plan,
    write_inputs,
    write_plan,
)
from dispatch.scenarios.service import get_keyed
from geo.candidates import pool
from geo.crs import Position
from geo.responders.queries import staffing
from geo.roads.times import RoadTimes
from geo.travel import TravelTimes
from kit.ids import new_id
from kit.settings import get_settings

#: how far beyond the radius one looks, so that the dispatcher sees who is just outside
_LOOK_BEYOND = 1.5
#: so many are looked at whoever they are, so that it can be said why not; and so many who are free, so that in
#: a crowd of busy ones the free one behind them is not overlooked
_MOST, _FREE = 60, 40
WAY: TravelTimes = RoadTimes()


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The plan, and the row that keeps it."""

    recommendation: Recommendation
    plan: Plan
    inputs: Inputs


def recommend(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    at: datetime,
    made_by: uuid.UUID | None,
    also: Collection[uuid.UUID] = (),
    travel_times: TravelTimes = WAY,
) -> Advice:
    """The plan for ``need`` as things stand, stored. ``also``: responders to be judged wherever they are."""
    (advice,) = recommend_all(
        session, incident, [need], at=at, made_by=made_by, also=also, travel_times=travel_times
    )  # fmt: skip
    return advice


def recommend_all(
    session: Session,
    incident: Incident,
    needs: Sequence[Need],
    *,
    at: datetime,
    made_by: uuid.UUID | None,
    also: Collection[uuid.UUID] = (),
    beside: Sequence[Need] = (),
    travel_times: TravelTimes = WAY,
) -> list[Advice]:
    """A plan for each of the incident's ``needs``, made together and stored, in their order.

    ``beside``: other needs of the incident, of which nobody is asked now and from which nobody is taken.
    """
    team = plan_team(gather_all(session, incident, [*needs, *beside], at=at, also=also, travel_times=travel_times))
    advices = [
        Advice(
            recommendation=Recommendation(
                id=new_id(),
                incident_id=incident.id,
                need_id=need.id,
                made_at=at,
                made_by=made_by,
                inputs=write_inputs(inputs),
                result=write_plan(plan),
            ),
            plan=plan,
            inputs=inputs,
        )
        for need, (inputs, plan) in zip(needs, team[: len(needs)], strict=True)
    ]
    repository.add_all(session, [advice.recommendation for advice in advices])
    return advices


def plan_of(recommendation: Recommendation) -> Plan:
    """The stored plan."""
    return read_plan(recommendation.result)


def recompute(recommendation: Recommendation) -> dict[str, Any]:
    """The result once more, from the stored inputs alone."""
    return write_plan(replay(read_inputs(recommendation.inputs)))


def gather(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    at: datetime,
    also: Collection[uuid.UUID] = (),
    travel_times: TravelTimes = WAY,
) -> Inputs:
    """Read all that the plan for one need depends on."""
    return gather_all(session, incident, [need], at=at, also=also, travel_times=travel_times)[0]


def gather_all(
    session: Session,
    incident: Incident,
    needs: Sequence[Need],
    *,
    at: datetime,
    also: Collection[uuid.UUID] = (),
    travel_times: TravelTimes = WAY,
) -> list[Inputs]:
    """Read all that the plans for these needs depend on."""
    looks = [_look(session, incident, need, at=at, also=also, travel_times=travel_times) for need in needs]
    everybody = [row for look in looks for row in look.rows]
    pending = repository.list_pending(session, [need.id for need in needs])
    posts = staffing(session, {row.post_id for row in everybody if row.post_id is not None})
    known = {row.id for row in everybody} | {row.responder_id for rows in pending.values() for row in rows}
    ground = calibrations.read_ground(session, incident.station_id, known)
    scenario, spec = get_keyed(session, incident.scenario_id)
    reading = Reading(
        scenario=scenario,
        spec=spec,
        level=incident.level,
        policy=Policy.of(ground.settings),
        experience=Experience() if ground.experience is None else read_experience(ground.experience),
        posts=posts,
        at=at,
    )
    scene = Position.of(incident.position)
    return [
        Inputs(
            need=reading.need(need, pending[need.id]),
            scene=Scene(station_id=incident.station_id, lon=scene.lon, lat=scene.lat),
            candidates=reading.candidates(look.rows, need),
            travel=look.travel,
            weights=reading.weights(need, fresh_s=float(get_settings().position_fresh_s)),
            now=at,
            calibration=ground.version,
        )
        for need, look in zip(needs, looks, strict=True)
    ]


@dataclass(frozen=True)
class _Look:
    rows: list[Row[Any]]
    travel: dict[uuid.UUID, TravelValue]


def _look(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    at: datetime,
    also: Collection[uuid.UUID],
    travel_times: TravelTimes,
) -> _Look:
    scene = Position.of(incident.position)
    around = pool(
        scene,
        kind=need.kind,
        radius_m=need.radius_m,
        look_m=need.radius_m * _LOOK_BEYOND,
        station_ids=(incident.station_id, *list_stations(session, incident.id, need.kind, at)),
        skills=need.skills,
        fresh_since=at - timedelta(seconds=get_settings().position_fresh_s),
        free=_FREE,
        most=_MOST,
        also=also,
    )
    rows = repository.list_candidates(session, around, incident_id=incident.id, at=at)
    placed = [row for row in rows if row.distance_m is not None]
    ways = travel_times.estimate(
        session, [Position(row.lon, row.lat) for row in placed], scene, [row.mobility for row in placed], at=at
    )
    travel = {
        row.id: TravelValue(seconds=round(way.seconds, 2), metres=round(way.metres, 2), basis=way.basis)
        for row, way in zip(placed, ways, strict=True)
        if math.isfinite(way.seconds)
    }
    return _Look(rows=rows, travel=travel)
