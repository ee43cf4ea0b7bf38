"""The five nearest free guards among many, beside the same search as raw SQL and beside Redis.

Ours: ``geo.nearest.nearest``. Raw: its statement, prepared once by both, sent by the driver; its rows are left as they
come, a few more than five and in the order of the sphere. For comparison the plain ``ORDER BY position <-> … LIMIT``,
which ranks by the sphere and so may rank two people wrongly.
Redis: GEOSEARCH in the key of the free guards (one key for each kind and state), within the smallest radius that
holds five, which is found beforehand and told to it as a gift. People are spread evenly over half a degree; four of
five are guards, seven of ten are free. Every kind of answer is compared with the metres of everybody before it is
timed; then all are asked the same questions, taking turns at who is first. One run; read the ratios.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pyproj import Geod
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from benches.ground import private_cluster
from benches.redis_peer import Peer, find_peer
from benches.report import in_ms, table
from geo.crs import Position
from geo.nearest import FREE, KINDS, nearest, one_look
from kit.database import make_engine

KIND = "guard"
STATE = "free"
CHECKED = 20
QUESTIONS = 500
_GEOD = Geod(ellps="WGS84")
_PLACES = """
INSERT INTO districts (id, name, created_at) VALUES (:d, 'bench', :at);
INSERT INTO stations (id, district_id, name, code, created_at) VALUES (:s, :d, 'bench', 'bench', :at);
INSERT INTO organizations (id, district_id, station_id, name, kind, created_at)
    VALUES (:o, :d, :s, 'bench', 'security_company', :at)
"""
_PEOPLE = """
SELECT setseed(0.5);
INSERT INTO responders (id, kind, district_id, station_id, organization_id, name, mobility, crew, opening_hours,
                        created_at)
    SELECT gen_random_uuid(), kind, :d, :s, :o, n::text,
           CASE WHEN kind = 'patrol_unit' THEN 'car' END, CASE WHEN kind = 'patrol_unit' THEN 2 END,
           CASE WHEN kind = 'safe_house' THEN CAST('{}' AS jsonb) END, :at
    FROM (SELECT n, CASE WHEN n % 20 < 16 THEN 'guard' WHEN n % 20 < 19 THEN 'patrol_unit' ELSE 'safe_house' END AS kind
          FROM generate_series(CAST(:first AS integer), CAST(:n AS integer)) AS n) AS wanted;
INSERT INTO responder_index (responder_id, kind, district_id, station_id, organization_id, on_duty, engaged, fixed,
                             position, captured_at, received_at, accuracy_m)
    SELECT id, kind, district_id, station_id, organization_id, state < 0.85, state < 0.15, kind = 'safe_house',
           ST_SetSRID(ST_MakePoint(lon, lat), 4326), :at, :at, 10
    FROM (SELECT *, random() AS state, 121 + random() / 2 AS lon, 31 + random() / 2 AS lat
          FROM responders WHERE CAST(name AS integer) >= :first) AS r
"""
_EVERYBODY = """
SELECT responder_id::text, kind, CASE WHEN NOT on_duty THEN 'off' WHEN engaged THEN 'engaged' ELSE 'free' END AS state,
       ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat
