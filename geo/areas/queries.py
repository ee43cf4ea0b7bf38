"""Areas for showing."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from geo.areas import repository
from geo.areas.repository import AreaShown
from kit.actor import Grant
from kit.errors import NotFound


def list_areas(session: Session, grant: Grant, *, kind: str | None = None) -> list[AreaShown]:
    """The areas within reach, by kind and name."""
    return repository.list_visible(session, grant, kind=kind)


def get_area(session: Session, area_id: uuid.UUID, grant: Grant) -> AreaShown:
    """Raises NotFound."""
    found = repository.list_visible(session, grant, area_id=area_id)
    if not found:
        raise NotFound
    return found[0]
