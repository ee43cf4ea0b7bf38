"""A district for measuring in: stations side by side, each with a dispatcher, guards and patrol cars on duty."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from dispatch.sessions.authentication import make_access_token
from geo.crs import Position
from kit.database import make_session_factory
from kit.ids import new_id

TOKEN_KEY, DATA_KEY = "11" * 32, "22" * 32
#: of a station's area, in degrees: about four kilometres
SIDE = 0.04
WEST, SOUTH = 121.30, 30.95
SCENARIO = "bench"
SPEC: dict[str, Any] = {
    "need": [
        {"kind": "patrol_unit", "mode": "command", "needed": 1, "skills": [], "alert_factor": 1.0, "radius_m": 5000,
         "receipt_s": 20, "accept_s": 60, "instruction": None},
        {"kind": "guard", "mode": "offer", "needed": 1, "skills": [], "alert_factor": 2.0, "radius_m": 1500,
         "receipt_s": 20, "accept_s": 60, "instruction": None},
    ],
    "instruction": "请到现场协助警戒。", "allowed_verbs": ["cordon"], "checklist": [], "photo_required": False,
    "stand_off_m": 0, "match": {"categories": [], "types": []},
}  # fmt: skip
_PLACES = """
INSERT INTO districts (id, name, created_at) VALUES (:d, '测速分局', :at);
INSERT INTO stations (id, district_id, name, code, created_at)
    SELECT id, :d, '测速' || n || '所', 'bench-' || n, :at
    FROM unnest(CAST(:stations AS uuid[])) WITH ORDINALITY AS s (id, n);
INSERT INTO organizations (id, district_id, station_id, name, kind, created_at)
    SELECT gen_random_uuid(), :d, id, '测速保安公司', 'security_company', :at
    FROM unnest(CAST(:stations AS uuid[])) AS s (id);
INSERT INTO scenarios (id, station_id, key, version, name, spec, current, made_at)
    SELECT gen_random_uuid(), id, 'bench', 1, '测速', CAST(:spec AS jsonb), true, :at
    FROM unnest(CAST(:stations AS uuid[])) AS s (id)
"""
_PEOPLE = """
INSERT INTO accounts (id, role, district_id, station_id, organization_id, name, badge_no, created_at)
    SELECT p.account_id, p.role, :d, p.station_id,
           CASE WHEN p.role = 'guard' THEN o.id END, '测速' || n, 'bench' || n, :at
    FROM {people} JOIN organizations o ON o.station_id = p.station_id;
INSERT INTO devices (id, account_id, kind, name, registered_at, reachable_at)
    SELECT gen_random_uuid(), account_id, 'android', 'bench', :at, :at FROM {people};
INSERT INTO sessions (id, account_id, device_id, refresh_hash, started_at, refreshed_at, expires_at)
    SELECT p.session_id, p.account_id, d.id, decode(md5(p.session_id::text), 'hex'), :at, :at,
           CAST(:at AS timestamptz) + interval '30 days'
    FROM {people} JOIN devices d ON d.account_id = p.account_id;
INSERT INTO responders (id, kind, district_id, station_id, organization_id, account_id, name, mobility, crew,
                        created_at)
    SELECT gen_random_uuid(), CASE WHEN p.role = 'guard' THEN 'guard' ELSE 'patrol_unit' END, :d, p.station_id, o.id,
           p.account_id, '测速' || n, CASE WHEN p.role = 'guard' THEN NULL ELSE 'car' END,
           CASE WHEN p.role = 'guard' THEN NULL ELSE 2 END, :at
    FROM {people} JOIN organizations o ON o.station_id = p.station_id WHERE p.role <> 'dispatcher';
INSERT INTO responder_index (responder_id, kind, district_id, station_id, organization_id, on_duty, position,
                             captured_at, received_at, accuracy_m)
    SELECT r.id, r.kind, r.district_id, r.station_id, r.organization_id, true,
           ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326), :at, :at, 10
    FROM {people} JOIN responders r ON r.account_id = p.account_id;
INSERT INTO duties (id, responder_id, station_id, started_at, planned_end)
    SELECT gen_random_uuid(), id, station_id, :at, CAST(:at AS timestamptz) + interval '12 hours' FROM responders
""".replace(
    "{people}",
    "unnest(CAST(:accounts AS uuid[]), CAST(:sessions AS uuid[]), CAST(:roles AS text[]), CAST(:homes AS uuid[]),"
    " CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY"
    " AS p (account_id, session_id, role, station_id, lon, lat, n)",
)


@dataclass(frozen=True)
class Person:
    """Somebody with a phone."""

    account_id: uuid.UUID
    session_id: uuid.UUID
    station_id: uuid.UUID
    role: str
    position: Position
    token: str


@dataclass
class District:
    """Who is there."""

    id: uuid.UUID
    stations: list[uuid.UUID]
    dispatchers: list[Person] = field(default_factory=list)
    #: guards and officers
    phones: list[Person] = field(default_factory=list)

    def pick_place(self, chance: random.Random) -> tuple[int, Position]:
        """Where something happens, and the number of the station that it belongs to."""
        n = chance.randrange(len(self.stations))
        return n, _somewhere(n, chance)


def make_district(engine: Engine, *, stations: int, guards: int, patrols: int, at: datetime, seed: int = 0) -> District:
    """Rows for all of them, by an owner's ``engine``; guards and patrols are spread evenly over the stations."""
    chance = random.Random(seed)
    district = District(new_id(), [new_id() for _ in range(stations)])
    wanted = [
        *((n, "dispatcher") for n in range(stations)),
        *((n % stations, "guard") for n in range(guards)),
        *((n % stations, "officer") for n in range(patrols)),
    ]
    for n, role in wanted:
        account_id, session_id = new_id(), new_id()
        token = make_access_token(account_id=account_id, session_id=session_id, at=at, key=TOKEN_KEY, lifetime_s=7200)
        person = Person(account_id, session_id, district.stations[n], role, _somewhere(n, chance), token)
        (district.dispatchers if role == "dispatcher" else district.phones).append(person)
    everybody = [*district.dispatchers, *district.phones]
    values = {
        "d": district.id,
        "at": at,
        "stations": district.stations,
        "accounts": [p.account_id for p in everybody],
        "sessions": [p.session_id for p in everybody],
        "roles": [p.role for p in everybody],
        "homes": [p.station_id for p in everybody],
        "lons": [p.position.lon for p in everybody],
        "lats": [p.position.lat for p in everybody],
        "spec": json.dumps(SPEC, ensure_ascii=False),
    }
    with make_session_factory(engine)() as session:
        for statement in f"{_PLACES};{_PEOPLE}".split(";"):
            session.execute(text(statement), values)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return district


def _somewhere(n: int, chance: random.Random) -> Position:
    column, row = n % 4, n // 4
    return Position(
        round(WEST + (column + 0.05 + 0.9 * chance.random()) * SIDE, 6),
        round(SOUTH + (row + 0.05 + 0.9 * chance.random()) * SIDE, 6),
    )
