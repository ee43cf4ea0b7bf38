"""The life of an incident: the table, the database's copy of it, the words for each audience, the drawing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dispatch.incidents.labels import LABELS
from dispatch.incidents.states import ENDED, INCIDENT_STATES, PAST_TENSE, IncidentState, milestone_of
from kit.actor import Role
from kit.states import TransitionRefused
from tests.incidents.calls import make_incident
from tests.support.people import make_station

DIAGRAM = Path(__file__).parents[2] / "docs" / "states" / "incident.mmd"


def test_the_database_allows_exactly_the_transitions_of_the_table(session: Session) -> None:
    rows = session.execute(text("SELECT source, target FROM state_transitions WHERE machine = 'incident'"))
    assert {tuple(row) for row in rows} == {(str(source), str(target)) for source, target in INCIDENT_STATES.edges()}


def test_the_database_knows_the_same_states_and_milestones(session: Session) -> None:
    checks = session.execute(
        text(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
            " AND conrelid IN ('incidents'::regclass, 'incident_milestones'::regclass)"
        )
    ).all()
    states = next(d for table, d in checks if table == "incidents" and "'handled'" in d)
    milestones = next(d for table, d in checks if table == "incident_milestones" and "'handled'" in d)
    for state in IncidentState:
        assert f"'{state}'" in states
    for row in INCIDENT_STATES.rows:
        name = milestone_of(row.event, row.target)
        assert name is None or f"'{name}'" in milestones


@pytest.mark.parametrize(
    ("source", "target"),
    [(s, t) for s in IncidentState for t in IncidentState if s is not t and (s, t) not in INCIDENT_STATES.edges()],
)
def test_the_database_refuses_every_other_transition(
    session: Session, source: IncidentState, target: IncidentState
) -> None:
    incident = make_incident(session, make_station(session), state=source)
    other = make_incident(session, make_station(session))
    with pytest.raises(DBAPIError, match="no way from") as refused, session.begin_nested():
        session.execute(
            text(
                "UPDATE incidents SET state = :target, ended_at = CASE WHEN :ended THEN now() END,"
                " merged_into_id = CASE WHEN :target = 'merged' THEN CAST(:other AS uuid) END WHERE id = :id"
            ),
            {"target": str(target), "ended": target in ENDED, "other": other.id, "id": incident.id},
        )
    assert refused.value.orig.diag.constraint_name == "guard_state"  # type: ignore[union-attr]


def test_every_state_has_a_chinese_label_for_every_audience() -> None:
    assert set(LABELS) == set(IncidentState)
    for label in LABELS.values():
        assert all(len(words) >= 2 and not words.isascii() for words in (label.room, label.guard, label.leader))


def test_every_event_has_a_word_in_the_record() -> None:
    assert set(PAST_TENSE) == {row.event for row in INCIDENT_STATES.rows}


def test_an_ended_incident_is_left_only_by_a_leader_who_reopens_it() -> None:
    for row in INCIDENT_STATES.rows:
        if row.source in ENDED:
            assert (row.event, row.by) == ("reopen", (Role.LEADER,))
    with pytest.raises(TransitionRefused):
        INCIDENT_STATES.target("reopen", IncidentState.CLOSED, by=Role.DISPATCHER)


def test_a_merged_incident_stays_merged() -> None:
    assert INCIDENT_STATES.terminal() == {IncidentState.MERGED}


def test_no_helper_moves_an_incident() -> None:
    for row in INCIDENT_STATES.rows:
        assert not {Role.GUARD, Role.KEEPER, Role.COMPANY_MANAGER} & set(row.by)


def test_only_a_leader_closes_or_returns() -> None:
    for row in INCIDENT_STATES.rows:
        if row.event in ("close", "return_feedback", "reopen"):
            assert row.by == (Role.LEADER,)


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert DIAGRAM.read_text() == INCIDENT_STATES.mermaid(), (
        "draw it anew: write INCIDENT_STATES.mermaid() to docs/states/incident.mmd"
    )
