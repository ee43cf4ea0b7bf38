"""``pingan import places``: names and addresses with their points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from geo.places.service import NewPlace


def register(group: typer.Typer) -> None:
    """Add the kind to the import group."""
    group.command("places")(places)


def places(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="CSV with name (名称), lon (经度), lat (纬度), crs (坐标系), and address (地址), aliases (别名),"
            " category (类别) where known; or GeoJSON points",
        ),
    ],
    district: Annotated[str, typer.Option(help="name of the district; not needed when there is one")] = "",
    crs: Annotated[
        str | None,
        typer.Option(help="wgs84, gcj02 or bd09, for a CSV without that column or GeoJSON that is not WGS-84"),
    ] = None,
    attribution: Annotated[str | None, typer.Option(help="whose data it is, shown with each place")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="label them as demonstration")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, import nothing")] = False,
) -> None:
    """Import places, all or nothing. One of the same name and address is brought up to date."""
    from cli.console import CommandFailed, say
    from geo.places.errors import PlacesRefused
    from geo.places.files import read_places

    if crs not in (None, "wgs84", "gcj02", "bd09"):
        raise CommandFailed("--crs is wgs84, gcj02 or bd09.")
    try:
        rows = read_places(file.read_bytes(), crs=crs)
    except PlacesRefused as refused:
        for fault in refused.faults:
            say(fault.message)
        raise CommandFailed(f"{len(refused.faults)} faults in {file.name}; nothing was imported.") from refused
    say(f"read {len(rows)} places")
    added = _import(rows, district, attribution, demo=demo, dry_run=dry_run)
    say(f"{'would import' if dry_run else 'imported'} {len(rows)} places, {added} of them new")


def _import(rows: list[NewPlace], district: str, attribution: str | None, *, demo: bool, dry_run: bool) -> int:
    from cli.installation import require_migrated, running_database
    from geo.places.service import put_all
    from kit.actor import SYSTEM
    from kit.clock import SystemClock
    from kit.database import make_engine, make_session_factory

    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="import")
        try:
            with make_session_factory(engine)() as session:
                added = put_all(
                    session,
                    district_id=_find_district(session, district),
                    places=rows,
                    attribution=attribution,
                    actor=SYSTEM,
                    at=SystemClock().now(),
                    demo=demo,
                )
                if not dry_run:
                    session.commit()
        finally:
            engine.dispose()
    return added


def _find_district(session: Session, name: str) -> UUID:
    from sqlalchemy import select

    from cli.console import CommandFailed
    from kit.tenancy import District

    query = select(District).order_by(District.name).limit(2)
    if name:
        query = query.where(District.name == name)
    found = list(session.execute(query).scalars())
    if not found:
        raise CommandFailed(f"There is no district {name}." if name else "There is no district yet.")
    if len(found) > 1:
        raise CommandFailed("There are several districts; say which with --district NAME.")
    return found[0].id
