"""Which needs want the same people, directly or by others between them. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: what was looked at together is left alone so long
LOOK_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class Wanting:
    """``need_id`` would be better served by somebody who holds an unanswered offer of ``holder_need_id``."""

    need_id: uuid.UUID
    holder_need_id: uuid.UUID
    #: when the wanting one was last looked at together with others
    joint_at: datetime | None


def group(pairs: Iterable[Wanting], now: datetime) -> list[frozenset[uuid.UUID]]:
    """Needs that hang together, of which one at least has not been looked at lately; the order is that of their ids."""
    pairs = list(pairs)
    leader: dict[uuid.UUID, uuid.UUID] = {}

    def find(need_id: uuid.UUID) -> uuid.UUID:
        while leader.setdefault(need_id, need_id) != need_id:
            leader[need_id] = leader[leader[need_id]]
            need_id = leader[need_id]
        return need_id

    for pair in pairs:
        one, other = sorted((find(pair.need_id), find(pair.holder_need_id)))
        leader[other] = one
    due = {find(p.need_id) for p in pairs if p.joint_at is None or now - p.joint_at >= LOOK_AGAIN}
    groups: dict[uuid.UUID, set[uuid.UUID]] = {}
    for need_id in leader:
        groups.setdefault(find(need_id), set()).add(need_id)
    return [frozenset(groups[first]) for first in sorted(due)]
