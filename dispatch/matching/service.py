"""Making a recommendation and keeping it with all that it was made from."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dispatch.aid.lending import list_stations
from dispatch.incidents.model import Incident
from dispatch.matching import repository
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.rank import replay
from dispatch.matching.values import (
    Candidate,
    Inputs,
    NeedValue,
    Plan,
    Scene,
    TravelValue,
    Weights,
    read_inputs,
    read_plan,
    write_inputs,
    write_plan,
)
from dispatch.orders import repository as orders
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
    inputs = gather(session, incident, need, at=at, also=also, travel_times=travel_times)
    plan = replay(inputs)
    recommendation = Recommendation(
        id=new_id(),
        incident_id=incident.id,
        need_id=need.id,
        made_at=at,
        made_by=made_by,
        inputs=write_inputs(inputs),
        result=write_plan(plan),
    )
    return Advice(recommendation=repository.add(session, recommendation), plan=plan, inputs=inputs)


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
    """Read all that the plan depends on."""
    scene = Position.of(incident.position)
    fresh_s = get_settings().position_fresh_s
    around = pool(
        scene,
        kind=need.kind,
        radius_m=need.radius_m,
        look_m=need.radius_m * _LOOK_BEYOND,
        station_ids=(incident.station_id, *list_stations(session, incident.id, need.kind, at)),
        skills=need.skills,
        fresh_since=at - timedelta(seconds=fresh_s),
        free=_FREE,
        most=_MOST,
        also=also,
    )
    rows = repository.list_candidates(session, around, incident_id=incident.id, at=at)
    posts = staffing(session, {row.post_id for row in rows if row.post_id is not None})
    placed = [row for row in rows if row.distance_m is not None]
    ways = travel_times.estimate(
        session, [Position(row.lon, row.lat) for row in placed], scene, [row.mobility for row in placed], at=at
    )
    return Inputs(
        need=need_value(session, need),
        scene=Scene(station_id=incident.station_id, lon=scene.lon, lat=scene.lat),
        candidates=tuple(_candidate(row, posts) for row in rows),
        travel={
            row.id: TravelValue(seconds=round(way.seconds, 2), metres=round(way.metres, 2), basis=way.basis)
            for row, way in zip(placed, ways, strict=True)
            if math.isfinite(way.seconds)
        },
        weights=replace(Weights(), fresh_s=float(fresh_s)),
        now=at,
    )


def _candidate(row: Row[Any], posts: Mapping[uuid.UUID, tuple[int, int]]) -> Candidate:
    spare = None
    if row.post_id in posts:
        on_post, minimum = posts[row.post_id]
        spare = on_post - minimum
    return Candidate(
        responder_id=row.id,
        kind=row.kind,
        station_id=row.station_id,
        skills=tuple(sorted(row.skills)),
        on_duty=row.on_duty,
        engaged=row.engaged,
        asked=row.asked,
        distance_m=None if row.distance_m is None else round(row.distance_m, 2),
        fixed=row.fixed,
        captured_at=row.captured_at,
        has_account=row.has_account,
        reachable=row.reachable,
        post_id=row.post_id,
        post_spare=spare,
    )


def need_value(session: Session, need: Need) -> NeedValue:
    """What the need still wants."""
    return NeedValue(
        kind=need.kind,
        mode=cast(Literal["command", "offer"], need.mode),
        skills=tuple(sorted(need.skills)),
        places=need.needed - need.accepted,
        waiting=orders.count_unanswered(session, need.id),
        alert_factor=need.alert_factor,
        radius_m=float(need.radius_m),
    )
