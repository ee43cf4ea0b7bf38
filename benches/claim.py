"""Claims a second, and a call's way to a durable claim, beside the floor: a bare INSERT under the same partial index.

The floor inserts one narrow row per claim into a table that has nothing but our partial unique index, and commits.
``accept`` is the whole of ours: need and order locked, places counted, milestones, record, outbox, feed, the rest
stood down. ``call`` is a new incident until a guard's acceptance is durable: receive, recommend, dispatch, accept,
two commits. Both run in the same threads on a private, durable cluster, in one run; read the ratios.
"""

from __future__ import annotations

import random
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

import dispatch.projections  # noqa: F401
from benches.ground import private_cluster
from benches.report import table
from dispatch.access.table import Permission
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.invariants import list_violations
from dispatch.orders import service
from dispatch.orders.model import Order
from dispatch.scenarios.model import Scenario
from kit import feed
from kit.actor import SYSTEM, Actor, Grant, Reach, Role
from kit.database import make_engine, make_session_factory
from kit.ids import new_id

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MACHINE = Grant(actor=SYSTEM, permission=Permission.ORDER_OFFER, reach=Reach.ANY)
_OPEN = "('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived')"
_SEED = f"""
INSERT INTO districts (id, name, created_at) VALUES (:d, 'bench', :at);
INSERT INTO stations (id, district_id, name, code, created_at) VALUES (:s, :d, 'bench', 'bench', :at);
INSERT INTO organizations (id, district_id, station_id, name, kind, created_at)
    VALUES (:o, :d, :s, 'bench', 'security_company', :at);
INSERT INTO accounts (id, role, district_id, station_id, organization_id, name, badge_no, created_at)
    SELECT gen_random_uuid(), k.role, :d, :s, :o, k.kind || n, k.kind || n, :at
    FROM generate_series(1, :n) AS n, (VALUES ('guard', 'guard'), ('officer', 'patrol_unit')) AS k (role, kind);
INSERT INTO devices (id, account_id, kind, name, registered_at)
    SELECT gen_random_uuid(), id, 'android', 'bench', :at FROM accounts;
INSERT INTO sessions (id, account_id, device_id, refresh_hash, started_at, refreshed_at, expires_at)
    SELECT gen_random_uuid(), account_id, id, decode(md5(id::text), 'hex'), :at, :at, :at + interval '30 days'
    FROM devices;
INSERT INTO responders (id, kind, district_id, station_id, organization_id, account_id, name, mobility, crew,
                        created_at)
    SELECT gen_random_uuid(), k.kind, :d, :s, :o, a.id, a.name, k.mobility, k.crew, :at FROM accounts a
    JOIN (VALUES ('guard', 'guard', NULL, NULL), ('officer', 'patrol_unit', 'car', 2)) AS k (role, kind, mobility, crew)
        ON k.role = a.role;
INSERT INTO responder_index (responder_id, kind, district_id, station_id, organization_id, on_duty, position,
                             captured_at, received_at, accuracy_m)
    SELECT id, kind, :d, :s, :o, true, ST_SetSRID(ST_MakePoint(121.42 + random() / 25, 31.03 + random() / 25), 4326),
           :at, :at, 10 FROM responders;
CREATE TABLE bare (id uuid PRIMARY KEY, responder_id uuid NOT NULL, state text NOT NULL, at timestamptz NOT NULL);
CREATE UNIQUE INDEX ux_bare ON bare (responder_id) WHERE state IN {_OPEN};
GRANT ALL ON bare TO pingan_app;
"""
_SPEC = {
    "need": [
        {"kind": "patrol_unit", "mode": "command", "needed": 1, "skills": [], "alert_factor": 1.0, "radius_m": 3000,
         "receipt_s": 20, "accept_s": 30, "instruction": None},
        {"kind": "guard", "mode": "offer", "needed": 1, "skills": [], "alert_factor": 3.0, "radius_m": 600,
         "receipt_s": 20, "accept_s": 40, "instruction": None},
    ],
    "instruction": "请到现场协助警戒。", "allowed_verbs": ["cordon"], "checklist": [], "photo_required": False,
    "stand_off_m": 0, "match": {"categories": [], "types": []},
}  # fmt: skip