FROM responder_index
"""
_BY_SPHERE = f"""
SELECT responder_id, ST_Distance(position, $1) AS distance_m FROM responder_index
WHERE {KINDS[KIND]} AND {FREE} ORDER BY position <-> $1
"""

Answer = list[tuple[str, float]]


class Everybody:
    """The metres of all, the long way."""

    def __init__(self, people: Sequence[tuple[str, float, float]]) -> None:
        self.ids = [id_ for id_, _, _ in people]
        self.lons, self.lats = (np.array([one[n] for one in people]) for n in (1, 2))
        self.rank = {id_: n for n, id_ in enumerate(self.ids)}

    def metres(self, place: Position) -> np.ndarray[Any, Any]:
        """Of each, on the ellipsoid."""
        size = len(self.ids)
        return np.asarray(_GEOD.inv(np.full(size, place.lon), np.full(size, place.lat), self.lons, self.lats)[2])

    def check(self, place: Position, k: int, answers: dict[str, Answer]) -> None:
        """Stop on an answer that is not right; Redis and the plain order may be off as a sphere is."""
        metres = self.metres(place)
        best = np.sort(metres)[:k]
        for name, answer in answers.items():
            assert len({id_ for id_, _ in answer}) == len(best), f"{name}: not so many"
            true = np.array([metres[self.rank[id_]] for id_, _ in answer])
            told = np.array([m for _, m in answer])
            if name in ("ours", "raw"):
                assert np.allclose(true, best, rtol=0, atol=1e-6), f"{name}: others are nearer"
                assert np.allclose(told, best, rtol=0, atol=1e-6), f"{name}: wrong metres"
            else:
                assert (np.sort(true) <= best * 1.01 + 2).all(), f"{name}: others are nearer"


def run(sizes: Sequence[int], k: int, seconds: float) -> dict[str, Any]:
    """Each size adds people to the one before, on one cluster."""
    with private_cluster() as info, find_peer() as peer:
        owner = make_engine(info.owner_url, pool_size=1, application="bench")
        ids = {"d": uuid.uuid4(), "s": uuid.uuid4(), "o": uuid.uuid4(), "at": datetime.now(UTC)}
        _execute(owner, _PLACES, ids)
        found, before = [], 0
        for size in sorted(set(sizes)):
            _execute(owner, _PEOPLE, {**ids, "first": before + 1, "n": size})
            with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text("VACUUM ANALYZE responder_index"))
            app = make_engine(info.app_url, pool_size=2, application="bench")
            found.append(_measure(app, _load(owner, peer), peer, size, k, seconds))
            app.dispose()
            before = size
        owner.dispose()
    return {"bench": "nearest", "k": k, "redis": peer is not None, "sizes": found}


def _load(owner: Engine, peer: Peer | None) -> Everybody:
    """The free guards; Redis is told of all, key by key."""
    keys: dict[str, list[tuple[str, float, float]]] = {}
    with owner.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        for id_, kind, state, lon, lat in connection.execute(text(_EVERYBODY)):
            keys.setdefault(f"{kind}:{state}", []).append((id_, lon, lat))
    if peer is not None:
        for key, people in keys.items():
            peer.fill(key, people)
    return Everybody(keys[f"{KIND}:{STATE}"])


def _measure(app: Engine, everybody: Everybody, peer: Peer | None, n: int, k: int, seconds: float) -> dict[str, Any]:
    chance = random.Random(n)
    places = [Position(121 + chance.random() / 2, 31 + chance.random() / 2) for _ in range(QUESTIONS)]
    with Session(app) as session, app.connect() as connection:
        ways = _ways(session, connection, peer, places, k)
        for question in range(CHECKED):
            everybody.check(places[question], k, {name: ask(question) for name, (ask, _) in ways.items()})
        times = _time({name: bare for name, (_, bare) in ways.items()}, seconds)
    rates = {name: round(len(taken) / sum(taken), 1) for name, taken in times.items()}
    return {
        "n": n,
        "ours_per_s": rates["ours"],
        "raw_per_s": rates["raw"],
        "sphere_per_s": rates["sphere"],
        "redis_per_s": rates.get("redis"),
        "p99_ms": in_ms(times["ours"], 99),
    }


#: question → answer to be compared, and the same without making it comparable, to be timed
Way = tuple[Callable[[int], Answer], Callable[[int], object]]


def _ways(
    session: Session, connection: Connection, peer: Peer | None, places: Sequence[Position], k: int
) -> dict[str, Way]:
    cursor = connection.connection.cursor()
    statement = one_look(KINDS[KIND], k, only_free=True, bounded=False)
    cursor.execute(statement.prepare)
    cursor.execute(f"PREPARE by_sphere (geography) AS {_BY_SPHERE} LIMIT {k}")

    def ours(n: int) -> Any:
        return nearest(session, places[n], kind=KIND, k=k, station_ids=None)

    def raw(n: int) -> Any:
        cursor.execute(statement.execute, statement.order({"point": places[n].ewkt}))
        return cursor.fetchall()

    def sphere(n: int) -> Any:
        cursor.execute("EXECUTE by_sphere (%s)", (places[n].ewkt,))
        return cursor.fetchall()

    ways: dict[str, Way] = {
        "ours": (lambda n: [(str(near.responder_id), near.distance_m) for near in ours(n)], ours),
        "raw": (lambda n: [(str(row[0]), row[2]) for row in sorted(raw(n), key=lambda row: row[2])[:k]], raw),
        "sphere": (lambda n: [(str(row[0]), row[-1]) for row in sphere(n)], sphere),
    }
    if peer is not None:
        key = f"{KIND}:{STATE}"
        radii = [peer.radius(key, place, k) for place in places]

        def redis(n: int) -> Answer:
            return peer.ask(key, places[n], k, radii[n])

        ways["redis"] = (redis, redis)
    return ways


def _time(ways: dict[str, Callable[[int], object]], seconds: float) -> dict[str, list[float]]:
    """Seconds of each answer; ``seconds`` for each way, about."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    # nobody asks about a place that another one has just brought into the processor's memory
    apart = QUESTIONS // len(names)
    started, turn = time.perf_counter(), 0
    while turn < len(names) or time.perf_counter() - started < seconds * len(names):
        for step in range(len(names)):
            number = (turn + step) % len(names)
            before = time.perf_counter()
            ways[names[number]]((turn + number * apart) % QUESTIONS)
            times[names[number]].append(time.perf_counter() - before)
        turn += 1
    return times


def _execute(owner: Engine, statements: str, values: dict[str, Any]) -> None:
    with owner.begin() as connection:
        # a million people take longer than a statement may
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in statements.split(";\n"):
            connection.execute(text(statement), values)


def show(found: dict[str, Any]) -> str:
    """The table."""
    head = ("people", "ours /s", "raw SQL /s", "ours / raw", "by sphere /s", "Redis /s", "ours / Redis", "p99 ms")
    rows = []
    for one in found["sizes"]:
        ours, raw, redis = one["ours_per_s"], one["raw_per_s"], one["redis_per_s"]
        beside = (redis, round(ours / redis, 2)) if redis else (None, None)
        rows.append((one["n"], ours, raw, round(ours / raw, 2), one["sphere_per_s"], *beside, one["p99_ms"]))
    said = "" if found["redis"] else "\nRedis is not measured: redis-server is not installed."
    return table(head, rows) + said
