"""Which needs want the same people, directly or by others between them. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wanting:
    """``need_id`` would be better served by somebody who holds an unanswered offer of ``holder_need_id``."""

    need_id: uuid.UUID
    holder_need_id: uuid.UUID


def group(pairs: Iterable[Wanting]) -> list[frozenset[uuid.UUID]]:
    """Needs that hang together; the order is that of their ids."""
    leader: dict[uuid.UUID, uuid.UUID] = {}

    def find(need_id: uuid.UUID) -> uuid.UUID:
        while leader.setdefault(need_id, need_id) != need_id:
            leader[need_id] = leader[leader[need_id]]
            need_id = leader[need_id]
        return need_id

    for pair in pairs:
        one, other = sorted((find(pair.need_id), find(pair.holder_need_id)))
        leader[other] = one
    groups: dict[uuid.UUID, set[uuid.UUID]] = {}
    for need_id in leader:
        groups.setdefault(find(need_id), set()).add(need_id)
    return [frozenset(groups[first]) for first in sorted(groups)]
