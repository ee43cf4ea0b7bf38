"""``pingan replay``: past calls once more, through the running system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

#: simulated seconds per second
PACE = 30.0


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("replay")(replay)


def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file of calls.")],
    columns: Annotated[
        str | None,
        typer.Option(
            help="Names of the columns in their order, for a file without a header: lat,lon,type,time and, if there"
            " are such, address,township,number,level,summary,phone; - for a column that is not read."
        ),
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of times that do not say one.")] = "Asia/Shanghai",
    crs: Annotated[str, typer.Option(help="Datum of the coordinates: wgs84, gcj02 or bd09.")] = "wgs84",
    limit: Annotated[int, typer.Option(min=1, max=5000, help="How many calls.")] = 200,
    speed: Annotated[
        float | None,
        typer.Option(min=1, help="Take the calls at the times of the file, so many times as fast."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, max=200, help="Without --speed: how many incidents are open at any time.")
    ] = 32,
    responders: Annotated[int, typer.Option(min=10, max=2000, help="People generated around the calls.")] = 300,
    accept: Annotated[float, typer.Option(min=0, max=1, help="Share of helpers who say yes.")] = 0.7,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people and characters.")] = 0,
    pace: Annotated[
        float, typer.Option(min=1, max=40, help="How many times as fast as in life people move and work.")
    ] = PACE,
    server: Annotated[
        str | None,
        typer.Option(help="A server that runs over this installation's database; default: one of its own."),
    ] = None,
    what_if: Annotated[
        bool,
        typer.Option(
            "--what-if", help="No server: compare policies of asking on all these calls, in a simulated city."
        ),
    ] = False,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="With --what-if, several times: ours:target=0.9, nearest, several:k=5."),
    ] = None,
    streets: Annotated[
        str, typer.Option(help="With --what-if: straight, invented, or a file of OpenStreetMap.")
    ] = "straight",
    township: Annotated[str | None, typer.Option(help="With --what-if: only calls whose township is this.")] = None,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="With --what-if: the calls so many times over.")] = 1,
    warm_up: Annotated[
        float, typer.Option(min=0, max=0.9, help="With --what-if: share of the first calls only learned from.")
    ] = 0.0,
    target: Annotated[float, typer.Option(min=10, max=3600, help="With --what-if: seconds in time.")] = 480.0,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="With --what-if: folder for result.csv and result.png.")
    ] = None,
) -> None:
    """Play past calls through a running server, with generated responders and simulated people who answer.

    The calls are marked as replays and the people as demonstrations: statistics leave them out. Prints a table,
    and as its last line a JSON object. Intervals are in seconds by the wall clock, from measured milestones
    only: people read and decide in real seconds, but move and work `--pace` times as fast as in life.

    With --what-if nothing runs but the decisions, under a virtual clock (docs/simulation.md).
    """
    if what_if:
        from cli.simulating import Wish
        from cli.simulating import run as compare

        compare(
            Wish(
                file=file, columns=columns, timezone=timezone, crs=crs, township=township, incidents=0,
                guards=responders, accept=accept, seed=seed, streets=streets, policies=tuple(policy or ()),
                target_s=target, out=out, fitted=False, repeat=repeat, warm_up=warm_up,
            )
        )  # fmt: skip
        return
    from cli.replaying import Plan, run

    run(
        Plan(
            file=file,
            columns=[name.strip() for name in columns.split(",")] if columns else None,
            timezone=timezone,
            crs=crs,
            limit=limit,
            speed=speed,
            concurrency=concurrency,
            responders=responders,
            accept=accept,
            seed=seed,
            pace=pace,
            server=server,
        )
    )
