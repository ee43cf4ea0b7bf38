"""What is answered about incidents."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.fields import View
from api.orders.schemas import NeedStateOut
from api.points import PointOut
from dispatch.incidents.duplicates import REASONS
from dispatch.incidents.likeness import PossibleDuplicate
from dispatch.incidents.queries import IncidentDetail
from dispatch.incidents.states import IncidentState


class IncidentOut(View):
    """An incident as police see it; the caller masked."""

    id: uuid.UUID
    station_id: uuid.UUID
    number: str = Field(examples=["D20261124-0007"])
    source: Literal["manual", "webhook", "csv", "panic", "replay"]
    state: IncidentState
    state_label: str = Field(examples=["待派警"])
    category: str
    category_name: str = Field(examples=["群众求助"])
    type: str
    type_name: str = Field(examples=["迷途走失"])
    subtype: str | None
    subtype_name: str | None
    level: int
    scenario_key: str
    scenario_name: str
    scenario_version: int
    summary: str
    address: str
    place_id: uuid.UUID | None
    position: PointOut
    confidential_caller: bool
    has_caller: bool
    caller_phone_mask: str | None = Field(examples=["138****0001"])
    duty_phone: str | None = Field(description="值班电话 of the command room", examples=["+862164500110"])
    occurred_at: datetime | None
    received_at: datetime
    ended_at: datetime | None
    milestones: dict[str, datetime] = Field(description="of the present round")
    last_note_at: datetime | None
    merged_into_id: uuid.UUID | None
    reopened: int = Field(description="how often; a reopened incident passes its milestones anew")
    drill: bool
    demo: bool
    version: int


class DuplicateOut(View):
    """Another open incident that may be the same event."""

    incident: IncidentOut
    score: float = Field(description="0 to 1", examples=[0.87])
    reasons: list[str] = Field(examples=[["same_type", "near"]])
    reason_labels: list[str] = Field(examples=[["类型相同", "地点相近"]])
    distance_m: float
    apart_s: float

    @classmethod
    def of(cls, found: PossibleDuplicate) -> DuplicateOut:
        return cls(
            incident=IncidentOut.model_validate(found.incident),
            score=found.score,
            reasons=list(found.reasons),
            reason_labels=[REASONS[reason] for reason in found.reasons],
            distance_m=found.distance_m,
            apart_s=found.apart_s,
        )


class CreatedOut(View):
    """The new incident, and those that it may repeat; ``order_ids``: whom it was dispatched to at once, ``needs``: how
    far it is staffed by that."""

    incident: IncidentOut
    possible_duplicates: list[DuplicateOut]
    order_ids: list[uuid.UUID]
    needs: list[NeedStateOut]


class MilestoneOut(View):
    """A milestone with its proof."""

    round: int
    name: str
    at: datetime
    how: Literal["measured", "inferred", "stated"]
    evidence: dict[str, Any]


class NoteOut(View):
    """A remark."""

    id: uuid.UUID
    account_id: uuid.UUID
    author: str
    at: datetime
    text: str


class OrderLineOut(View):
    """An order on the incident, in a line."""

    id: uuid.UUID
    responder_id: uuid.UUID
    responder_kind: str
    responder_name: str = Field(examples=["保安员（演示）"])
    mode: Literal["command", "offer"]
    state: str
    label: str = Field(examples=["已签收"])
    offered_at: datetime
    ended_at: datetime | None


class IncidentFileOut(View):
    """An incident with all that belongs to it."""

    incident: IncidentOut
    milestones: list[MilestoneOut]
    notes: list[NoteOut]
    orders: list[OrderLineOut]

    @classmethod
    def of(cls, detail: IncidentDetail) -> IncidentFileOut:
        return cls.model_validate(detail)


class HelperIncidentOut(View):
    """An incident as a guard or keeper sees it while his order is open."""

    id: uuid.UUID
    state: IncidentState
    state_label: str = Field(examples=["已派民警"])
    type_name: str
    level: int
    summary: str | None
    address: str
    position: PointOut
    duty_phone: str | None = Field(description="值班电话 of the command room", examples=["+862164500110"])
    received_at: datetime
    drill: bool
    demo: bool
    version: int


class PanicOut(View):
    """The incident that calls for help; press again and it is the same."""

    id: uuid.UUID
    number: str
    received_at: datetime
    position: PointOut
    address: str
    duty_phone: str | None = Field(description="值班电话 of the command room", examples=["+862164500110"])


class CallerOut(View):
    """The caller in clear. Each answer of this kind stands in the record."""

    name: str | None
    phone: str | None


class TypeOut(View):
    """A type of the catalogue."""

    code: str
    name: str
    number: str
    level: int
    violent: bool
    subtypes: dict[str, str]


class CategoryOut(View):
    """A category with its types."""

    code: str
    name: str
    number: str
    types: list[TypeOut]
