"""``pingan import``: rosters, and whatever else comes as a file."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.responders.rules import Kind
    from geo.rosters.faults import RosterRefused
    from geo.rosters.parse import Roster

#: further modules of this package; each has ``register(group)`` and adds its own ``import`` commands with it
PARTS = ("imports_areas", "imports_places", "imports_roads", "imports_incidents")
MAX_FAULTS_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        help="Import rosters, areas, places, roads, incidents: all of a file or nothing of it.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("responders")(responders)
    group.command("template")(template)
    for name in PARTS:
        # one that is not built yet is absent, not a stub
        if importlib.util.find_spec(f"cli.{name}"):
            importlib.import_module(f"cli.{name}").register(group)
    app.add_typer(group, name="import")


def template(file: Annotated[Path, typer.Argument(help="where to write the empty roster, .xlsx")]) -> None:
    """Write an empty roster with headings, lists to choose from and a sheet that explains."""
    from cli.console import CommandFailed, say
    from geo.rosters.template import write_template

    if file.suffix.lower() != ".xlsx":
        raise CommandFailed("The template is an .xlsx file; give its name that ending.")
    if file.exists():
        raise CommandFailed(f"{file} is there already; nothing was written.")
    write_template(file)
    say(f"wrote {file}")


def responders(
    file: Annotated[Path, typer.Argument(help="roster, .xlsx or .csv")],
    station: Annotated[str, typer.Option(help="code or name of the station; not needed when there is one")] = "",
    kind: Annotated[str, typer.Option(help="guard, safe_house or patrol_unit, for a table that does not say it")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, import nothing")] = False,
) -> None:
    """Import guards, safe-houses and patrol units with their accounts, all or nothing."""
    from cli.console import CommandFailed, say
    from cli.installation import require_migrated, running_database
    from geo.rosters.faults import RosterRefused
    from geo.rosters.parse import read
    from geo.rosters.sheets import read_sheets
    from kit.database import make_engine, make_session_factory

    try:
        roster = read(read_sheets(file), kind=_kind(kind))
        with running_database() as settings:
            require_migrated(settings)
            engine = make_engine(settings.database_url, pool_size=1, application="import")
            try:
                with make_session_factory(engine)() as session:
                    counts = _import(session, station, roster)
                    if not dry_run:
                        session.commit()
            finally:
                engine.dispose()
    except RosterRefused as refused:
        _say_faults(refused)
        raise CommandFailed(f"{refused.detail} ({file.name})") from refused
    what = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    say(f"would import {what}; nothing was written" if dry_run else f"imported {what}")
    if not dry_run:
        say("each has an account without password: give out onboarding codes next")


def _kind(text: str) -> Kind | None:
    from cli.console import CommandFailed
    from geo.responders.rules import Kind

    if not text:
        return None
    if text not in tuple(Kind):
        raise CommandFailed(f"There is no kind {text}; it is one of {', '.join(Kind)}.")
    return Kind(text)


def _import(session: Session, station: str, roster: Roster) -> dict[str, int]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    import dispatch.projections  # noqa: F401  (how the new responders look on the consoles)
    from cli.stations import choose_station
    from dispatch.access.table import Permission, grant
    from dispatch.rosters.service import import_roster
    from kit.actor import SYSTEM
    from kit.clock import SystemClock

    bar = Progress(
        TextColumn("importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("importing", total=len(roster.rows))
        done = import_roster(
            session,
            grant=grant(SYSTEM, Permission.RESPONDER_WRITE),
            station=choose_station(session, station),
            rows=roster.rows,
            faults=roster.faults,
            at=SystemClock().now(),
            progress=lambda n: bar.update(task, completed=n),
        )
    return {kind.value: count for kind, count in done.counts.items()}


def _say_faults(refused: RosterRefused) -> None:
    from cli.console import say

    for fault in refused.row_faults[:MAX_FAULTS_SHOWN]:
        say(str(fault))
    if len(refused.row_faults) > MAX_FAULTS_SHOWN:
        say(f"另有 {len(refused.row_faults) - MAX_FAULTS_SHOWN} 处，改正后再次导入即可看到")
