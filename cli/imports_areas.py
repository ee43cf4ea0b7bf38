"""``pingan import areas``: outlines become stations with their jurisdictions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dispatch.jurisdictions.service import Imported

DEFAULT_DISTRICT = "导入分局"


def register(group: typer.Typer) -> None:
    """Add the kind to the import group."""
    group.command("areas")(areas)


def areas(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="GeoJSON FeatureCollection, WGS-84")
    ],
    district: Annotated[
        str, typer.Option(help="name of the district of the stations; made if there is none of that name")
    ] = DEFAULT_DISTRICT,
    station_name_property: Annotated[
        str | None,
        typer.Option(help="property that names each area; not given: referenceAdminName, else name"),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="label them as demonstration")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, import nothing")] = False,
) -> None:
    """Import station areas. A station that does not exist is made; importing again changes only what differs."""
    from cli.console import CommandFailed, say
    from kit.errors import Invalid

    try:
        done = _import(_read(file), district, station_name_property, demo=demo, dry_run=dry_run)
    except Invalid as refused:
        for fault in refused.faults:
            say(fault.message)
        raise CommandFailed(f"{len(refused.faults)} faulty areas in {file.name}; nothing was imported.") from refused
    counts = ", ".join(f"{count} {what}" for what, count in sorted(done.areas.items()))
    say(f"{'would import' if dry_run else 'imported'} areas: {counts}; {len(done.founded)} new stations in {district}")


def _read(file: Path) -> Any:
    import json

    from cli.console import CommandFailed

    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as exc:
        raise CommandFailed(f"{file.name} is not JSON in UTF-8.") from exc


def _import(collection: Any, district: str, name_property: str | None, *, demo: bool, dry_run: bool) -> Imported:
    from cli.console import say
    from cli.installation import require_migrated, running_database
    from dispatch.jurisdictions.service import NAME_PROPERTIES, import_areas
    from kit.actor import SYSTEM
    from kit.clock import SystemClock
    from kit.database import make_engine, make_session_factory

    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="import")
        try:
            with make_session_factory(engine)() as session:
                done = import_areas(
                    session,
                    collection,
                    district_name=district,
                    name_properties=(name_property,) if name_property else NAME_PROPERTIES,
                    actor=SYSTEM,
                    at=SystemClock().now(),
                    demo=demo,
                    progress=say,
                )
                if not dry_run:
                    session.commit()
        finally:
            engine.dispose()
    return done
