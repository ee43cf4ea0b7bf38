"""``pingan import roads``: streets from OpenStreetMap, in the place of those before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from geo.roads.hours import Hours
    from geo.roads.network import Network
    from geo.roads.osm import Roads
    from geo.roads.service import Imported
    from kit.errors import PinganError

_MAX_FAULTS_SHOWN = 200


def register(group: typer.Typer) -> None:
    """Add the kind to the import group."""
    group.command("roads")(roads)


def roads(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="OpenStreetMap: .osm, .osm.pbf, .osm.gz"),
    ],
    clipped: Annotated[
        bool, typer.Option("--clipped", help="the file ends in the middle of ways: cut them there")
    ] = False,
    hours: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            readable=True,
            help="CSV with means (foot, bicycle, car), day (workday, weekend), hour (0 to 23), factor:"
            " how many times longer a way takes then",
        ),
    ] = None,
    attribution: Annotated[str, typer.Option(help="whose data it is, shown with each map")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="label them as demonstration")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, import nothing")] = False,
) -> None:
    """Import roads, all or nothing. They replace the former ones; running servers take them up by themselves."""
    from cli.console import say
    from geo.roads.errors import HoursFileRefused, RoadsRefused
    from geo.roads.hours import DEFAULT_HOURS, read_hours
    from geo.roads.osm import read_roads
    from geo.roads.service import build

    table: Hours = DEFAULT_HOURS
    with _progress() as progress:
        try:
            if hours is not None:
                table = read_hours(hours.read_bytes())
            found = read_roads(file, clipped=clipped, progress=progress)
        except (RoadsRefused, HoursFileRefused) as refused:
            raise _tell(refused, file if isinstance(refused, RoadsRefused) or hours is None else hours) from refused
    _say_what_was_read(found)
    with _progress() as progress:
        network = build(found, hours=table, progress=progress)
    for name, graph in network.graphs.items():
        off = 1.0 - float(graph.snappable.mean()) if graph.streets else 0.0
        say(f"{name}: {graph.nodes} crossings, {graph.streets} streets, {off:.1%} of them in cut-off corners")
    if not all(graph.streets for graph in network.graphs.values()):
        say("one of the networks is empty: its means are estimated by the straight line")
    if dry_run:
        say(f"would import {len(found.ways)} ways; nothing was written")
        return
    done = _import(found, network, file.name, attribution, demo=demo)
    if done.changed:
        say(f"imported {len(found.ways)} ways as {done.digest[:12]}; running servers use them from now on")
    else:
        say(f"these very roads are the current ones ({done.digest[:12]}); nothing was changed")


def _import(found: Roads, network: Network, source: str, attribution: str, *, demo: bool) -> Imported:
    from cli.installation import require_migrated, running_database
    from geo.roads.service import ATTRIBUTION, import_roads
    from kit.actor import SYSTEM
    from kit.clock import SystemClock
    from kit.database import make_engine, make_session_factory

    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="import")
        try:
            with _progress() as progress, make_session_factory(engine)() as session:
                done = import_roads(
                    session,
                    roads=found,
                    network=network,
                    folder=settings.home / "roads",
                    source=source,
                    actor=SYSTEM,
                    at=SystemClock().now(),
                    attribution=attribution or ATTRIBUTION,
                    demo=demo,
                    progress=progress,
                )
                session.commit()
        finally:
            engine.dispose()
    return done


def _say_what_was_read(found: Roads) -> None:
    from cli.console import say

    say(f"read {len(found.ways)} ways, {len(found.nodes)} lights, gates and barriers")
    if found.cut:
        say(f"{found.cut} ways were cut where the file ends")
    if found.restrictions:
        say(f"{found.restrictions} forbidden turns are not understood; they are not taken into account")


def _tell(refused: PinganError, file: Path) -> PinganError:
    from cli.console import CommandFailed, say

    for fault in refused.faults[:_MAX_FAULTS_SHOWN]:
        say(fault.message)
    if len(refused.faults) > _MAX_FAULTS_SHOWN:
        say(f"另有 {len(refused.faults) - _MAX_FAULTS_SHOWN} 处")
    if any(fault.code == "node-missing" for fault in refused.faults):
        say("a file that was cut out of a larger one is taken with --clipped")
    return CommandFailed(f"{len(refused.faults)} faults in {file.name}; nothing was imported.")


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A line on stderr that says what is being done, and how much of it is."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("reading", total=None, done="")
        yield lambda stage, done: bar.update(task, description=stage, done=str(done) if done else "")
