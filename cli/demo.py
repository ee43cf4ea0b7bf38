"""``pingan demo``: everything that runs, in a town of simulated people."""

from __future__ import annotations

import json
from typing import Annotated

import typer

#: simulated seconds per second
PACE, PACE_ONCE = 6.0, 30.0


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo")(demo)


def demo(
    once: Annotated[
        bool,
        typer.Option(
            "--once",
            help="One incident through the whole loop, then stop; the last line of the output is a JSON object."
            " Exit 0 only if the incident was closed. Needs no terminal.",
        ),
    ] = False,
    pace: Annotated[
        float | None,
        typer.Option(
            min=1,
            max=40,
            help=f"Simulated seconds per second: how fast people walk, drive and work"
            f" [default: {PACE:.0f}, with --once {PACE_ONCE:.0f}]. Reading and deciding always take real seconds.",
        ),
    ] = None,
    every: Annotated[float, typer.Option(min=5, help="Seconds between two calls at one station.")] = 45.0,
    seed: Annotated[
        int | None, typer.Option(help="Makes characters and incidents repeatable [default: another one each time].")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the server; default: PINGAN_PORT or the next free.")] = None,
) -> None:
    """Start the database, the server, the worker and a demo town of 82 simulated responders. Ctrl-C stops it all."""
    import random

    from cli.console import say
    from cli.running import running_demo
    from simulation.people.town import make_town

    town = make_town()
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    speed = pace or (PACE_ONCE if once else PACE)
    if not once:
        build_pages()
    with running_demo(town, port=port) as running:
        say(f"seed {seed}, pace {speed:g}: people walk, drive and work {speed:g} times as fast as in life")
        if not once:
            from cli.showing import show

            show(running, town, seed=seed, pace=speed, every_s=every)
            return
        from simulation.people.behaviour import RELIABLE
        from simulation.people.once import run_once
        from simulation.people.town import PASSWORD
        from simulation.people.world import World

        world = World(running.base_url, PASSWORD, pace=speed, seed=seed, behaviour=RELIABLE, say=say)
        result = run_once(world, town, say=say)
    print(json.dumps(result, ensure_ascii=False), flush=True)
    raise typer.Exit(0 if result["state"] == "closed" else 1)


def build_pages() -> None:
    """Build the web apps; the demo runs without them where that cannot be done, and says so."""
    from cli.console import CommandFailed, say
    from cli.web_build import ensure_built

    try:
        ensure_built(say)
    except CommandFailed as failed:
        say(f"{failed.detail} The demo runs without new web pages; try again with: ./pingan web build")
