"""Making a recommendation and keeping it with all that it was made from."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid.lending import Lending, list_lenders
from dispatch.calibrations import repository as calibrations
from dispatch.incidents.model import Incident
from dispatch.matching import repository
from dispatch.matching.experience import Experience, read_experience
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.policy import Policy
from dispatch.matching.rank import replay
from dispatch.matching.reading import Reading
from dispatch.matching.repository import Looked, NewRecommendation
from dispatch.matching.stored import dump_inputs, dump_plan, read_inputs, read_plan, write_plan
from dispatch.matching.team import plan_team
from dispatch.matching.values import Inputs, Plan, Scene, TravelValue
from dispatch.scenarios.service import get_version
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
    """The plan, the row that keeps it, and whom it is about."""

    recommendation_id: uuid.UUID
    plan: Plan
    inputs: Inputs
    #: who was looked at, by id: account_id, station_id, organization_id, and lon and lat where he has a place
    people: Mapping[uuid.UUID, Any]


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
    untouched: bool = False,
    travel_times: TravelTimes = WAY,
) -> list[Advice]:
    """A plan for each of the incident's ``needs``, made together and stored, in their order.

    ``beside``: other needs of the incident, of which nobody is asked now and from which nobody is taken.
    ``untouched``: nobody was asked for this incident before, no neighbour either.
    """
    gathered, people = _gather(
        session, incident, [*needs, *beside], at=at, also=also, untouched=untouched, travel_times=travel_times
    )
    team = plan_team(gathered)
    made = [(new_id(), need, inputs, plan) for need, (inputs, plan) in zip(needs, team[: len(needs)], strict=True)]
    repository.add_all(
        session,
        [
            NewRecommendation(
                id=id_,
                incident_id=incident.id,
                need_id=need.id,
                made_at=at,
                made_by=made_by,
                inputs=dump_inputs(inputs),
                result=dump_plan(plan),
            )
            for id_, need, inputs, plan in made
        ],
    )
    return [Advice(recommendation_id=id_, plan=plan, inputs=inputs, people=people) for id_, _, inputs, plan in made]


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
    gathered, _ = _gather(session, incident, [need], at=at, also=also, travel_times=travel_times)
    return gathered[0]


def _gather(
    session: Session,
    incident: Incident,
    needs: Sequence[Need],
    *,
    at: datetime,
    also: Collection[uuid.UUID] = (),
    untouched: bool = False,
    travel_times: TravelTimes = WAY,
) -> tuple[list[Inputs], dict[uuid.UUID, Looked]]:
    """Read all that the plans for these needs depend on; and the rows of those who are looked at."""
    lenders = [] if untouched else list_lenders(session, incident.id, at)
    looks = [_look(session, incident, need, at=at, also=also, lenders=lenders) for need in needs]
    scene = Position.of(incident.position)
    people = {row.id: row for rows in looks for row in rows}
    travel = _estimate(session, people.values(), scene, travel_times, at=at)
    pending = {} if untouched else repository.list_pending(session, [need.id for need in needs])
    posts = staffing(session, {row.post_id for row in people.values() if row.post_id is not None})
    known = people.keys() | {row.responder_id for rows in pending.values() for row in rows}
    ground = calibrations.read_ground(session, incident.station_id, known)
    scenario = get_version(session, incident.scenario_id)
    reading = Reading(
        scenario=scenario.key,
        spec=scenario.spec,
        level=incident.level,
        policy=Policy.of(ground.settings),
        experience=Experience() if ground.experience is None else read_experience(ground.experience),
        posts=posts,
        at=at,
    )
    gathered = [
        Inputs(
            need=reading.need(need, pending.get(need.id, ())),
            scene=Scene(station_id=incident.station_id, lon=scene.lon, lat=scene.lat),
            candidates=reading.candidates(rows, need),
            travel={row.id: travel[row.id] for row in rows if row.id in travel},
            weights=reading.weights(need, fresh_s=float(get_settings().position_fresh_s)),
            now=at,
            calibration=ground.version,
        )
        for need, rows in zip(needs, looks, strict=True)
    ]
    return gathered, people


def _look(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    at: datetime,
    also: Collection[uuid.UUID],
    lenders: Sequence[Lending],
) -> list[Looked]:
    around = pool(
        Position.of(incident.position),
        kind=need.kind,
        radius_m=need.radius_m,
        look_m=need.radius_m * _LOOK_BEYOND,
        station_ids=(incident.station_id, *(lending.station_id for lending in lenders if need.kind in lending.kinds)),
        skills=need.skills,
        fresh_since=at - timedelta(seconds=get_settings().position_fresh_s),
        free=_FREE,
        most=_MOST,
        also=also,
    )
    return repository.list_candidates(session, around, incident_id=incident.id, at=at)


def _estimate(
    session: Session, rows: Iterable[Looked], scene: Position, travel_times: TravelTimes, *, at: datetime
) -> dict[uuid.UUID, TravelValue]:
    """Everybody's way, whichever need looks at him; without those who have no place, or no way."""
    placed = [(row, Position(row.lon, row.lat)) for row in rows if row.lon is not None and row.lat is not None]
    ways = travel_times.estimate(
        session, [place for _, place in placed], scene, [row.mobility for row, _ in placed], at=at
    )
    return {
        row.id: TravelValue(seconds=round(way.seconds, 2), metres=round(way.metres, 2), basis=way.basis)
        for (row, _), way in zip(placed, ways, strict=True)
        if math.isfinite(way.seconds)
    }
