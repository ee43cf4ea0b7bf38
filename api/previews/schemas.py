"""What a changed scenario would have done."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import Field

from api.fields import Schema, View
from api.scenarios.schemas import EXAMPLE, CleanSpec
from dispatch.figures.scope import Scope, Sort
from dispatch.previews.queries import Past, Preview


class PreviewIn(Schema):
    """The settings to try."""

    spec: CleanSpec = Field(examples=[EXAMPLE])


class PersonOut(View):
    """Somebody who was, or would have been, asked."""

    responder_id: uuid.UUID
    name: str


class PastOut(View):
    """One need of one past incident."""

    incident_id: uuid.UUID
    number: str
    received_at: datetime
    kind: str = Field(examples=["guard"])
    before: list[PersonOut]
    after: list[PersonOut]
    added: list[uuid.UUID]
    left_out: list[uuid.UUID]
    short_before: int
    short_after: int
    beyond_known: bool = Field(description="the new radius reaches farther than anybody looked then")


class TotalOut(View):
    """One kind of responders over all incidents."""

    kind: str
    asked_before: int
    asked_after: int
    short_before: int
    short_after: int


class PreviewOut(View):
    """``not_simulated``: kinds that are new in these settings; nobody was looked for then."""

    start: datetime
    end: datetime
    sort: Sort
    incidents: int
    totals: list[TotalOut]
    items: list[PastOut]
    not_simulated: list[str]
    truncated: bool

    @classmethod
    def of(cls, scope: Scope, preview: Preview) -> PreviewOut:
        def people(ids: tuple[uuid.UUID, ...]) -> list[PersonOut]:
            return [PersonOut(responder_id=id_, name=preview.names.get(id_, "")) for id_ in ids]

        def past(one: Past) -> PastOut:
            compared = one.compared
            return PastOut(
                incident_id=one.incident_id,
                number=one.number,
                received_at=one.received_at,
                kind=one.kind,
                before=people(compared.before),
                after=people(compared.after),
                added=list(compared.added),
                left_out=list(compared.left_out),
                short_before=compared.short_before,
                short_after=compared.short_after,
                beyond_known=compared.beyond_known,
            )

        kinds = sorted({one.kind for one in preview.past})
        return cls(
            start=scope.start,
            end=scope.end,
            sort=scope.sort,
            incidents=preview.incidents,
            totals=[_total(kind, [one for one in preview.past if one.kind == kind]) for kind in kinds],
            items=[past(one) for one in preview.past],
            not_simulated=list(preview.not_simulated),
            truncated=preview.truncated,
        )


def _total(kind: str, past: list[Past]) -> TotalOut:
    return TotalOut(
        kind=kind,
        asked_before=sum(len(one.compared.before) for one in past),
        asked_after=sum(len(one.compared.after) for one in past),
        short_before=sum(one.compared.short_before for one in past),
        short_after=sum(one.compared.short_after for one in past),
    )
