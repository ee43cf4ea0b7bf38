"""Recommendations as the command room reads them: with names and reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.aid.names import list_names
from dispatch.incidents.model import Incident
from dispatch.matching import labels, labels_en
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.service import plan_of
from dispatch.matching.values import Scored

Language = Literal["zh", "en"]


def show(
    session: Session, recommendations: Sequence[Recommendation], language: Language = "zh"
) -> list[dict[str, Any]]:
    """JSON of each, in the order given; its sentences in that language."""
    words = labels_en if language == "en" else labels
    plans = [plan_of(recommendation) for recommendation in recommendations]
    ids = {scored.responder_id for plan in plans for scored in (*plan.chosen, *plan.reserves)}
    ids |= {excluded.responder_id for plan in plans for excluded in plan.excluded}
    incident_ids = {recommendation.incident_id for recommendation in recommendations}
    own = set(session.scalars(select(Incident.station_id).where(Incident.id.in_(incident_ids))))
    called = list_names(session, ids, own)
    wanted = select(Need).where(Need.id.in_({r.need_id for r in recommendations}))
    needs = {need.id: need for need in session.scalars(wanted)}

    def ranked(scored: Scored) -> dict[str, Any]:
        return {
            **vars(scored),
            "parts": vars(scored.parts),
            **vars(called[scored.responder_id]),
            "why": words.say_why(scored),
        }

    return [
        {
            "id": recommendation.id,
            "incident_id": recommendation.incident_id,
            "need": show_need(needs[recommendation.need_id]),
            "made_at": recommendation.made_at,
            "ask": plan.ask,
            "short_of": plan.short_of,
            "chance": plan.chance,
            "expected_s": plan.expected_s,
            "summary": words.say_plan(plan, places=_places(recommendation)),
            "chosen": [ranked(scored) for scored in plan.chosen],
            "reserves": [ranked(scored) for scored in plan.reserves],
            "excluded": [
                {**vars(who), **vars(called[who.responder_id]), "why": words.EXCLUSIONS[who.reason]}
                for who in plan.excluded
                # why somebody of a neighbour is not to be had is the neighbour's business
                if not called[who.responder_id].lent
            ],
            "shortfall": [
                {"reason": s.reason, "count": s.count, "why": words.SHORTFALLS[s.reason]} for s in plan.shortfall
            ],
        }
        for recommendation, plan in zip(recommendations, plans, strict=True)
    ]


def show_need(need: Need) -> dict[str, Any]:
    """JSON of a need."""
    names = (
        "id", "kind", "mode", "skills", "needed", "accepted", "alert_factor", "target_chance", "within_s", "radius_m",
        "widened", "state",
    )  # fmt: skip
    return {name: getattr(need, name) for name in names}


def _places(recommendation: Recommendation) -> int:
    places: int = recommendation.inputs["need"]["places"]
    return places
