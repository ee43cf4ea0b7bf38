"""Where incidents happen, counted in cells."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.figures.loading import SORTS
from dispatch.figures.scope import Scope
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident
from dispatch.scenarios.model import Scenario
from geo.cells import MIN_RESOLUTION, Cell, count_in_cells
from geo.crs import Position
from kit.actor import Grant, Reach


def list_heat(
    session: Session, grant: Grant, scope: Scope, *, resolution: int, types: Collection[str] = ()
) -> tuple[list[Cell], int]:
    """The cells of the scope's incidents, and the resolution used: the district sees the coarsest only."""
    if grant.reach is Reach.DISTRICT:
        resolution = MIN_RESOLUTION
    query = select(Incident.position).where(
        incidents.visible(grant),
        Incident.received_at >= scope.start,
        Incident.received_at < scope.end,
        # one event that was called in twice happened once
        Incident.state != "merged",
        SORTS[scope.sort],
    )
    if types:
        query = query.where(func.concat(Incident.category, ".", Incident.type).in_(types))
    if scope.scenarios:
        query = query.join(Scenario, Scenario.id == Incident.scenario_id).where(Scenario.key.in_(scope.scenarios))
    places = (Position.of(position) for position in session.scalars(query))
    return count_in_cells(places, resolution=resolution), resolution
