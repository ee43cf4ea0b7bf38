"""``pingan simulate``: what if others were asked? The decisions themselves, in a simulated city, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("simulate")(simulate)


def simulate(
    calls: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, readable=True, help="CSV of past calls that new ones are like."),
    ] = None,
    station: Annotated[
        str | None, typer.Option(help="Code or name: the station's own newest incidents, guards, log and roads.")
    ] = None,
    columns: Annotated[str | None, typer.Option(help="As for replay: the columns of a file without a header.")] = None,
    timezone: Annotated[str, typer.Option(help="Zone of times that do not say one.")] = "Asia/Shanghai",
    crs: Annotated[str, typer.Option(help="Datum of the coordinates: wgs84, gcj02 or bd09.")] = "wgs84",
    township: Annotated[str | None, typer.Option(help="Only calls whose township is this.")] = None,
    incidents: Annotated[int, typer.Option(min=10, max=100_000, help="How many.")] = 2000,
    guards: Annotated[int, typer.Option(min=4, max=5000, help="Guards generated around the calls.")] = 200,
    accept: Annotated[float, typer.Option(min=0, max=1, help="Mean share of askings that are accepted.")] = 0.6,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 0,
    streets: Annotated[
        str, typer.Option(help="straight, invented, or a file of OpenStreetMap (.osm, .osm.pbf) around the calls.")
    ] = "invented",
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Several times: ours:target=0.9,within=60; nearest; broadcast; several:k=5."),
    ] = None,
    target: Annotated[float, typer.Option(min=10, max=3600, help="Seconds that count as in time.")] = 480.0,
    warm_up: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of the first incidents that are only learned from.")
    ] = 0.0,
    tune: Annotated[
        bool, typer.Option("--tune", help="Propose a scenario's parameters instead; calls of a file as they were.")
    ] = False,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for the CSV and the picture.")] = None,
) -> None:
    """Compare policies of asking on the same simulated incidents.

    Nobody in it exists. Without --calls the town is invented; with it calls are drawn from a process that is fitted
    to the file. To take the calls of a file as they were: pingan replay FILE --what-if. Prints a table.
    """
    from cli.console import CommandFailed
    from cli.simulating import Wish, run

    if calls is not None and station is not None:
        raise CommandFailed("Say either --calls FILE or --station CODE.")

    run(
        Wish(
            file=calls, columns=columns, timezone=timezone, crs=crs, township=township, incidents=incidents,
            guards=guards, accept=accept, seed=seed, streets=streets, policies=tuple(policy or ()), target_s=target,
            out=out, fitted=not tune, tunes=tune, station=station, warm_up=warm_up,
        )
    )  # fmt: skip
