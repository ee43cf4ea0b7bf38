"""The helpers on duty beside what the station has set for sparing them; the most asked first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from dispatch.budgets import repository
from dispatch.matching.fitness import find_sparing
from dispatch.matching.policy import Policy
from dispatch.matching.values import Candidate, Exclusion, Weights
from kit.actor import Grant
from kit.errors import NotFound
from kit.tenancy import Station

#: one asking more, and he is spared
_NEAR = 1

Standing = Literal["spared", "resting", "near", "free"]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One helper on duty. ``standing``: by the rule that dispatch asks; ``near``: one asking more and he is spared."""

    responder_id: uuid.UUID
    kind: str
    name: str
    organization_name: str
    engaged: bool
    alerts_hour: int
    alerts_shift: int
    last_done_at: datetime | None
    rests_until: datetime | None
    standing: Standing


def list_budgets(session: Session, *, grant: Grant, at: datetime) -> tuple[Policy, list[Budget]]:
    """What holds at the asker's own station, and everybody there who is on duty. Raises NotFound."""
    station = session.get(Station, grant.actor.station_id) if grant.actor.station_id else None
    if station is None:
        raise NotFound
    policy = Policy.of(station.settings)
    weights = Weights(
        rest_s=policy.rest_s or None,
        alerts_per_hour=policy.alerts_per_hour or None,
        alerts_per_shift=policy.alerts_per_shift or None,
    )
    found = [_budget(row, policy, weights, at) for row in repository.list_helpers(session, station.id, at=at)]
    order = {"spared": 0, "resting": 1, "near": 2, "free": 3}
    found.sort(key=lambda one: (order[one.standing], -one.alerts_hour, -one.alerts_shift, one.name))
    return policy, found


def _budget(row: Any, policy: Policy, weights: Weights, at: datetime) -> Budget:
    candidate = Candidate(
        responder_id=row.id,
        kind=row.kind,
        station_id=row.station_id,
        last_done_at=row.last_done_at,
        alerts_hour=row.alerts_hour,
        alerts_shift=row.alerts_shift,
    )
    spared = find_sparing(candidate, weights, at)
    resting = spared is Exclusion.RESTING
    return Budget(
        responder_id=row.id,
        kind=row.kind,
        name=row.name,
        organization_name=row.organization_name,
        engaged=row.engaged,
        alerts_hour=row.alerts_hour,
        alerts_shift=row.alerts_shift,
        last_done_at=row.last_done_at,
        rests_until=row.last_done_at + timedelta(seconds=policy.rest_s) if resting else None,
        standing="resting" if resting else "spared" if spared else "near" if _is_near(row, weights) else "free",
    )


def _is_near(row: Any, weights: Weights) -> bool:
    limits = ((row.alerts_hour, weights.alerts_per_hour), (row.alerts_shift, weights.alerts_per_shift))
    return any(most is not None and asked + _NEAR >= most for asked, most in limits if asked)
