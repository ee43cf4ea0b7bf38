"""A call is taken → the order stands on the phones of those who are to go, while two thousand phones report.

Ours: ``POST /api/v1/incidents`` with ``dispatch``: login and key checked, incident written, the nearest patrol car
and two guards found and ranked, claimed, their orders, milestones, record, recommendations, outbox and feed written,
one commit; tail, socket, frame. Server and worker run as ``./pingan serve`` and ``worker`` do, on a durable cluster.
Floor: a statement that claims the nearest three free ones of a bare table, one commit, NOTIFY, a bare frame each.
Both have the same phones connected, each sending its position every ten seconds, and both are open loop: calls come
when their time has come, evenly spread with chance, and a phone's time counts from then, not from when the call could
be sent. Between the rates everybody is made free again. Lost is an order whose frame did not reach its own phone
within ten seconds. All of it, the phones too, runs on this one machine: read the ratios.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from websockets.asyncio.client import connect

from benches.district import SCENARIO, District, make_district
from benches.ground import private_cluster
from benches.programs import Talker, free_port, program
from benches.report import in_ms, table
from benches.server import environment, serving
from kit.database import make_engine

STATIONS = 8
PERIOD_S = 10.0
LOST_AFTER_S = 10.0
#: each call asks so many: a patrol car and two guards
PEOPLE = 3
#: programs that hold the phones
GENERATORS = 2
_ATTEMPTS = 10
_BARE = """
CREATE TABLE bare_people (id uuid PRIMARY KEY, position geography(Point, 4326) NOT NULL, free boolean NOT NULL);
CREATE INDEX gx_bare_people ON bare_people USING gist (position) WHERE free;
CREATE TABLE bare_orders (key text PRIMARY KEY, person_id uuid NOT NULL);
INSERT INTO bare_people SELECT r.account_id, i.position, true
    FROM responder_index i JOIN responders r ON r.id = i.responder_id;
