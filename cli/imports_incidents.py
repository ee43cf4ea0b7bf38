"""``pingan import incidents``: calls from a CSV file, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dispatch.intake.calls import Call, RowFault
    from dispatch.intake.files import Imported


def register(group: typer.Typer) -> None:
    """Add the kind to the import group."""
    group.command("incidents")(incidents)


def incidents(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV in UTF-8")],
    columns: Annotated[
        str | None,
        typer.Option(
            help="names of the columns in their order, comma-separated: lat, lon, type, time, address, township,"
            " number, level, summary, phone; - passes one over. Not given: the first row names them"
        ),
    ] = None,
    station: Annotated[str | None, typer.Option(help="name or code of the station that all calls belong to")] = None,
    district: Annotated[str | None, typer.Option(help="name of the district, with --area-by-point")] = None,
    area_by_point: Annotated[
        bool, typer.Option("--area-by-point", help="each call belongs to the station in whose area it lies")
    ] = False,
    timezone: Annotated[str, typer.Option(help="of times without an offset")] = "Asia/Shanghai",
    crs: Annotated[str, typer.Option(help="wgs84, gcj02 or bd09")] = "wgs84",
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV: the file's type, our category.type, level (optional)"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="read no more rows than this")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="label them as demonstration")] = False,
) -> None:
    """Import calls. A call of more than 24 hours ago is filed as closed, a newer one is open work.

    Importing the same file again adds nothing.
    """
    from cli.console import CommandFailed, say
    from cli.installation import require_migrated, running_database
    from dispatch.intake.calls import find_zone, read_rows
    from dispatch.intake.classify import read_mapping
    from dispatch.intake.files import FileRefused
    from kit.clock import SystemClock
    from kit.database import make_engine, make_session_factory, transaction

    if (station is None) == (not area_by_point):
        raise CommandFailed("Say either --station NAME or --area-by-point with --district NAME.")
    if crs not in ("wgs84", "gcj02", "bd09"):
        raise CommandFailed("--crs is wgs84, gcj02 or bd09.")
    rows = read_rows(
        file,
        columns=[name.strip().lower() for name in columns.split(",")] if columns else None,
        zone=find_zone(timezone),
        crs=crs,
        mapping=read_mapping(mapping) if mapping else None,
        limit=limit,
    )
    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="import")
        try:
            with transaction(make_session_factory(engine)) as session:
                counted = _take(session, _counting(rows), station, district, at=SystemClock().now(), demo=demo)
        except FileRefused as refused:
            for fault in refused.faults:
                say(fault.message)
            raise CommandFailed(f"{len(refused.faults)} faulty rows; nothing was imported.") from refused
        finally:
            engine.dispose()
    say(f"{counted.opened} opened, {counted.filed} filed as past, {counted.known} known already")


def _counting(rows: Iterable[Call | RowFault]) -> Iterator[Call | RowFault]:
    from cli.console import say

    for number, row in enumerate(rows, start=1):
        yield row
        if number % 500 == 0:
            say(f"{number} rows …")


def _take(
    session: Session,
    rows: Iterable[Call | RowFault],
    station: str | None,
    district: str | None,
    *,
    at: datetime,
    demo: bool,
) -> Imported:
    import dispatch.projections  # noqa: F401  (how changed entities look on screens)
    from cli.console import CommandFailed
    from dispatch.incidents.repository import find_station_named
    from dispatch.intake.files import import_calls
    from dispatch.tenancy.repository import find_district

    if station is not None:
        owner = find_station_named(session, station)
        if owner is None:
            raise CommandFailed("There is no station of that name or code.")
        return import_calls(session, rows, at=at, station_id=owner.id, demo=demo)
    area = find_district(session, district or "")
    if area is None:
        raise CommandFailed("There is no district of that name; say --district NAME.")
    return import_calls(session, rows, at=at, district_id=area.id, demo=demo)
