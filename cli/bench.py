"""``pingan bench``: how fast it is, each time beside a floor or a peer in the same run."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from cli.console import CommandFailed

Json = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    benches = typer.Typer(
        help="How fast it is, beside a floor or a peer in the same run, on a database of its own.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for name, verb in (
        ("push", push),
        ("claim", claim),
        ("positions", positions),
        ("ingest", ingest),
        ("nearest", nearest),
        ("match", match),
        ("fanout", fanout),
        ("map", map_),
        ("roads", roads),
        ("road-ranks", road_ranks),
    ):
        benches.command(name)(verb)
    app.add_typer(benches, name="bench")


def push(
    rates: Annotated[str, typer.Option(help="Calls a second, one run each.")] = "5,20,50",
    seconds: Annotated[float, typer.Option(min=1, help="How long each rate is kept up.")] = 20,
    phones: Annotated[int, typer.Option(min=40, help="Phones that are connected.")] = 2000,
    processes: Annotated[int, typer.Option(min=1, help="Server processes.")] = 2,
    as_json: Json = False,
) -> None:
    """From the call to the order on the phone, beside a bare claim and a bare socket."""
    from benches import push as bench

    try:
        wanted = tuple(float(rate) for rate in rates.split(","))
    except ValueError:
        raise CommandFailed("--rates takes numbers with commas between them, for example 5,20,50.") from None
    plan = bench.Plan(rates=wanted, seconds=seconds, phones=phones, processes=processes)
    _print(bench, bench.run(plan), as_json)


def claim(
    claims: Annotated[int, typer.Option(min=1, help="Acceptances, and as many calls.")] = 400,
    threads: Annotated[int, typer.Option(min=1, help="At the same time.")] = 4,
    as_json: Json = False,
) -> None:
    """Acceptances a second, and a call's way to a durable claim, beside a bare INSERT."""
    from benches import claim as bench

    _print(bench, bench.run(claims, threads), as_json)


def positions(
    responders: Annotated[int, typer.Option(min=1, help="People on the move.")] = 20_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each is measured.")] = 6,
    as_json: Json = False,
) -> None:
    """Fixes a second through the writer, beside the bare UPDATE that it cannot do without."""
    from benches import positions as bench

    _print(bench, bench.run(responders, seconds), as_json)


def ingest(
    phones: Annotated[int, typer.Option(min=2, help="Phones that are connected.")] = 4500,
    seconds: Annotated[float, typer.Option(min=1, help="How long each is measured.")] = 20,
    period_s: Annotated[float, typer.Option(min=0.5, help="Seconds between two fixes of one phone.")] = 0.5,
    processes: Annotated[int, typer.Option(min=1, help="Server processes.")] = 2,
    as_json: Json = False,
) -> None:
    """Single fixes through sockets into the database, beside the bare UPDATE of whole batches."""
    from benches import ingest as bench

    plan = bench.Plan(phones=phones, seconds=seconds, period_s=period_s, processes=processes)
    _print(bench, bench.run(plan), as_json)


def nearest(
    sizes: Annotated[str, typer.Option(help="How many people there are, one run each.")] = "10000,100000,1000000",
    k: Annotated[int, typer.Option(min=1, max=100, help="How many are asked for.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each is measured.")] = 5,
    as_json: Json = False,
) -> None:
    """The nearest free guards, beside the same search as raw SQL and Redis GEOSEARCH."""
    from benches import nearest as bench

    example = "--sizes takes whole numbers from 1000 with commas between them, for example 10000,100000."
    try:
        wanted = tuple(int(size) for size in sizes.split(","))
    except ValueError:
        raise CommandFailed(example) from None
    if min(wanted) < 1000:
        raise CommandFailed(example)
    _print(bench, bench.run(wanted, k, seconds), as_json)


def fanout(
    consoles: Annotated[int, typer.Option(min=2, help="Screens that show everybody.")] = 50,
    responders: Annotated[int, typer.Option(min=1, help="People who move once a second.")] = 5000,
    seconds: Annotated[float, typer.Option(min=1, help="How long each is measured.")] = 20,
    parsing: Annotated[int, typer.Option(min=1, help="Consoles that parse what they get, and know its age.")] = 3,
    as_json: Json = False,
) -> None:
    """Everybody's position on every console, beside a bare broadcast of the same bytes; then with one that stalls."""
    from benches import fanout as bench

    plan = bench.Plan(consoles=consoles, responders=responders, seconds=seconds, parsing=min(parsing, consoles - 1))
    _print(bench, bench.run(plan), as_json)


def map_(
    responders: Annotated[int, typer.Option(min=1, help="People on the map.")] = 5000,
    seconds: Annotated[float, typer.Option(min=0.5, help="How long each is measured.")] = 10,
    as_json: Json = False,
) -> None:
    """Frames a second of the console in Chromium with everybody moving, beside nobody moving and bare MapLibre."""
    try:
        from benches import map as bench
    except ModuleNotFoundError:
        raise CommandFailed("This bench drives a browser and needs playwright, which ./pingan test installs.") from None
    _print(bench, bench.run(bench.Plan(responders=responders, seconds=seconds)), as_json)


def roads(
    crossings: Annotated[int, typer.Option(min=100, help="Size of the invented city.")] = 250_000,
    responders: Annotated[int, typer.Option(min=1, help="People around each incident.")] = 100,
    rounds: Annotated[int, typer.Option(min=4, help="Incidents.")] = 200,
    radius_m: Annotated[float, typer.Option(min=100, help="How far the people are away at most.")] = 4500,
    limit_s: Annotated[float, typer.Option(min=60, help="Farther ways are not looked for.")] = 900,
    osrm_python: Annotated[
        str | None, typer.Option(help="A Python of 3.12 or newer that has osrm-bindings; default: this one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Times of many to one place by road, beside SciPy's bare search, pgRouting and OSRM."""
    from benches import roads as bench

    _print(bench, bench.run(crossings, responders, rounds, radius_m, limit_s, osrm_python), as_json)


def match(
    responders: Annotated[int, typer.Option(min=10, help="People on duty.")] = 20_000,
    crossings: Annotated[int, typer.Option(min=100, help="Size of the invented city.")] = 250_000,
    requests: Annotated[int, typer.Option(min=3, help="Incidents, one after another.")] = 300,
    incidents: Annotated[int, typer.Option(min=1, help="Incidents at once.")] = 1000,
    joint_responders: Annotated[int, typer.Option(min=1, help="People for all of these.")] = 10_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often the joint choice is timed.")] = 20,
    as_json: Json = False,
) -> None:
    """One incident from the request to a stored recommendation; a thousand jointly, beside the dense optimum."""
    from benches import match as bench

    plan = bench.Plan(
        crossings=crossings,
        responders=responders,
        requests=requests,
        incidents=incidents,
        joint_responders=joint_responders,
        joint_rounds=rounds,
    )
    _print(bench, bench.run(plan), as_json)


def road_ranks(
    file: Annotated[Path, typer.Argument(help="An extract of OpenStreetMap.", exists=True, dir_okay=False)],
    incidents: Annotated[int, typer.Option(min=1, help="Places drawn at random.")] = 200,
    people: Annotated[int, typer.Option(min=10, help="People drawn at random for each.")] = 40,
    as_json: Json = False,
) -> None:
    """Whether we and pgRouting name the same people first, on real streets."""
    from benches import road_ranks as bench

    _print(bench, bench.run(file, incidents, people), as_json)


def _print(bench: ModuleType, found: dict[str, Any], as_json: bool) -> None:
    from benches.report import last_line

    print(bench.show(found))
    if as_json:
        print(last_line(found))
