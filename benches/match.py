"""The choice: one incident from the request to a stored recommendation, and a thousand incidents jointly.

Single: a running server over a private cluster, 20 000 responders on duty in an invented city of 250 000 crossings
with its road network; the command room asks over HTTP whom an incident needs, and the answer comes after the commit.
Beside it the parts, measured in this program over the same data: reading the candidates, the ways, ranking, storing.
Checked first: the stored recommendation computes to the same result again, and its first is the quickest of all who
may be asked. Joint: see ``benches/joint.py``.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from benches import joint
from benches.district import DATA_KEY, TOKEN_KEY, District, make_district
from benches.ground import private_cluster
from benches.programs import free_port, program
from benches.report import in_ms, table
from benches.town_of_streets import BLOCK_M, EAST, LAT, LON, NORTH, write_city
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.matching import repository
from dispatch.matching import service as matching
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.rank import replay
from dispatch.matching.repository import NewRecommendation
from dispatch.matching.stored import dump_inputs, dump_plan
from dispatch.scenarios.model import Scenario
from geo.crs import Position
from geo.roads.osm import read_roads
from geo.roads.service import build, import_roads
from geo.roads.store import RoadStore
from geo.roads.times import RoadTimes
from kit.actor import SYSTEM
from kit.clock import SystemClock
from kit.database import make_engine
from kit.ids import new_id

#: people and incidents are in the middle of the city, where there are streets on all sides
_MIDDLE = (0.2, 0.8)
_SCATTER = text(
    """
    UPDATE responder_index SET captured_at = :at, received_at = :at, position = ST_SetSRID(ST_MakePoint(
        :west + (:east - :west) * random(), :south + (:north - :south) * random()), 4326)::geography
    """
)
_REFRESH = text("UPDATE responder_index SET captured_at = :at, received_at = :at")


@dataclass(frozen=True)
class Plan:
    """What is asked of a run."""

    crossings: int = 250_000
    responders: int = 20_000
    requests: int = 300
    incidents: int = 1000
    joint_responders: int = 10_000
    joint_rounds: int = 20


def run(plan: Plan) -> dict[str, Any]:
    """Both halves."""
    jointly = joint.run(plan.incidents, plan.joint_responders, plan.joint_rounds)
    return {"bench": "match", "cores": os.cpu_count(), **_single(plan), **jointly}


def _single(plan: Plan) -> dict[str, Any]:
    with ExitStack() as stack:
        info = stack.enter_context(private_cluster())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pingan-bench-")))
        owner = make_engine(info.owner_url, pool_size=1, application="bench")
        stack.callback(owner.dispose)
        patrols = max(1, plan.responders // 10)
        district = make_district(
            owner, stations=1, guards=plan.responders - patrols, patrols=patrols, at=datetime.now(UTC)
        )
        engine = make_engine(info.app_url, pool_size=2, application="bench")
        stack.callback(engine.dispose)
        nodes = _lay_roads(engine, home, plan.crossings)
        city = _City(owner, district, plan)
        env = {
            "PINGAN_HOME": str(home),
            "PINGAN_DATABASE_URL": info.app_url,
            "PINGAN_OWNER_DATABASE_URL": info.owner_url,
            "PINGAN_TOKEN_KEY": TOKEN_KEY,
            "PINGAN_DATA_KEY": DATA_KEY,
            "PINGAN_LOG_LEVEL": "WARNING",
        }
        port = free_port()
        stack.enter_context(program("cli", "serve", "--port", str(port), "--processes", "1", port=port, env=env))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            one, both, by_road = city.ask_all(http)
        city.check_all()
        parts = city.measure_parts(RoadTimes(store=RoadStore(home / "roads")), engine)
    return {
        "nodes": nodes,
        "people": plan.responders,
        "requests": len(one),
        "single_p50_ms": in_ms(one, 50),
        "single_p99_ms": in_ms(one, 99),
        "both_needs_p50_ms": in_ms(both, 50),
        "both_needs_p99_ms": in_ms(both, 99),
        "by_road_share": by_road,
        "parts": {name: {"p50_ms": in_ms(times, 50), "p99_ms": in_ms(times, 99)} for name, times in parts.items()},
    }


def _lay_roads(engine: Engine, home: Path, crossings: int) -> int:
    file = home / "city.osm.pbf"
    write_city(file, crossings)
    roads = read_roads(file)
    network = build(roads)
    with Session(engine) as session:
        import_roads(
            session, roads=roads, network=network, folder=home / "roads", source=file.name, actor=SYSTEM,
            at=SystemClock().now(),
        )  # fmt: skip
        session.commit()
    return network.graphs["walk"].nodes


class _City:
    """People scattered over the middle of the city, and incidents among them."""

    def __init__(self, owner: Engine, district: District, plan: Plan) -> None:
        self.owner, self.district, self.plan = owner, district, plan
        self.side_m = round(plan.crossings**0.5) * BLOCK_M
        self.chance = random.Random(3)
        low, high = (self.side_m * share for share in _MIDDLE)
        corners = {
            "west": LON + low * EAST,
            "east": LON + high * EAST,
            "south": LAT + low * NORTH,
            "north": LAT + high * NORTH,
        }
        with owner.begin() as connection:
            connection.execute(_SCATTER, {"at": datetime.now(UTC), **corners})
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE responder_index"))
        self.incidents = self._add_incidents()

    def _add_incidents(self) -> list[uuid.UUID]:
        at, ids = datetime.now(UTC), []
        with Session(self.owner) as session:
            scenario_id = session.scalars(select(Scenario.id)).first()
            for _ in range(self.plan.requests):
                x, y = (self.chance.uniform(*_MIDDLE) * self.side_m for _ in range(2))
                place = Position(LON + x * EAST, LAT + y * NORTH)
                incident = Incident(
                    id=new_id(), district_id=self.district.id, station_id=self.district.stations[0],
                    number=new_id().hex, source="manual", category="public_order", type="fight", level=2,
                    scenario_id=scenario_id, summary="bench", address="bench", position=place.ewkt, received_at=at,
                )  # fmt: skip
                session.add(incident)
                session.flush()
                session.add(IncidentMilestone(incident_id=incident.id, round=0, name="received", at=at, how="measured"))
                ids.append(incident.id)
            session.commit()
        return ids

    def ask_all(self, http: httpx.Client) -> tuple[list[float], list[float], float]:
        """Seconds of each request for both needs of an incident, and for one; the share of answers by road."""
        token = self.district.dispatchers[0].token
        one: list[float] = []
        both: list[float] = []
        by_road = ranked = 0
        for n, incident_id in enumerate(self.incidents):
            if n % 50 == 0:
                with self.owner.begin() as connection:
                    connection.execute(_REFRESH, {"at": datetime.now(UTC)})
            took_s, items = _post(http, token, incident_id, {})
            # the first loads the network
            both += [took_s] if n else []
            need_id = next(item["need"]["id"] for item in items if item["need"]["kind"] == "guard")
            took_s, (item,) = _post(http, token, incident_id, {"need_id": need_id})
            one.append(took_s)
            answers = item["chosen"] + item["reserves"]
            ranked += len(answers)
            by_road += sum(answer["basis"] == "road" for answer in answers)
        return one, both, round(by_road / max(1, ranked), 3)

    def check_all(self) -> None:
        """Each stored recommendation leads to its result again, and asks the best of those that it may."""
        with Session(self.owner) as session:
            for recommendation in session.scalars(select(Recommendation)):
                assert matching.recompute(recommendation) == recommendation.result, "not the same result again"
                plan = matching.plan_of(recommendation)
                scores = [scored.score_s for scored in plan.reserves]
                assert scores == sorted(scores), "the reserves are not in order"

    def measure_parts(self, ways: RoadTimes, engine: Engine) -> dict[str, list[float]]:
        """Seconds of each part, one after another over the same incidents."""
        parts: dict[str, list[float]] = {"candidates and their ways": [], "the ways alone": [], "ranking": []}
        parts["storing"] = []
        with self.owner.begin() as connection:
            connection.execute(_REFRESH, {"at": datetime.now(UTC)})
        with Session(engine) as session:
            for n, incident_id in enumerate(self.incidents[:100]):
                incident = session.get_one(Incident, incident_id)
                query = select(Need).where(Need.incident_id == incident_id, Need.kind == "guard")
                need = session.scalars(query).one()
                start = time.perf_counter()
                inputs = matching.gather(session, incident, need, at=datetime.now(UTC), travel_times=ways)
                gathered = time.perf_counter()
                plan = replay(inputs)
                ranked = time.perf_counter()
                advice = NewRecommendation(
                    id=new_id(), incident_id=incident.id, need_id=need.id, made_at=inputs.now, made_by=None,
                    inputs=dump_inputs(inputs), result=dump_plan(plan),
                )  # fmt: skip
                repository.add_all(session, [advice])
                session.commit()
                stored = time.perf_counter()
                took_s = self._time_ways(session, ways, incident)
                if n:
                    parts["candidates and their ways"].append(gathered - start)
                    parts["the ways alone"].append(took_s)
                    parts["ranking"].append(ranked - gathered)
                    parts["storing"].append(stored - ranked)
        return parts

    def _time_ways(self, session: Session, ways: RoadTimes, incident: Incident) -> float:
        scene = Position.of(incident.position)
        people = [_beside(scene, self.chance) for _ in range(100)]
        start = time.perf_counter()
        ways.estimate(session, people, scene, ["foot"] * len(people), at=datetime.now(UTC))
        return time.perf_counter() - start


def _post(http: httpx.Client, token: str, incident_id: uuid.UUID, body: dict[str, Any]) -> tuple[float, list[Any]]:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id().hex}
    start = time.perf_counter()
    answer = http.post(f"/api/v1/incidents/{incident_id}/recommendations", json=body, headers=headers)
    took_s = time.perf_counter() - start
    if answer.status_code != 201:
        raise RuntimeError(f"the server answers {answer.status_code}")
    return took_s, answer.json()["items"]


def _beside(scene: Position, chance: random.Random) -> Position:
    return Position(
        scene.lon + chance.uniform(-2000, 2000) * EAST, scene.lat + chance.uniform(-2000, 2000) * NORTH
    )  # fmt: skip


def show(found: dict[str, Any]) -> str:
    """The table."""
    lines: list[Sequence[object]] = [
        ("request to stored recommendation", found["single_p50_ms"], found["single_p99_ms"]),
        ("the same for police and guards", found["both_needs_p50_ms"], found["both_needs_p99_ms"]),
    ]
    lines += [(f"  {name}", part["p50_ms"], part["p99_ms"]) for name, part in found["parts"].items()]
    jointly: list[Sequence[object]] = [
        ("jointly, from positions", found["joint_ms"]),
        ("  the nearest of each", found["joint_find_ms"]),
        ("  the assignment", found["joint_solve_ms"]),
        ("as the worker asks, over values", found["joint_values_ms"]),
        ("dense optimum (the oracle)", found["dense_ms"]),
    ]
    served = f"unserved {found['joint_unserved']} (oracle {found['oracle_unserved']})"
    return "\n".join(
        [
            f"{found['people']} people, {found['nodes']} nodes, {found['requests']} incidents, "
            f"{found['by_road_share']:.0%} of the answers by road",
            table(("one incident", "p50 ms", "p99 ms"), lines),
            "",
            table((f"{found['incidents']} incidents, {found['responders']} people", "ms"), jointly),
            f"cost {found['joint_cost_ratio']} of the optimum, {served}",
        ]
    )
