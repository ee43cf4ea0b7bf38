"""Everybody can put words to codes, and no code is without one."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.aid.errors import AID_ENDED
from dispatch.closures.completeness import Evidence
from dispatch.contention.service import MOVED
from dispatch.escalation.steps import Step
from dispatch.incidents.states import IncidentState
from dispatch.matching.values import Exclusion, ShortfallReason
from dispatch.orders.leaving import LeaveReason
from dispatch.orders.progress import DeclineReason, WithdrawReason
from dispatch.swaps.service import SWAPPED
from dispatch.vocabulary import WORDS
from dispatch.vocabulary_en import ENGLISH
from kit.actor import Role
from tests.api.conftest import Server
from tests.guards.tree import ROOT
from tests.support.people import guard, make_station, staff

ENUMS = {
    "roles": Role,
    "decline_reasons": DeclineReason,
    "withdraw_reasons": WithdrawReason,
    "exclusions": Exclusion,
    "shortfalls": ShortfallReason,
    "evidence": Evidence,
}
#: columns whose codes the database lists itself
COLUMNS = {
    "organization_kinds": ("organizations", "kind"),
    "responder_kinds": ("responders", "kind"),
    "mobility": ("responders", "mobility"),
    "duty_ends": ("duties", "ended_how"),
    "alarms": ("alarms", "kind"),
    "incident_milestones": ("incident_milestones", "name"),
    "order_milestones": ("order_milestones", "name"),
}


@pytest.mark.parametrize("name", ENUMS)
def test_every_code_of_an_enumeration_has_a_word(name: str) -> None:
    assert set(WORDS[name]) == {str(member) for member in ENUMS[name]}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_code_that_the_database_allows_has_a_word(session: Session, name: str) -> None:
    table, column = COLUMNS[name]
    query = text(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = CAST(:table AS regclass) AND contype = 'c' AND pg_get_constraintdef(oid) LIKE :pattern"
    )
    rules = session.scalars(query, {"table": table, "pattern": f"CHECK (({column} = ANY%"}).all()
    assert len(rules) == 1
    assert set(re.findall(r"'([a-z_]+)'", rules[0])) == set(WORDS[name])


def test_every_reason_that_the_machine_writes_on_an_order_has_a_word() -> None:
    steps = {
        str(step) for step in (Step.EXPIRE_UNREACHED, Step.EXPIRE_UNANSWERED, Step.EXPIRE_OFF_DUTY, Step.EXPIRE_LOST)
    }
    written = steps | {str(Step.FAIL_OFF_DUTY), MOVED, SWAPPED, AID_ENDED} | {str(reason) for reason in LeaveReason}
    for folder in ("orders", "incidents", "feedback", "reviews"):
        for path in (ROOT / "dispatch" / folder).glob("*.py"):
            written |= set(re.findall(r'reason="(\w+)"', path.read_text()))
    assert written == set(WORDS["end_reasons"])


def test_every_ended_incident_has_a_word_for_how() -> None:
    assert {str(state) for state in IncidentState} <= set(WORDS["incident_milestones"])


def test_every_word_is_chinese_or_a_name() -> None:
    for name, words in WORDS.items():
        for code, word in words.items():
            assert word == "AED" or re.search(r"[\u4e00-\u9fff]", word), f"{name}: {code}"


def test_every_code_has_an_english_word_too() -> None:
    for name, words in ENGLISH.items():
        assert set(words) == set(WORDS[name])
        for code, word in words.items():
            assert (word.isascii() and word[:1].isupper()) or word[:1].isdigit(), f"{name}: {code}"


def test_a_guard_reads_what_he_is_asked_to_do(server: Server, committing: Session) -> None:
    station = make_station(committing)
    login, manager = guard(committing, station), staff(committing, Role.COMPANY_MANAGER, station)
    committing.commit()
    for who in (login, manager):
        with server.client(who) as client:
            words = client.get("/api/v1/vocabulary").json()["words"]
        assert words["verbs"]["guide"] == "引导带路"
        assert words["types"]["help.lost_person"] == "迷途走失"
        assert words["decline_reasons"]["post"] == "岗位无法离开"
