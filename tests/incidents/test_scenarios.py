"""Scenarios: what the law keeps out, which one an incident follows, the defaults."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.orm import Session

from dispatch.incidents.catalogue import KINDS, VIOLENT
from dispatch.scenarios import repository, service
from dispatch.scenarios.defaults import DEFAULTS
from dispatch.scenarios.spec import ScenarioSpec
from dispatch.scenarios.tasks import task_for
from dispatch.scenarios.verbs import POLICE_ONLY, VERBS
from tests.support.people import START, make_station

POLICE = {"kind": "patrol_unit", "mode": "command", "needed": 1, "radius_m": 5000, "receipt_s": 20, "accept_s": 30}
GUARD = {"kind": "guard", "mode": "offer", "needed": 1, "alert_factor": 5.0, "radius_m": 500, "receipt_s": 15,
         "accept_s": 30}  # fmt: skip


def spec(**changes: Any) -> dict[str, Any]:
    return {
        "need": [POLICE, GUARD],
        "instruction": "请到场协助民警维持秩序。",
        "allowed_verbs": ["guide", "observe"],
        "match": {"types": ["help.find_item"]},
        **changes,
    }


def codes(document: dict[str, Any]) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        ScenarioSpec.model_validate(document)
    return {error["type"] for error in refused.value.errors()}


def test_a_plain_scenario_is_accepted() -> None:
    assert ScenarioSpec.model_validate(spec()).need[1].needed == 1


@pytest.mark.parametrize("verb", sorted(POLICE_ONLY))
def test_no_scenario_may_ask_a_civilian_for_what_only_police_may_do(verb: str) -> None:
    assert codes(spec(allowed_verbs=["guide", verb])) == {"verb-police-only"}


def test_police_powers_and_civilian_help_do_not_overlap() -> None:
    assert not POLICE_ONLY.keys() & VERBS.keys()


def test_an_unknown_verb_is_refused() -> None:
    assert codes(spec(allowed_verbs=["fly"])) == {"verb-unknown"}


@pytest.mark.parametrize("type_", sorted(VIOLENT))
def test_a_violent_type_without_a_stand_off_is_refused(type_: str) -> None:
    assert codes(spec(match={"types": [type_]})) == {"stand-off-required"}


def test_keeping_a_distance_needs_a_distance_and_the_other_way_round() -> None:
    assert codes(spec(allowed_verbs=["keep_distance"])) == {"stand-off-needs-distance"}
    assert codes(spec(stand_off_m=60)) == {"stand-off-needs-distance"}
    assert ScenarioSpec.model_validate(spec(allowed_verbs=["keep_distance"], stand_off_m=60)).stand_off_m == 60


def test_a_stand_off_of_a_few_steps_is_none() -> None:
    assert codes(spec(allowed_verbs=["keep_distance"], stand_off_m=5)) == {"stand-off-too-near"}


def test_helpers_are_asked_and_police_are_told() -> None:
    assert codes(spec(need=[POLICE, {**GUARD, "mode": "command"}])) == {"helpers-are-asked"}
    assert codes(spec(need=[{**POLICE, "mode": "offer"}])) == {"helpers-are-asked"}


def test_a_scenario_without_police_is_refused() -> None:
    assert codes(spec(need=[GUARD])) == {"police-missing"}


def test_the_same_need_is_not_stated_twice() -> None:
    assert codes(spec(need=[POLICE, GUARD, GUARD])) == {"need-doubled"}
    assert ScenarioSpec.model_validate(spec(need=[POLICE, GUARD, {**GUARD, "skills": ["first_aid"]}]))


@pytest.mark.parametrize(
    "changes",
    [
        {"need": []},
        {"need": [POLICE, {**GUARD, "radius_m": 10}]},
        {"need": [POLICE, {**GUARD, "needed": 0}]},
        {"need": [POLICE, {**GUARD, "alert_factor": float("nan")}]},
        {"need": [POLICE, {**GUARD, "needed": "2"}]},
        {"instruction": ""},
        {"match": {"types": ["help.nothing"]}},
        {"colour": "red"},
    ],
)
def test_what_does_not_fit_the_schema_is_refused(changes: dict[str, Any]) -> None:
    assert codes(spec(**changes))


def test_the_defaults_are_what_the_seed_and_the_issue_name() -> None:
    assert [d.name for d in DEFAULTS] == [
        "寻人寻物寻宠", "迷途走失", "物业服务", "挪车求助", "消费纠纷先期处置", "打架斗殴及暴力警情", "交通事故",
        "火情", "突发疾病", "其他警情",
    ]  # fmt: skip


def test_every_default_alerts_five_to_seven_guards_near_by_and_waits_seconds() -> None:
    for default in DEFAULTS:
        guards = [need for need in default.spec.need if need.kind == "guard"]
        assert guards
        for need in guards:
            assert need.needed in (1, 2)
            assert 5 <= need.needed * need.alert_factor <= 7
            assert 400 <= need.radius_m <= 600
            assert 15 <= need.receipt_s <= 20
            assert 30 <= need.accept_s <= 40


def test_every_default_says_in_chinese_what_one_may_not_do() -> None:
    for default in DEFAULTS:
        for need in default.spec.need:
            if need.kind == "guard":
                text = task_for(default.spec, kind=need.kind, skills=need.skills).instruction
                assert "不得" in text
                assert len(text) >= 60


def test_illness_sends_for_an_aed_and_for_a_guard_trained_in_first_aid() -> None:
    illness = next(d.spec for d in DEFAULTS if d.key == "illness")
    wanted = {(need.kind, tuple(need.skills)) for need in illness.need}
    assert {("safe_house", ("aed",)), ("guard", ("first_aid",))} <= wanted


def test_every_violent_type_of_the_catalogue_has_a_default_with_a_stand_off() -> None:
    for type_ in VIOLENT:
        named = [d for d in DEFAULTS if type_ in d.spec.match.types]
        assert [d.spec.stand_off_m >= 50 for d in named] == [True]


def test_seeding_twice_adds_nothing(session: Session) -> None:
    station = make_station(session)
    assert service.seed_defaults(session, station.id, START) == len(DEFAULTS)
    assert service.seed_defaults(session, station.id, START) == 0


def test_a_type_is_followed_before_its_category_and_the_rest_goes_to_the_general_one(session: Session) -> None:
    station = make_station(session)
    service.seed_defaults(session, station.id, START)
    rows = repository.list_in_force(session, station.id)
    chosen = {kind.key: service.choose(rows, kind.category, kind.code) for kind in KINDS}
    assert all(chosen.values())
    keys = {key: row.key for key, row in chosen.items() if row is not None}
    assert keys["help.lost_person"] == "lost_person"
    assert keys["help.find_pet"] == "find"
    assert keys["traffic.jam"] == "crash"
    assert keys["criminal.injury"] == "fight"
    assert keys["criminal.theft"] == "other"


def test_a_station_without_scenarios_gets_them_with_its_first_call(session: Session) -> None:
    station = make_station(session)
    assert service.find_for(session, station.id, "help", "move_car", at=START).key == "move_car"
