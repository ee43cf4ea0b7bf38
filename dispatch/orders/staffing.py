"""How far the needs of an incident are met, for whoever sends."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.matching import repository as matching
from dispatch.matching.advice import ADVICE, say_need
from dispatch.matching.labels import SHORTFALLS
from dispatch.matching.service import plan_of
from dispatch.orders import repository
from dispatch.orders.model import Order
from dispatch.orders.states import UNANSWERED
from geo.responders.rules import LABELS, Kind


def list_needs(session: Session, incident_id: uuid.UUID) -> list[dict[str, Any]]:
    """The needs of the present round, commands first: how many are there, how many are missing, why, and what to do."""
    session.flush()
    needs = [need for need in repository.list_needs(session, incident_id) if need.state != "closed"]
    waiting = _count_waiting(session, incident_id)
    short = [need.id for need in needs if need.needed - need.accepted - waiting[need.id] > 0]
    plans = {r.need_id: plan_of(r) for r in matching.list_latest(session, incident_id, need_ids=short)} if short else {}
    shown = []
    for need in sorted(needs, key=lambda n: (n.mode != "command", n.kind, n.skills)):
        short_of = max(0, need.needed - need.accepted - waiting[need.id])
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
                "waiting": waiting[need.id],
                "short_of": short_of,
                "reasons": [
                    {"reason": s.reason, "count": s.count, "why": SHORTFALLS[s.reason], "advice": ADVICE[s.reason]}
                    for s in reasons
                ],
                "retry_at": need.retry_at,
                "says": say_need(
                    need.kind, need.skills, needed=need.needed, accepted=need.accepted, waiting=waiting[need.id],
                    reasons=reasons,
                ),
            }
        )  # fmt: skip
    return shown


def _count_waiting(session: Session, incident_id: uuid.UUID) -> Counter[uuid.UUID]:
    query = (
        select(Order.need_id, func.count())
        .where(Order.incident_id == incident_id, Order.state.in_(UNANSWERED))
        .group_by(Order.need_id)
    )
    return Counter({row.need_id: row.count for row in session.execute(query)})
