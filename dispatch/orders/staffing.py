"""How far the needs of an incident are met, for whoever sends."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from dispatch.matching import repository as matching
from dispatch.matching.advice import ADVICE, say_need
from dispatch.matching.labels import SHORTFALLS
from dispatch.matching.service import plan_of
from dispatch.orders import repository
from geo.responders.rules import LABELS, Kind


def list_needs(session: Session, incident_id: uuid.UUID) -> list[dict[str, Any]]:
    """The needs of the present round, commands first: how many are there, how many are missing, why, and what to do."""
    session.flush()
    needs = repository.list_staffing(session, incident_id)
    short = [need.id for need in needs if need.needed - need.accepted - need.waiting > 0]
    plans = {r.need_id: plan_of(r) for r in matching.list_latest(session, incident_id, need_ids=short)} if short else {}
    shown = []
    for need in sorted(needs, key=lambda n: (n.mode != "command", n.kind, n.skills)):
        short_of = max(0, need.needed - need.accepted - need.waiting)
        plan = plans.get(need.id)
        reasons = plan.shortfall if short_of and plan is not None else ()
        shown.append(
            {
                "id": need.id,
                "kind": need.kind,
                "kind_label": LABELS[Kind(need.kind)],
                "mode": need.mode,
                "skills": list(need.skills),
                "needed": need.needed,
                "accepted": need.accepted,
                "waiting": need.waiting,
                "short_of": short_of,
                "reasons": [
                    {"reason": s.reason, "count": s.count, "why": SHORTFALLS[s.reason], "advice": ADVICE[s.reason]}
                    for s in reasons
                ],
                "retry_at": need.retry_at,
                "says": say_need(
                    need.kind, need.skills, needed=need.needed, accepted=need.accepted, waiting=need.waiting,
                    reasons=reasons,
                ),
            }
        )  # fmt: skip
    return shown
