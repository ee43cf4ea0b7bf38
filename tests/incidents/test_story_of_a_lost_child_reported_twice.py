"""A duty log: one child, two calls.

24 November 2026, Wujing. A mother calls 110; four minutes later a shopkeeper reports the same boy.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents import caller, editing, ending, likeness, projection, repository
from dispatch.incidents.caller import Caller
from dispatch.incidents.service import fire
from kit.actor import SYSTEM, Role
from kit.feed import account_audience, station_audience
from kit.record import RecordEntry
from tests.incidents.calls import AT_TOWN, call_in, give_order, metres_east
from tests.support.people import START, guard, make_station, officer, staff

MOTHER = Caller(name="李女士", phone="+8613900001111")
SHOPKEEPER = Caller(name="陈老板", phone="+8613900002222")


def test_a_lost_child_reported_twice(session: Session) -> None:
    def at(minutes: float) -> datetime:
        return START + timedelta(minutes=minutes)

    station = make_station(session)
    room = staff(session, Role.DISPATCHER, station).actor
    leader = staff(session, Role.LEADER, station).actor
    patrol, gate = officer(session, station), guard(session, station)
    editor = grant(room, Permission.INCIDENT_EDIT)

    # 16:00 — the mother calls. The desk takes it as 迷途走失, level 2
    first = call_in(session, station, by=room, at=START, caller=MOTHER, position=AT_TOWN,
                    summary="七岁男童走失，黄色外套，母亲电话139 0000 1111")  # fmt: skip
    assert (first.state, first.level, first.number) == ("received", 2, "D20261124-0001")
    assert first.summary == "七岁男童走失，黄色外套，母亲电话［号码已隐去］"

    # 16:01 — a patrol car is told, a guard at the next gate is asked
    give_order(session, first, patrol)
    give_order(session, first, gate)
    first = fire(session, first, "dispatch", by=SYSTEM, at=at(1))

    # 16:04 — a shopkeeper 120 m on sees a boy alone. Another desk takes it as 寻人
    second = call_in(session, station, by=room, at=at(4), caller=SHOPKEEPER,
                     type="find_person", position=metres_east(120), summary="店门口有一名男童独自哭泣")  # fmt: skip

    # the screen says: this may be the same event, and why
    (suspected,) = likeness.list_duplicates(session, grant=editor, incident=second)
    assert suspected.incident.id == first.id
    assert set(suspected.reasons) == {"near", "same_time", "related_type"}
    assert 0.5 < suspected.score < 1

    # 16:05 — the dispatcher calls the shopkeeper back before deciding; that look is on record
    revealer = grant(room, Permission.CALLER_REVEAL)
    shown = caller.reveal(session, grant=revealer, incident_id=second.id, reason="回拨核实男童衣着",
                          at=at(5))  # fmt: skip
    assert shown.phone == SHOPKEEPER.phone

    # 16:06 — yellow coat: the same boy. The second is merged into the first, which gets the sighting as a note
    ending.merge(session, grant=editor, incident_id=second.id, into_id=first.id, reason="同一走失男童",
                 at=at(6))  # fmt: skip
    editing.add_note(session, grant=editor, incident_id=first.id, text="陈老板店门口发现男童，已致电139-0000-1111",
                     at=at(6))  # fmt: skip
    assert (second.state, second.merged_into_id) == ("merged", first.id)
    assert likeness.list_duplicates(session, grant=editor, incident=first) == []

    # the wall shows one incident; the guard's phone still shows his, without a word of who called
    screens = {p.audience: p.value for p in projection.project(session, [first.id, second.id]) if p.value}
    assert screens.keys() == {station_audience(station.id)} | {
        account_audience(login.account.id) for login in (patrol, gate)
    }
    on_the_guards_phone = str(screens[account_audience(gate.account.id)])
    assert "139" not in on_the_guards_phone
    assert projection.list_shown(session, station_audience(station.id)) == [first.id]

    # 16:08 — the patrol is there; 16:15 — the boy is with his mother; feedback; the leader closes
    for minutes, event in ((8, "arrive"), (15, "handle"), (20, "give_feedback")):
        first = fire(session, first, event, by=patrol.actor, at=at(minutes))
    first = fire(session, first, "close", by=leader, at=at(30))
    passed = {m.name: (m.at - START).total_seconds() / 60 for m in repository.list_milestones(session, first.id)}
    assert passed == {"received": 0, "dispatched": 1, "arrived": 8, "handled": 15, "feedback": 20, "closed": 30}

    # 17:00 — the mother calls again: he has gone once more. The leader reopens; a new round begins
    reopener = grant(leader, Permission.INCIDENT_REOPEN)
    first = ending.reopen(session, grant=reopener, incident_id=first.id, version=first.version,
                          reason="男童再次走失", at=at(60))  # fmt: skip
    assert (first.state, first.reopened) == ("received", 1)
    assert {m.name for m in repository.list_milestones(session, first.id) if m.round == 1} == {"reopened"}

    # the record tells the whole story, one line each, and no one's number
    session.commit()
    lines = session.query(RecordEntry).filter(RecordEntry.subject_id == first.id).order_by(RecordEntry.id).all()
    assert [line.action.partition(".")[2] for line in lines] == [
        "received", "dispatched", "absorbed", "noted", "arrived", "handled", "feedback_given", "closed", "reopened",
    ]  # fmt: skip
    assert not any("139" in f"{line.reason}{line.detail}" for line in lines)
