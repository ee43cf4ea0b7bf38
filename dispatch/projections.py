"""What the live screens show: registers every projection, for every process that commits or makes snapshots.

A projection module stands where its entity is owned and has three names:

``ENTITY``
    "incident", "order", "responder", "alarm", "aid", "swap", "message" or "chat_line";
``project(session, ids) -> Iterable[Projection]``
    how each of ``ids`` looks now to every audience that has, or had, it on a screen; ``value`` None for "no
    longer there". The value depends on the database alone, not on the clock or on who asks;
``list_shown(session, audience) -> list[UUID]``
    the ids on the screen of ``audience`` now (``station:…`` or ``account:…``), for the snapshot.

Import this module, and nothing else is needed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Protocol, cast

from sqlalchemy.orm import Session

from dispatch.aid import borrowed as responders
from dispatch.aid import projection as aids
from dispatch.chats import projection as chats
from dispatch.escalation import projection as alarms
from dispatch.incidents import projection as incidents
from dispatch.orders import projection as orders
from dispatch.swaps import projection as swaps
from kit import feed
from kit.feed import Projection
from notifications.outbox import projection as messages


class ProjectionModule(Protocol):
    """The three names of a projection module."""

    ENTITY: str

    def project(self, session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]: ...

    def list_shown(self, session: Session, audience: str) -> list[uuid.UUID]: ...


PROJECTIONS: dict[str, ProjectionModule] = {
    module.ENTITY: cast(ProjectionModule, module)
    for module in (incidents, orders, alarms, aids, swaps, responders, messages, chats)
}
for _entity, _module in PROJECTIONS.items():
    feed.register(_entity, _module.project)
feed.register(orders.ALL_OF_INCIDENT, orders.project_all)
feed.register(chats.ALL_OF_INCIDENT, chats.project_all)