GRANT ALL ON bare_people, bare_orders TO pingan_app
"""
_FREE_AGAIN = """
UPDATE bare_people SET free = true;
TRUNCATE incidents CASCADE;
UPDATE responder_index SET engaged = false WHERE engaged
"""
_OWNERS = "SELECT id, account_id FROM orders"
_BARE_OWNERS = "SELECT key, person_id FROM bare_orders"


@dataclass(frozen=True)
class Plan:
    """What is asked of a run."""

    rates: tuple[float, ...] = (5, 20, 50)
    seconds: float = 20
    phones: int = 2000
    processes: int = 2

    def calls_at(self, rate: float) -> int:
        """How many calls come at that rate: at most so many that there are still people to be found at the end."""
        return max(1, min(round(rate * self.seconds), self.phones // 5))


#: sends call ``n`` and says which orders it makes
Send = Callable[[int], Awaitable[Sequence[str]]]


def run(plan: Plan) -> dict[str, Any]:
    """Set up, measure each rate, clean up."""
    with ExitStack() as stack:
        info = stack.enter_context(private_cluster())
        owner = make_engine(info.owner_url, pool_size=1, application="bench")
        stack.callback(owner.dispose)
        patrols = max(STATIONS, plan.phones * 3 // 10)
        district = make_district(
            owner, stations=STATIONS, guards=plan.phones - patrols, patrols=patrols, at=datetime.now(UTC)
        )
        _execute(owner, _BARE)
        dsn = info.app_url.replace("postgresql+psycopg2", "postgresql")
        floor_port = free_port()
        base_url = stack.enter_context(serving(info, plan.processes))
        stack.enter_context(program("cli", "worker", env=environment(info)))
        floor = ("benches.push_floor", dsn, str(floor_port), str(PEOPLE))
        stack.enter_context(program(*floor, port=floor_port))
        ours = Phones(district, base_url, bare=False)
        stack.callback(ours.end)
        bare = Phones(district, f"ws://127.0.0.1:{floor_port}", bare=True)
        stack.callback(bare.end)
        for phones in (ours, bare):
            phones.wait_ready()
        return {
            "bench": "push",
            "phones": len(district.phones),
            "processes": plan.processes,
            "cores": os.cpu_count(),
            "runs": asyncio.run(_measure(plan, owner, district, base_url, floor_port, ours, bare)),
        }


async def _measure(
    plan: Plan, owner: Engine, district: District, base_url: str, floor_port: int, ours: Phones, bare: Phones
) -> list[dict[str, Any]]:
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with (
        httpx.AsyncClient(base_url=base_url, limits=limits, timeout=30) as http,
        connect(f"ws://127.0.0.1:{floor_port}", compression=None, proxy=None) as caller,
    ):
        await caller.send("caller")

        async def call(n: int) -> list[str]:
            station, place = district.pick_place(random.Random(n))
            body = {
                "category": "public_order", "type": "fight", "summary": "路口有人打架", "address": "测速路口",
                "position": {"lon": place.lon, "lat": place.lat, "crs": "wgs84"},
                "station_id": str(district.stations[station]), "scenario_key": SCENARIO, "dispatch": True,
            }  # fmt: skip
            token = district.dispatchers[station].token
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
            answer = await http.post("/api/v1/incidents", json=body, headers=headers)
            return list(answer.raise_for_status().json()["order_ids"])

        async def claim(n: int) -> list[str]:
            _, place = district.pick_place(random.Random(n))
            key = uuid.uuid4().hex
            await caller.send(f"{place.lon} {place.lat} {key}")
            return [f"{key}/{person}" for person in range(1, PEOPLE + 1)]

        # the first calls of a server read catalogues and fill its caches
        await _at_rate(5, 10, claim)
        await _at_rate(5, 10, call)
        runs = []
        for rate in plan.rates:
            number = plan.calls_at(rate)
            floor = await _measure_one(plan, owner, bare, rate, number, claim, _BARE_OWNERS)
            found = await _measure_one(plan, owner, ours, rate, number, call, _OWNERS)
            runs.append(_figures(rate, found, floor))
        return runs


@dataclass(frozen=True)
class Found:
    """Seconds of the orders that came, and how many were sent and lost."""

    seconds: list[float]
    sent: int

    @property
    def lost(self) -> int:
        return self.sent - len(self.seconds)


async def _measure_one(
    plan: Plan, owner: Engine, phones: Phones, rate: float, number: int, send: Send, owners: str
) -> Found:
    _execute(owner, _FREE_AGAIN)
    phones.tell("report")
    # until everybody has said where he is, so that the load is even
    await asyncio.sleep(min(PERIOD_S, plan.seconds))
    phones.take()
    due = await _at_rate(rate, number, send)
    came: dict[str, tuple[str, float]] = {}
    deadline = time.monotonic() + LOST_AFTER_S
    while not due.keys() <= came.keys() and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        came |= phones.take()
    phones.tell("rest")
    with owner.connect() as connection:
        whose = {str(order): str(person) for order, person in connection.execute(text(owners))}
    astray = [order for order in due.keys() & came.keys() if came[order][0] != whose[order]]
    if astray:
        raise AssertionError(f"{len(astray)} orders came to a phone that they are not for")
    return Found([came[order][1] - at for order, at in due.items() if order in came], len(due))


async def _at_rate(rate: float, number: int, send: Send) -> dict[str, float]:
    """Open loop: each call is sent when its time has come, whether or not those before have been answered.

    Returns the time at which the call of each order was due, by the monotonic clock.
    """
    chance = random.Random(number)
    started = time.monotonic()
    due: dict[str, float] = {}

    async def one(n: int, at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        due.update(dict.fromkeys(await send(n), at))

    await asyncio.gather(*(one(n, started + (n + chance.random()) / rate) for n in range(number)))
    return due


class Phones:
    """The programs that hold the phones of one kind."""

    def __init__(self, district: District, server: str, *, bare: bool) -> None:
        told = [
            {"id": str(p.account_id), "token": p.token, "lon": p.position.lon, "lat": p.position.lat}
            for p in district.phones
        ]
        self._talkers = [Talker("benches.phones") for _ in range(GENERATORS)]
        for n, talker in enumerate(self._talkers):
            phones = told[n::GENERATORS]
            talker.tell({"server": server, "bare": bare, "period_s": PERIOD_S, "phones": phones})

    def wait_ready(self) -> None:
        """Return when all are connected."""
        for talker in self._talkers:
            talker.hear()

    def tell(self, word: str) -> None:
        """To all of them."""
        for talker in self._talkers:
            talker.tell(word)

    def take(self) -> dict[str, tuple[str, float]]:
        """Order → phone and time, of the frames that came since the last time."""
        self.tell("take")
        heard = [talker.hear() for talker in self._talkers]
        away = sum(answer["away"] for answer in heard)
        if away:
            raise RuntimeError(f"{away} phones lost their connection")
        return {order: (phone, at) for answer in heard for order, (phone, at) in answer["orders"].items()}

    def end(self) -> None:
        """Stop them."""
        for talker in self._talkers:
            talker.end()


def _execute(owner: Engine, statements: str) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            with owner.begin() as connection:
                for statement in statements.split(";"):
                    connection.execute(text(statement))
            return
        except OperationalError:
            # server and worker are at work, and lock in another order than a TRUNCATE
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.5)


def _figures(rate: float, ours: Found, floor: Found) -> dict[str, Any]:
    p99, floor_p99 = in_ms(ours.seconds, 99), in_ms(floor.seconds, 99)
    return {
        "rate": rate,
        "p50_ms": in_ms(ours.seconds, 50),
        "p99_ms": p99,
        "floor_p50_ms": in_ms(floor.seconds, 50),
        "floor_p99_ms": floor_p99,
        "ratio_p99": round(p99 / floor_p99, 2) if p99 and floor_p99 else None,
        "sent": ours.sent,
        "lost": ours.lost,
    }


def show(found: dict[str, Any]) -> str:
    """The table."""
    head = ("calls a second", "p50 ms", "p99 ms", "floor p50", "floor p99", "p99 / floor", "orders", "lost")
    return table(head, [list(one.values()) for one in found["runs"]])