class Town:
    """Where the claims are made."""

    def __init__(self, factory: sessionmaker[Session], station: uuid.UUID, district: uuid.UUID) -> None:
        self.factory, self.station, self.district = factory, station, district
        self.scenario = new_id()
        with factory() as session:
            session.add(
                Scenario(
                    id=self.scenario, station_id=station, key="bench", version=1, name="bench", spec=_SPEC,
                    current=True, made_at=START,
                )
            )  # fmt: skip
            session.commit()
            self.responders = list(session.scalars(text("SELECT id FROM responders WHERE kind = 'guard'")))

    def bare(self, n: int) -> None:
        statement = text("INSERT INTO bare VALUES (:id, :responder, 'accepted', :at)")
        with self.factory() as session:
            session.execute(statement, {"id": new_id(), "responder": self.responders[n], "at": START})
            session.commit()

    def call(self, n: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """A call comes in and is dispatched, in one commit: (order, account) of the guards asked."""
        chance = random.Random(n)
        lon, lat = 121.42 + chance.random() / 25, 31.03 + chance.random() / 25
        with self.factory() as session:
            incident = Incident(
                id=new_id(), district_id=self.district, station_id=self.station, number=new_id().hex, source="manual",
                category="public_order", type="fight", level=2, scenario_id=self.scenario, summary="bench",
                address="bench", position=f"SRID=4326;POINT({lon!r} {lat!r})", received_at=START,
            )  # fmt: skip
            session.add(incident)
            session.flush()
            session.add(IncidentMilestone(incident_id=incident.id, round=0, name="received", at=START, how="measured"))
            feed.changed(session, "incident", incident.id)
            orders: list[Order] = service.dispatch(session, grant=MACHINE, incident_id=incident.id, at=START)
            session.commit()
            return [(order.id, order.account_id) for order in orders if order.mode == "offer"]

    def accept(self, order_id: uuid.UUID, account_id: uuid.UUID) -> None:
        actor = Actor(role=Role.GUARD, account_id=account_id, station_id=self.station, district_id=self.district)
        grant = Grant(actor=actor, permission=Permission.ORDER_PROGRESS, reach=Reach.OWN)
        with self.factory() as session:
            service.accept(session, grant=grant, order_id=order_id, at=START)
            session.commit()

    def call_to_claim(self, n: int) -> None:
        self.accept(*self.call(n)[0])


def measure(threads: int, work: Callable[[Any], object], things: Sequence[Any]) -> dict[str, float]:
    """Each of ``things`` once, by so many threads: rate, p50 and p99 in ms."""

    def timed(thing: Any) -> float:
        started = time.perf_counter()
        work(thing)
        return (time.perf_counter() - started) * 1000

    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        took = sorted(pool.map(timed, things))
        elapsed = time.perf_counter() - started
    return {
        "per_s": round(len(took) / elapsed, 1),
        "p50_ms": round(statistics.median(took), 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
    }


def run(claims: int, threads: int) -> dict[str, Any]:
    """Floor, accepts and calls on a cluster of this run alone; the answers are checked before they count."""
    with private_cluster() as info:
        d, s, o = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        # three guards are asked per call, and the bench makes two calls per claim; few claims find somebody near, too
        owner = make_engine(info.owner_url, pool_size=1, application="bench-seed")
        with owner.begin() as connection:
            for statement in _SEED.strip().rstrip(";").split(";\n"):
                connection.execute(text(statement), {"d": d, "s": s, "o": o, "n": max(1000, claims * 12), "at": START})
        owner.dispose()
        engine = make_engine(info.app_url, pool_size=threads, application="bench")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        town = Town(make_session_factory(engine), s, d)
        measure(threads, town.bare, range(claims, 2 * claims))
        floor = measure(threads, town.bare, range(claims))
        offers = [town.call(n)[0] for n in range(claims)]
        accepts = measure(threads, lambda offer: town.accept(*offer), offers)
        calls = measure(threads, town.call_to_claim, range(claims))
        with town.factory() as session:
            broken = list_violations(session)
            claimed = session.execute(
                text("SELECT count(*) FROM orders WHERE mode = 'offer' AND state = 'accepted'")
            ).scalar_one()
        engine.dispose()
    assert broken == [], broken
    assert claimed == 2 * claims, claimed
    return {
        "bench": "claim",
        "claims": claims,
        "threads": threads,
        "floor": floor,
        "accept": accepts,
        "call_to_claim": calls,
        "accept_ratio_p50": round(accepts["p50_ms"] / floor["p50_ms"], 1),
        "accept_ratio_rate": round(accepts["per_s"] / floor["per_s"], 3),
        "call_ratio_p50": round(calls["p50_ms"] / floor["p50_ms"], 1),
    }


def show(found: dict[str, Any]) -> str:
    """The table."""
    floor = found["floor"]["p50_ms"]
    rows = (("bare INSERT, partial unique index", "floor"), ("accept", "accept"), ("call to claim", "call_to_claim"))
    lines = [(label, *found[key].values(), round(found[key]["p50_ms"] / floor, 1)) for label, key in rows]
    return table(("what", "per s", "p50 ms", "p99 ms", "p50 / floor"), lines)
