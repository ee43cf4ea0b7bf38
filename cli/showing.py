"""The demo that goes on: addresses, logins, and a line for everything that happens."""

from __future__ import annotations

import asyncio

from cli.console import say
from cli.running import Running
from pingan_client import LiveClient, PinganClient, Refused, Unreachable
from simulation.people.announcer import Announcer
from simulation.people.crowd import staff
from simulation.people.town import PASSWORD, Town

_ROLES = {
    "dispatcher": "值班员",
    "leader": "所长",
    "officer": "民警",
    "guard": "保安员",
    "keeper": "平安屋负责人",
    "company_manager": "单位管理员",
    "district_admin": "分局管理员",
}


def show(running: Running, town: Town, *, seed: int, pace: float, every_s: float) -> None:
    """Start the people, print what one can do, report what happens until Ctrl-C."""
    running.supervisor.start_module(
        "people", "simulation.people",
        "--base-url", running.base_url, "--seed", str(seed), "--pace", str(pace), "--every", str(every_s),
    )  # fmt: skip
    print(_welcome(running, town), flush=True)
    say(f"{len(town.responders)} people log in and go on duty; the first call comes within a minute or two")
    try:
        asyncio.run(_watch(running, town))
    except KeyboardInterrupt:
        say("stopping")


def _welcome(running: Running, town: Town) -> str:
    lines = [
        "",
        f"  指挥室    {running.base_url}/console/",
        f"  手机端    {running.base_url}/guard/",
        f"  所长      {running.base_url}/station/",
        f"  API       {running.base_url}/api/v1",
        f"  OpenAPI   {running.base_url}/api/v1/openapi.json",
        f"  logs      {running.settings.home / 'logs'}",
        "",
        "  Log in as any of these, on a desk or a phone; the simulated people react to whatever you do.",
        "",
        f"  every password is {PASSWORD}",
    ]
    shown: set[tuple[str, str | None]] = set()
    for person in town.people:
        # the first of each role at each station; of the dispatchers the second, the first one is simulated
        if person.role == "dispatcher" and person.badge_no.endswith("1"):
            continue
        if (person.role, person.station) not in shown:
            shown.add((person.role, person.station))
            station = next((s.name for s in town.stations if s.code == person.station), town.district)
            lines.append(f"    {person.badge_no:<7}{_ROLES[person.role]:　<7}{person.name:　<9}{station}")
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])


async def _watch(running: Running, town: Town) -> None:
    """Lines from the screens of each station's second dispatcher, as long as everything runs."""
    watchers = [asyncio.create_task(_announce(running, staff(town, "dispatcher", s.code)[1])) for s in town.stations]
    try:
        while True:
            running.supervisor.check()
            await asyncio.sleep(0.5)
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _announce(running: Running, badge_no: str) -> None:
    while True:
        try:
            async with PinganClient(running.base_url) as client:
                await client.login(badge_no, PASSWORD, device_name="演示播报")
                announcer = Announcer(say)
                live = LiveClient(client, on_change=announcer.hear, acknowledge=False)
                live.start()
                await live.wait_for(lambda _: False, timeout_s=86_400)
        except (Refused, Unreachable, TimeoutError):
            await asyncio.sleep(5)
