"""The work behind ``pingan replay``: read the calls, make their place, play them, print what came of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.console import CommandFailed, say
from cli.running import prepared_database, running_demo
from dispatch.intake.calls import Call, read_calls
from simulation.people.behaviour import Behaviour
from simulation.people.figures import summarize
from simulation.people.playback import PastCall, Playback, Timing
from simulation.people.replay_town import make_replay_town
from simulation.people.town import PASSWORD, Town
from simulation.people.world import OpenGround, World

_MAX_NAME = 12


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the command line says."""

    file: Path
    columns: list[str] | None
    timezone: str
    crs: str
    limit: int
    speed: float | None
    concurrency: int
    responders: int
    accept: float
    seed: int
    pace: float
    server: str | None


def run(plan: Plan) -> None:
    """All of it; the last line on stdout is the JSON object."""
    calls = [
        _past(call)
        for call in read_calls(plan.file, columns=plan.columns, timezone=plan.timezone, crs=plan.crs, limit=plan.limit)
    ]
    if not calls:
        raise CommandFailed(f"{plan.file} holds no call that can be read.")
    town = make_replay_town(
        [call.position for call in calls], responders=plan.responders, seed=plan.seed, name=plan.file.stem[:_MAX_NAME]
    )
    say(f"{len(calls)} calls; {town.district} with {len(town.responders)} generated responders")
    with _serving(plan.server, town) as base_url:
        began = time.monotonic()
        result = _play(plan, base_url, town, calls)
    result["seconds"] = round(time.monotonic() - began, 1)
    result["pace"] = plan.pace
    print(render(result), flush=True)
    print(json.dumps(result, ensure_ascii=False), flush=True)


def _play(plan: Plan, base_url: str, town: Town, calls: Sequence[PastCall]) -> dict[str, Any]:
    world = World(
        base_url,
        PASSWORD,
        pace=plan.pace,
        seed=plan.seed,
        ground=OpenGround(),
        behaviour=Behaviour(
            accepts=plan.accept,
            ignores=0.04,
            loses_signal=0.02,
            reads_s=(0.5, 1.5),
            decides_s=(0.5, 2.5),
            works_s=(30.0, 120.0),
        ),
        say=say,
    )
    playback = Playback(world, town, say=say)
    timing = Timing(speed=plan.speed, concurrency=plan.concurrency)
    return summarize(asyncio.run(playback.play(calls, timing)))


@contextmanager
def _serving(server: str | None, town: Town) -> Iterator[str]:
    """The address of a server over a database in which the town is."""
    if server is None:
        with running_demo(town) as running:
            yield running.base_url
        return
    with prepared_database(town):
        yield server


def _past(call: Call) -> PastCall:
    address = "，".join(part for part in (call.address, call.township) if part)
    return PastCall(
        category=call.category,
        type=call.type,
        level=call.level,
        summary=f"（回放）{call.summary}",
        address=address,
        position=(round(call.position.lon, 7), round(call.position.lat, 7)),
        called_at=call.called_at,
    )


def render(result: dict[str, Any]) -> str:
    """The table."""
    lines = [
        f"  {'calls':<34}{result['calls']:>8}",
        f"  {'went the whole way (closed)':<34}{result['closed']:>8}",
        f"  {'ended unstaffed':<34}{result['unstaffed']:>8}",
        f"  {'still open':<34}{result['still_open']:>8}",
        f"  {'with an alarm':<34}{result['alarmed']:>8}",
        f"  {'helpers asked per incident':<34}{_or_dash(result['alerts_per_incident']):>8}",
        f"  {'share of answers that were yes':<34}{_or_dash(result['acceptance']):>8}",
        "",
        f"  {'wall seconds, measured only':<34}{'n':>8}{'p50':>9}{'p90':>9}",
    ]
    for name, figures in result["intervals_s"].items():
        lines.append(
            f"  {name.replace('_', ' '):<34}{figures['n']:>8}{_or_dash(figures['p50']):>9}{_or_dash(figures['p90']):>9}"
        )
    return "\n".join(["", *lines, ""])


def _or_dash(number: float | None) -> str:
    return "-" if number is None else f"{number:g}"
