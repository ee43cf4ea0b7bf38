"""Proposed swaps at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.fields import View


class SwapResponder(View):
    """Who goes, or would go."""

    id: UUID
    kind: str = Field(examples=["guard"])
    name: str
    call_sign: str | None


class SwapOut(View):
    """Somebody else would be there sooner. Seconds until the one who goes and the other are there."""

    id: UUID
    incident_id: UUID
    order_id: UUID
    state: Literal["proposed", "accepted", "dismissed", "lapsed", "done"]
    label: str = Field(examples=["建议换人"])
    cause: Literal["nearer", "stalled", "silent"]
    why: str = Field(examples=["途中停滞：原力量预计还需 9 分 20 秒，换人后约 3 分 05 秒 到场。"])
    responder: SwapResponder
    to_responder: SwapResponder
    expected_s: float
    eta_s: float
    proposed_at: datetime
    lapses_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None
    new_order_id: UUID | None
