"""Alert budgets, at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.fields import View
from api.orders.schemas import ResponderKind
from api.stations.schemas import MatchingOut
from dispatch.budgets.queries import Budget
from dispatch.matching.policy import Policy


class BudgetOut(View):
    """One helper on duty."""

    responder_id: UUID
    kind: ResponderKind
    name: str
    organization_name: str
    engaged: bool
    alerts_hour: int = Field(description="askings of the past hour")
    alerts_shift: int = Field(description="askings since the duty began, of twelve hours at most")
    last_done_at: datetime | None
    rests_until: datetime | None
    standing: Literal["spared", "resting", "near", "free"] = Field(
        description="spared: his budget is used up; near: one asking more and it is"
    )


class BudgetsOut(View):
    """What the station has set, and everybody on duty: the spared ones first."""

    policy: MatchingOut
    items: list[BudgetOut]

    @classmethod
    def of(cls, policy: Policy, found: Sequence[Budget]) -> BudgetsOut:
        return cls(
            policy=MatchingOut.model_validate(policy), items=[BudgetOut.model_validate(budget) for budget in found]
        )
