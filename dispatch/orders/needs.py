"""What an incident needs, made from its scenario once a round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from dispatch.matching.model import Need
from dispatch.orders import repository
from dispatch.scenarios.service import get_spec
from dispatch.scenarios.spec import NeedSpec
from kit.ids import new_id


def open_needs(session: Session, incident: Incident, *, at: datetime) -> list[Need]:
    """The needs of this round, commands first; made from the scenario once. The caller holds the incident."""
    present = [need for need in repository.lock_needs(session, incident.id) if need.state != "closed"]
    return _commands_first(present) if present else make_needs(session, incident, at=at)


def make_needs(session: Session, incident: Incident, *, at: datetime) -> list[Need]:
    """The needs of an incident that has none, commands first. The caller holds it, or has made it just now."""
    spec = get_spec(session, incident.scenario_id)
    needs = [_need(incident, wanted, at) for wanted in spec.need if not spec.bars(wanted.kind, incident.level)]
    repository.add_needs(session, needs)
    return _commands_first(needs)


def _commands_first(needs: Sequence[Need]) -> list[Need]:
    return sorted(needs, key=lambda need: (need.mode != "command", need.kind, need.skills, str(need.id)))


def _need(incident: Incident, wanted: NeedSpec, at: datetime) -> Need:
    return Need(
        id=new_id(),
        incident_id=incident.id,
        kind=wanted.kind,
        mode=wanted.mode,
        skills=sorted(wanted.skills),
        needed=wanted.needed,
        accepted=0,
        alert_factor=wanted.alert_factor,
        target_chance=wanted.target_chance,
        within_s=wanted.within_s,
        radius_m=wanted.radius_m,
        widened=False,
        receipt_s=wanted.receipt_s,
        accept_s=wanted.accept_s,
        state="open",
        opened_at=at,
        retry_at=None,
    )
