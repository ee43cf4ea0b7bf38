"""Exports: what is asked for, and how far it is."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.fields import Bool, Instant, Line, Schema, View
from dispatch.exports.model import Export
from dispatch.exports.states import ExportKind, ExportState, state_of
from dispatch.figures.queries import Table
from dispatch.figures.scope import By, Sort


class _What(Schema):
    def asked(self) -> dict[str, Any]:
        """As it is kept."""
        kept = self.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
        return {{"start": "from", "end": "to"}.get(name, name): value for name, value in kept.items()}


class ClosureWanted(_What):
    """The closure of one incident."""

    kind: Literal["closure"] = Field(examples=["closure"])
    incident_id: uuid.UUID


class WeeklyWanted(_What):
    """A week of the station beside the one before."""

    kind: Literal["weekly"] = Field(examples=["weekly"])
    start: Instant = Field(alias="from", description="the week's first instant", examples=["2026-11-23T00:00:00+08:00"])
    sort: Sort | None = Field(default=None, examples=["real"])


class FiguresWanted(_What):
    """One table of the figures. By person it is a list of people."""

    kind: Literal["figures"] = Field(examples=["figures"])
    start: Instant = Field(alias="from", examples=["2026-11-23T00:00:00+08:00"])
    end: Instant = Field(alias="to", examples=["2026-11-30T00:00:00+08:00"])
    table: Table = Field(examples=["intervals"])
    by: By = Field(default=By.ALL, examples=["week"])
    sort: Sort | None = Field(default=None, examples=["real"])


class RosterWanted(_What):
    """The station's people."""

    kind: Literal["roster"] = Field(examples=["roster"])


class ExportIn(Schema):
    """What, as what, and why. A list of people waits for a second person."""

    what: Annotated[ClosureWanted | WeeklyWanted | FiguresWanted | RosterWanted, Field(discriminator="kind")] = Field(
        examples=[{"kind": "weekly", "from": "2026-11-23T00:00:00+08:00"}]
    )
    format: Literal["xlsx", "pdf"] = Field(examples=["pdf"])
    reason: Line = Field(examples=["周例会通报"])


class DecisionIn(Schema):
    """Whether one agrees."""

    agreed: Bool = Field(examples=[True])


class ExportOut(View):
    """A request. ``ready``: it can be taken, until it expires."""

    id: uuid.UUID
    kind: ExportKind
    format: Literal["xlsx", "pdf"]
    asked: dict[str, Any]
    reason: str
    asked_by: uuid.UUID
    asked_by_name: str
    asked_at: datetime
    needs_second: bool
    decided_by: uuid.UUID | None
    decided_by_name: str | None
    decided_at: datetime | None
    state: ExportState
    expires_at: datetime
    taken: int

    @classmethod
    def of(cls, export: Export, now: datetime, names: Mapping[uuid.UUID, str]) -> ExportOut:
        members = {name: getattr(export, name) for name in cls.model_fields if hasattr(export, name)}
        return cls(
            **members,
            asked_by_name=names[export.asked_by],
            decided_by_name=names[export.decided_by] if export.decided_by else None,
            state=state_of(export, now),
        )
