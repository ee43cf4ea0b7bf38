"""A station's own past and people, as the digital twin takes them: read from its database, nothing is written."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from cli.console import CommandFailed
from dispatch.calibrations import repository as calibrations
from dispatch.incidents.model import Incident
from dispatch.matching.learning import learn
from dispatch.scenarios.model import Scenario
from dispatch.scenarios.spec import ScenarioSpec
from geo.crs import Position
from geo.responders.model import Post as Gate
from geo.responders.model import Responder, ResponderIndex
from geo.roads.network import Network
from geo.roads.store import STORE
from kit.tenancy import Station
from simulation.twin.characters import characters_of
from simulation.twin.generate import Population
from simulation.twin.values import Call, Guard, Post

#: people and duties of so long ago say little of today's
_LOG_OF, _DUTIES_OF = timedelta(days=365), timedelta(days=60)
_LEAST_CALLS = 10

# the usual hours of each: medians of when his duties began, and of how long they lasted
_HOURS = text(
    """
    SELECT d.responder_id,
           percentile_disc(0.5) WITHIN GROUP (
               ORDER BY extract(hour FROM d.started_at AT TIME ZONE 'Asia/Shanghai')) AS begins,
           percentile_disc(0.5) WITHIN GROUP (
               ORDER BY round(extract(epoch FROM coalesce(d.ended_at, d.planned_end) - d.started_at) / 3600)) AS lasts
    FROM duties d WHERE d.station_id = :station_id AND d.started_at >= :since GROUP BY d.responder_id
    """
)


@dataclass(frozen=True, kw_only=True)
class Past:
    """``log_rows``: how many answered or unanswered orders the people's characters rest on."""

    calls: list[Call]
    population: Population
    network: Network | None
    log_rows: int
    accept: float


def read_past(session: Session, station_id: uuid.UUID, *, limit: int, at: datetime) -> Past:
    """The newest ``limit`` incidents, everybody who guards there, and the roads. Raises CommandFailed."""
    calls = _read_calls(session, station_id, limit)
    guards, posts = _read_guards(session, station_id, at)
    if len(calls) < _LEAST_CALLS or not guards:
        raise CommandFailed(
            f"This station has {len(calls)} past incidents and {len(guards)} guards: too few to learn from."
        )
    log = calibrations.list_log(session, station_id, since=at - _LOG_OF)
    usual = Counter(call.scenario for call in calls).most_common(1)[0][0]
    characters = characters_of(learn(log), guards, scenario=usual, at=at.replace(hour=4, minute=0))
    return Past(
        calls=calls,
        population=Population(guards=tuple(guards), posts=tuple(posts), characters=characters),
        network=STORE.find(session),
        log_rows=sum(1 for row in log if row.kind == "guard"),
        accept=round(sum(character.accepts for character in characters) / len(characters), 3),
    )


def _read_calls(session: Session, station_id: uuid.UUID, limit: int) -> list[Call]:
    # drills never; demo incidents only at a demo station, which has no others
    query = (
        select(Incident.received_at, Incident.position, Scenario.key, Scenario.spec)
        .join(Scenario, Scenario.id == Incident.scenario_id)
        .join(Station, Station.id == Incident.station_id)
        .where(Incident.station_id == station_id, ~Incident.drill, or_(Station.demo, ~Incident.demo))
        .order_by(Incident.received_at.desc(), Incident.id)
        .limit(limit)
    )
    return [
        Call(
            number=number,
            at_s=row.received_at.timestamp(),
            position=Position.of(row.position),
            scenario=row.key,
            needs=tuple(need for need in ScenarioSpec.model_validate(row.spec).need if need.kind == "guard"),
        )
        for number, row in enumerate(reversed(session.execute(query).all()))
    ]


def _read_guards(session: Session, station_id: uuid.UUID, at: datetime) -> tuple[list[Guard], list[Post]]:
    hours = {
        row.responder_id: _shift(int(row.begins), int(row.lasts))
        for row in session.execute(_HOURS, {"station_id": station_id, "since": at - _DUTIES_OF})
    }
    query = (
        select(Responder, Gate, ResponderIndex.position)
        .outerjoin(Gate, Gate.id == Responder.post_id)
        .outerjoin(ResponderIndex, ResponderIndex.responder_id == Responder.id)
        .where(Responder.station_id == station_id, Responder.kind == "guard", Responder.active)
        .order_by(Responder.id)
    )
    guards: list[Guard] = []
    posts: dict[uuid.UUID, Post] = {}
    for responder, gate, last in session.execute(query):
        place = gate.position if gate is not None else last
        if place is None:
            continue
        if gate is not None and gate.id not in posts:
            posts[gate.id] = Post(number=len(posts), post_id=gate.id, minimum=gate.minimum_staff)
        guards.append(
            Guard(
                number=len(guards),
                responder_id=responder.id,
                home=Position.of(place),
                post=None if gate is None else posts[gate.id].number,
                skills=tuple(sorted(responder.skills)),
                mobility=responder.mobility or "foot",
                shift=hours.get(responder.id, (0, 24)),
            )
        )
    return guards, list(posts.values())


def _shift(begins: int, lasts: int) -> tuple[int, int]:
    return (0, 24) if lasts >= 24 else (begins, (begins + max(1, lasts)) % 24)
