"""Many moving people on many screens: our live positions beside a bare broadcast of the very same bytes.

A server process of ours over a private cluster; a program that writes every responder's fix once a second through the
real flush; a program that holds the consoles. Then ``websockets.broadcast`` in a process of its own sends the same
frames to as many plain sockets, read by the same program. CPU is that of the serving process alone. The age of a
position is from its measurement to the moment when a console has the parsed frame, on a few consoles that parse; the
others only take the bytes, so that the reading does not use up the machine. Then one console stops reading.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benches.district import DATA_KEY, TOKEN_KEY, District, make_district
from benches.ground import private_cluster
from benches.programs import Talker, free_port, program
from benches.report import in_ms, table
from kit.database import make_engine

#: after everybody has begun to get positions
SETTLE_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``parsing``: of the consoles, those that parse what they get and so know its age."""

    consoles: int
    responders: int
    seconds: float
    parsing: int = 3


@dataclass(frozen=True)
class Measured:
    """Of the consoles together, over ``seconds``."""

    seconds: float
    bytes: int
    cpu_s: float
    ages_s: list[float]
    closed: int = 0


def run(plan: Plan) -> dict[str, Any]:
    """Ours, the same with a console that does not read, and the bare broadcast; in one run."""
    with private_cluster() as info:
        engine = make_engine(info.owner_url, pool_size=1, application="bench")
        at = datetime.now(UTC)
        district = make_district(engine, stations=1, guards=plan.responders, patrols=0, at=at - timedelta(minutes=1))
        engine.dispose()
        port = free_port()
        environment = {
            "PINGAN_DATABASE_URL": info.app_url,
            "PINGAN_OWNER_DATABASE_URL": info.owner_url,
            "PINGAN_TOKEN_KEY": TOKEN_KEY,
            "PINGAN_DATA_KEY": DATA_KEY,
            "PINGAN_LOG_LEVEL": "ERROR",
        }
        with program("cli", "serve", "--port", str(port), port=port, env=environment):
            ours, stalled, frames = _measure_ours(plan, info.app_url, district, port)
    with _bare(frames) as port:
        bare = _measure_bare(plan, port)
    return _figures(plan, ours, stalled, bare)


def _measure_ours(plan: Plan, app_url: str, district: District, port: int) -> tuple[Measured, Measured, list[str]]:
    token = district.dispatchers[0].token
    told = {"server": f"http://127.0.0.1:{port}", "token": token, "consoles": plan.consoles, "parsing": plan.parsing}
    with _talking("benches.fanout_consoles", told) as consoles, _talking("benches.fanout_feeder", app_url) as feeder:
        feeder.tell("go")
        _settle(consoles)
        ours = _take(consoles, plan.seconds, port)
        consoles.tell("keep")
        frames: list[str] = consoles.hear()
        consoles.tell("stall")
        consoles.hear()
        stalled = _take(consoles, max(plan.seconds, 6.0), port)
    return ours, stalled, frames


def _measure_bare(plan: Plan, port: int) -> Measured:
    told = {"server": f"ws://127.0.0.1:{port}", "token": None, "consoles": plan.consoles, "parsing": plan.parsing}
    with _talking("benches.fanout_consoles", told) as consoles:
        _settle(consoles)
        return _take(consoles, plan.seconds, port)


def _settle(consoles: Talker) -> None:
    consoles.tell("settle")
    consoles.hear()
    time.sleep(SETTLE_S)


def _take(consoles: Talker, seconds: float, port: int) -> Measured:
    consoles.tell("begin")
    before, began = cpu_s(port), time.monotonic()
    time.sleep(seconds)
    took, used = time.monotonic() - began, cpu_s(port) - before
    consoles.tell("end")
    found = consoles.hear()
    return Measured(took, found["bytes"], used, found["ages_s"], found["closed"])


def cpu_s(port: int) -> float:
    """User and system time of the process that listens there."""
    pid = _listener(port)
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _listener(port: int) -> int:
    wanted = f":{port:04X} 00000000:0000 0A"
    with open("/proc/net/tcp") as file:
        inode = next(line.split()[9] for line in file if wanted in line)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            continue
        if f"socket:[{inode}]" in links:
            return int(pid)
    raise RuntimeError("nobody listens there")


@contextmanager
def _bare(frames: list[str]) -> Iterator[int]:
    port = free_port()
    with _talking("benches.fanout_floor", {"port": port, "frames": frames}):
        yield port


@contextmanager
def _talking(module: str, told: Any) -> Iterator[Talker]:
    talker = Talker(module)
    try:
        talker.tell(told)
        talker.hear()
        yield talker
    finally:
        talker.end()


def _figures(plan: Plan, ours: Measured, stalled: Measured, bare: Measured) -> dict[str, Any]:
    def cpu(one: Measured, consoles: int) -> float:
        return round(one.cpu_s / one.seconds / consoles * 1000, 2)

    readers = plan.consoles - 1
    return {
        "bench": "fanout",
        "consoles": plan.consoles,
        "responders": plan.responders,
        "age_p50_ms": in_ms(ours.ages_s, 50),
        "age_p99_ms": in_ms(ours.ages_s, 99),
        "cpu_ratio": round(ours.cpu_s / ours.seconds / (bare.cpu_s / bare.seconds), 2) if bare.cpu_s else None,
        "cpu_ms_per_console_s": cpu(ours, plan.consoles),
        "bare_cpu_ms_per_console_s": cpu(bare, plan.consoles),
        "bytes_per_console_s": round(ours.bytes / ours.seconds / plan.consoles),
        "bare_bytes_per_console_s": round(bare.bytes / bare.seconds / plan.consoles),
        "stalled_age_p99_ms": in_ms(stalled.ages_s, 99),
        "stalled_bytes_per_console_s": round(stalled.bytes / stalled.seconds / max(readers, 1)),
        "stalled_others_closed": stalled.closed,
    }


def show(found: dict[str, Any]) -> str:
    """The table."""
    ours = ("ours", found["age_p99_ms"], found["bytes_per_console_s"], found["cpu_ms_per_console_s"])
    stalled = ("ours, one console stalled", found["stalled_age_p99_ms"], found["stalled_bytes_per_console_s"], None)
    bare = ("bare websockets.broadcast", None, found["bare_bytes_per_console_s"], found["bare_cpu_ms_per_console_s"])
    return table(("what", "age p99 ms", "bytes/console·s", "CPU ms/console·s"), [ours, stalled, bare])
