"""Incident → order committed → order frame at the phone, beside the floor in the same run.

Ours: POST …/dispatch over HTTP until the phone of the guard who was chosen has the frame with his order: login
checked, incident locked, a patrol car and a guard found and ranked among hundreds, their orders, milestones, record,
outbox and feed written, one commit, tail, socket. Floor: a frame to a bare WebSocket server, INSERT and NOTIFY
committed, LISTEN, a frame back. Both open loop at the same rate, in turns, one server process each, on a private
durable cluster. ``post`` is the time until the command itself was answered. Read the ratios.

Run: .venv/bin/python -m benches.chain [--incidents 100] [--rate 10] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import text
from websockets.asyncio.client import connect

from benches.ground import private_cluster
from kit.database import make_engine, make_session_factory
from pingan_client import LiveClient, PinganClient
from tests.support.orders import a_spec, make_incident, make_scene
from tests.support.people import DATA_KEY, TOKEN_KEY, Login

LOST_AFTER_S = 10.0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _program(*arguments: str, port: int, env: dict[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", *arguments], env={**os.environ, **(env or {})})
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


async def _at_rate(rate: float, number: int, send: Callable[[int], Coroutine[Any, Any, None]]) -> None:
    """Open loop: each is sent when its time has come, whether or not those before have been answered."""
    started = time.perf_counter()
    tasks: list[asyncio.Task[None]] = []
    for n in range(number):
        await asyncio.sleep(max(0.0, started + n / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(send(n)))
    await asyncio.gather(*tasks)


async def measure_chain(
    base_url: str, room: Login, guards: list[Login], incidents: list[str], rate: float
) -> tuple[list[float], list[float]]:
    """Seconds for each incident whose order came, and for each command; every guard's phone is connected."""
    posts: list[float] = []
    sent: dict[str, float] = {}
    took: dict[str, float] = {}

    def take(frame: dict[str, Any]) -> None:
        for event in frame.get("events", []):
            if event["entity"] == "order" and event["value"] and event["value"]["incident_id"] in sent:
                took.setdefault(
                    event["value"]["incident_id"], time.perf_counter() - sent[event["value"]["incident_id"]]
                )

    async with AsyncExitStack() as stack:
        for login in guards:
            client = await stack.enter_async_context(PinganClient(base_url, token=login.token))
            await stack.enter_async_context(LiveClient(client, on_frame=take))
        command = await stack.enter_async_context(PinganClient(base_url, token=room.token))

        async def send(n: int) -> None:
            sent[incidents[n]] = time.perf_counter()
            await command.post(f"/api/v1/incidents/{incidents[n]}/dispatch", {})
            posts.append(time.perf_counter() - sent[incidents[n]])

        await _at_rate(rate, len(incidents), send)
        deadline = time.monotonic() + LOST_AFTER_S
        while len(took) < len(incidents) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
    return list(took.values()), posts


async def measure_floor(port: int, number: int, rate: float) -> list[float]:
    """Seconds for each bare round."""
    sent: dict[str, float] = {}
    took: list[float] = []
    async with connect(f"ws://127.0.0.1:{port}", compression=None, proxy=None) as wire:

        async def listen() -> None:
            while len(took) < number:
                key = str(await wire.recv())
                took.append(time.perf_counter() - sent[key])

        async def send(n: int) -> None:
            sent[str(n)] = time.perf_counter()
            await wire.send(str(n))

        listening = asyncio.create_task(listen())
        await _at_rate(rate, number, send)
        await asyncio.wait_for(listening, LOST_AFTER_S)
    return took


def run(incidents: int, rate: float) -> dict[str, Any]:
    """Set up, measure, clean up."""
    with private_cluster() as info:
        owner = make_engine(info.owner_url, pool_size=1)
        with owner.begin() as connection:
            connection.execute(text("CREATE TABLE bare (id bigserial PRIMARY KEY, key text NOT NULL)"))
            connection.execute(text("GRANT ALL ON bare TO pingan_app"))
            connection.execute(text("GRANT ALL ON bare_id_seq TO pingan_app"))
        owner.dispose()
        engine = make_engine(info.app_url, pool_size=2)
        with make_session_factory(engine)() as session:
            scene = make_scene(session, guards=incidents + 20, police=incidents + 5, step_m=3, at=datetime.now(UTC))
            calls = [make_incident(session, scene.station, a_spec()) for _ in range(incidents)]
            ids = [str(call.id) for call in calls]
            session.commit()
        engine.dispose()
        api_port, floor_port = _free_port(), _free_port()
        env = {"PINGAN_DATABASE_URL": info.app_url, "PINGAN_TOKEN_KEY": TOKEN_KEY, "PINGAN_DATA_KEY": DATA_KEY,
               "PINGAN_LOG_LEVEL": "WARNING"}  # fmt: skip
        server = ("uvicorn", "api.process:make_app", "--factory", "--port", str(api_port),
                  "--ws", "websockets-sansio", "--no-access-log", "--log-level", "warning")  # fmt: skip
        dsn = info.app_url.replace("postgresql+psycopg2", "postgresql")
        with (
            _program(*server, port=api_port, env=env),
            _program("benches.chain_floor", dsn, str(floor_port), port=floor_port),
        ):
            base_url = f"http://127.0.0.1:{api_port}"
            httpx.get(f"{base_url}/health/ready").raise_for_status()
            asyncio.run(measure_floor(floor_port, 20, rate))
            floor = asyncio.run(measure_floor(floor_port, incidents, rate))
            ours, posts = asyncio.run(measure_chain(base_url, scene.dispatcher, scene.guards, ids, rate))
            floor += asyncio.run(measure_floor(floor_port, incidents, rate))
        return {
            "bench": "chain",
            "rate": rate,
            "phones": len(scene.guards),
            "sent": incidents,
            "lost": incidents - len(ours),
            **_figures("", ours),
            **_figures("post_", posts),
            **_figures("floor_", floor),
            "ratio_p50": round(_p(ours, 50) / _p(floor, 50), 2),
            "ratio_p99": round(_p(ours, 99) / _p(floor, 99), 2),
        }


def _p(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def _figures(name: str, seconds: list[float]) -> dict[str, float]:
    return {f"{name}p{p}_ms": round(_p(seconds, p) * 1000, 2) for p in (50, 99)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=100)
    parser.add_argument("--rate", type=float, default=10.0, help="incidents a second")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    given = parser.parse_args()
    figures = run(given.incidents, given.rate)
    for name, value in figures.items():
        print(f"{name:>14}  {value}")
    if given.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
