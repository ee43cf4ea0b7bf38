"""What a changed scenario would have done with the incidents of the past weeks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from dispatch.figures.loading import SORTS
from dispatch.figures.scope import Scope
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.stored import read_inputs, read_plan
from dispatch.previews.decide import Compared, compare, find_wanted
from dispatch.scenarios.model import Scenario
from dispatch.scenarios.spec import NeedSpec, ScenarioSpec
from geo.responders.model import Responder
from kit.actor import Grant

#: the latest; so many choices are made anew for one look
MAX_NEEDS = 300


@dataclass(frozen=True, kw_only=True)
class Past:
    """One need of one incident."""

    incident_id: uuid.UUID
    number: str
    received_at: datetime
    kind: str
    compared: Compared


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``not_simulated``: kinds that the new settings ask for and nobody was looked for then."""

    incidents: int
    past: Sequence[Past]
    names: dict[uuid.UUID, str]
    not_simulated: tuple[str, ...]
    truncated: bool


def preview(session: Session, grant: Grant, scope: Scope, *, key: str, spec: ScenarioSpec) -> Preview:
    """The first choice for each need of the key's incidents, made again with ``spec``."""
    query = (
        select(Incident.id, Incident.number, Incident.received_at, Need.kind, Need.skills, Recommendation)
        .ext(distinct_on(Incident.received_at, Recommendation.need_id))
        .join(Need, Need.id == Recommendation.need_id)
        .join(Incident, Incident.id == Recommendation.incident_id)
        .join(Scenario, Scenario.id == Incident.scenario_id)
        .where(
            incidents.visible(grant),
            Scenario.key == key,
            Incident.received_at >= scope.start,
            Incident.received_at < scope.end,
            SORTS[scope.sort],
        )
        .order_by(Incident.received_at.desc(), Recommendation.need_id, Recommendation.made_at, Recommendation.id)
        .limit(MAX_NEEDS + 1)
    )
    rows = session.execute(query).all()
    past = [_past(row, spec.need) for row in rows[:MAX_NEEDS]]
    wanted = {id_ for one in past for id_ in (*one.compared.before, *one.compared.after)}
    names = select(Responder.id, Responder.name).where(Responder.id.in_(wanted))
    seen = {one.kind for one in past}
    return Preview(
        incidents=len({one.incident_id for one in past}),
        past=past,
        names=dict(session.execute(names).all()),
        not_simulated=tuple(sorted({need.kind for need in spec.need} - seen)) if past else (),
        truncated=len(rows) > MAX_NEEDS,
    )


def _past(row: Any, needs: Sequence[NeedSpec]) -> Past:
    id_, number, received_at, kind, skills, advice = row
    inputs, plan = read_inputs(advice.inputs), read_plan(advice.result)
    return Past(
        incident_id=id_,
        number=number,
        received_at=received_at,
        kind=kind,
        compared=compare(inputs, plan, find_wanted(needs, kind=kind, skills=skills)),
    )
