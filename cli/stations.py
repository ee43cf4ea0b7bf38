"""A station as people name it on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from kit.tenancy import Station


def choose_station(session: Session, wanted: str) -> Station:
    """By code or name; the only one there is when nothing is wanted. Refuses with the stations there are."""
    from sqlalchemy import or_, select

    from cli.console import CommandFailed
    from kit.tenancy import Station

    query = select(Station).order_by(Station.code, Station.id)
    if wanted:
        query = query.where(or_(Station.code == wanted, Station.name == wanted))
    found = list(session.scalars(query.limit(2)))
    if len(found) == 1:
        return found[0]
    known = list(session.scalars(select(Station).order_by(Station.code, Station.id).limit(20)))
    if not known:
        raise CommandFailed("There is no station yet: pingan user bootstrap makes the first.")
    names = ", ".join(f"{station.code} ({station.name})" for station in known)
    said = f"There is no station {wanted}" if wanted and not found else "There are several stations"
    raise CommandFailed(f"{said}; name one with --station: {names}")
