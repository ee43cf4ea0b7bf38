"""What the live screens show: registers every projection, for every process that commits or makes snapshots.

A projection module stands where its entity is owned and has three names:

``ENTITY``
    "incident", "order", "responder", "alarm" or "message";
``project(session, ids) -> Iterable[Projection]``
    how each of ``ids`` looks now to every audience that has, or had, it on a screen; ``value`` None for "no
    longer there". The value depends on the database alone, not on the clock or on who asks;
``list_shown(session, audience) -> list[UUID]``
    the ids on the screen of ``audience`` now (``station:…`` or ``account:…``), for the snapshot.

Import this module, and nothing else is needed.
"""

from __future__ import annotations

import importlib
import importlib.util
import uuid
from collections.abc import Iterable
from typing import Protocol, cast

from sqlalchemy.orm import Session

from kit import feed
from kit.feed import Projection


class ProjectionModule(Protocol):
    """The three names of a projection module."""

    ENTITY: str

    def project(self, session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]: ...

    def list_shown(self, session: Session, audience: str) -> list[uuid.UUID]: ...


_MODULES = (
    "dispatch.incidents.projection",
    "dispatch.orders.projection",
    "dispatch.escalation.projection",
    "geo.responders.projection",
    "notifications.outbox.projection",
)


def _load() -> dict[str, ProjectionModule]:
    found = {}
    for name in _MODULES:
        if importlib.util.find_spec(name) is not None:
            module = cast(ProjectionModule, importlib.import_module(name))
            found[module.ENTITY] = module
    return found


PROJECTIONS = _load()
for _module in PROJECTIONS.values():
    feed.register(_module.ENTITY, _module.project)
