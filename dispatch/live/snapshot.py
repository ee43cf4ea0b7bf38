"""The whole screen of one audience at one place of its log."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
from sqlalchemy.orm import Session

from dispatch.projections import PROJECTIONS
from notifications.live import log
from notifications.live.hub import Snapshot
from notifications.live.log import Mark

_PART = 1_000


def read_entities(session: Session, audience: str) -> tuple[Mark, dict[str, dict[str, Any]]]:
    """(place in the log, entity → id → value), read in one instant. The session must be unused so far."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    mark = log.read_head(session, audience)
    entities: dict[str, dict[str, Any]] = {}
    for entity, module in PROJECTIONS.items():
        ids = module.list_shown(session, audience)
        for start in range(0, len(ids), _PART):
            for projection in module.project(session, ids[start : start + _PART]):
                if projection.audience == audience and projection.value is not None:
                    entities.setdefault(entity, {})[str(projection.entity_id)] = projection.value
    return mark, entities


def read_snapshot(session: Session, audience: str) -> Snapshot:
    """The same for the hub, as JSON."""
    mark, entities = read_entities(session, audience)
    return Snapshot(
        mark=mark,
        entities=orjson.dumps(entities).decode(),
        message_ids=tuple(uuid.UUID(id_) for id_ in entities.get("message", {})),
    )
