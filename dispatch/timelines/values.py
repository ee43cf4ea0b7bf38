"""What happened in an incident, thing by thing, as values in one order. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from kit.paging import After


class EntryKind(StrEnum):
    """Where an entry comes from; things of one instant stand in this order."""

    INCIDENT = "incident"  #: a milestone of the incident
    ORDER = "order"  #: a milestone of one of its orders
    ALARM = "alarm"  #: raised, and acknowledged
    NOTE = "note"
    CHAT = "chat"
    REPORT = "report"
    PHOTO = "photo"
    FORM = "form"
    RATING = "rating"
    APPEAL = "appeal"
    REVIEW = "review"
    RECORD = "record"  #: edits, reveals, looks at tracks: what left a line in the record only


_RANK = {kind: rank for rank, kind in enumerate(EntryKind)}
_LOW = (1 << 112) - 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened. ``how``: measured, inferred or stated, where it is a milestone."""

    at: datetime
    kind: EntryKind
    name: str
    #: the thing itself: order, note, line, photo …
    subject_id: uuid.UUID | None = None
    how: str | None = None
    order_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    #: the person, or the responder of the order
    who: str | None = None
    text: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> uuid.UUID:
        """The same for the same thing on every reading; its first bits put things of one instant in order."""
        named = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.kind}|{self.name}|{self.subject_id}|{self.order_id}|{self.at}")
        return uuid.UUID(int=(_RANK[self.kind] << 120) | (self._step << 112) | (named.int & _LOW))

    @property
    def _step(self) -> int:
        return int(self.detail.get("step", 0)) & 0xFF


def page(entries: Iterable[Entry], *, limit: int, after: After | None) -> tuple[list[Entry], After | None]:
    """The oldest first, ``limit`` of them behind ``after``, and where the next page starts."""
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.id))
    if after is not None:
        ordered = [entry for entry in ordered if (entry.at, entry.id) > (after.at, after.id)]
    part = ordered[:limit]
    return part, After(at=part[-1].at, id=part[-1].id) if len(ordered) > limit else None
