"""The record: what a transaction said, in its order, and nothing of what was undone."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kit import record
from kit.actor import SYSTEM
from kit.record import RecordEntry
from tests.support.people import START

SUBJECT = uuid.UUID(int=1)


def say(session: Session, action: str, **detail: Any) -> None:
    record.write(session, action, actor=SYSTEM, at=START, subject_kind="probe", subject_id=SUBJECT, **detail)


def said(session: Session) -> list[str]:
    query = select(RecordEntry.action).where(RecordEntry.subject_id == SUBJECT).order_by(RecordEntry.id)
    return list(session.scalars(query))


def test_lines_are_appended_at_the_commit_in_the_order_in_which_they_were_said(session: Session) -> None:
    for action in ("probe.third", "probe.first", "probe.second"):
        say(session, action, number=1, states=["a"], nothing=None)
    assert said(session) == []
    session.commit()
    assert said(session) == ["probe.third", "probe.first", "probe.second"]
    entry = session.scalars(select(RecordEntry).where(RecordEntry.action == "probe.first")).one()
    assert entry.detail == {"number": 1, "states": ["a"], "nothing": None}
    assert (entry.at, entry.actor_role, entry.actor_account_id) == (START, "system", None)


def test_what_was_rolled_back_was_never_said(session: Session) -> None:
    say(session, "probe.undone")
    session.rollback()
    say(session, "probe.done")
    session.commit()
    assert said(session) == ["probe.done"]


def test_a_savepoint_that_is_undone_takes_its_own_lines_with_it_and_no_others(session: Session) -> None:
    say(session, "probe.before")
    nested = session.begin_nested()
    say(session, "probe.undone")
    nested.rollback()
    with session.begin_nested():
        say(session, "probe.kept")
    say(session, "probe.after")
    session.commit()
    assert sorted(said(session)) == ["probe.after", "probe.before", "probe.kept"]


def test_a_number_in_a_reason_is_hidden(session: Session) -> None:
    record.write(
        session,
        "probe.told",
        actor=SYSTEM,
        at=START,
        subject_kind="probe",
        subject_id=SUBJECT,
        reason="回拨13800000001",
    )
    session.commit()
    (reason,) = session.scalars(select(RecordEntry.reason).where(RecordEntry.subject_id == SUBJECT))
    assert reason is not None
    assert "13800000001" not in reason
