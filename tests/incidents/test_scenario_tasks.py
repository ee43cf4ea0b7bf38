"""Everybody is given what is his of a scenario: a keeper not the guards' list, a patrol nobody's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from dispatch.orders import service
from dispatch.scenarios.defaults import DEFAULTS
from dispatch.scenarios.spec import ScenarioSpec
from dispatch.scenarios.tasks import Task, task_for
from tests.incidents.test_scenarios import GUARD, POLICE, codes, spec
from tests.support.orders import a_need, make_scene
from tests.support.people import START, east, keeper

HOUSE = {"kind": "safe_house", "mode": "offer", "needed": 1, "radius_m": 500, "receipt_s": 15, "accept_s": 30}
BOTH = [POLICE, GUARD, HOUSE]


def task(kind: str, **changes: Any) -> Task:
    return task_for(ScenarioSpec.model_validate(spec(need=BOTH, **changes)), kind=kind, skills=[])


def items(*kinds_of: tuple[str, list[str]]) -> dict[str, Any]:
    return {"checklist": [{"key": key, "text": "核对一项", "kinds": kinds} for key, kinds in kinds_of]}


def keys(task: Task) -> list[str]:
    return [item.key for item in task.checklist]


def test_an_item_goes_to_the_kinds_that_it_names() -> None:
    checklist = items(("gate", ["guard"]), ("shop", ["safe_house"]), ("two", ["guard", "patrol_unit"]), ("all", []))
    assert keys(task("guard", **checklist)) == ["gate", "two", "all"]
    assert keys(task("safe_house", **checklist)) == ["shop", "all"]
    assert keys(task("patrol_unit", **checklist)) == ["two"]


def test_a_version_from_before_says_the_same_to_every_helper_and_nothing_to_police() -> None:
    old = {"checklist": [{"key": "looked", "text": "已查看", "required": True}], "photo_required": True}
    for kind in ("guard", "safe_house"):
        assert (keys(task(kind, **old)), task(kind, **old).photo_required) == (["looked"], True)
    assert (keys(task("patrol_unit", **old)), task("patrol_unit", **old).photo_required) == ([], False)


def test_a_photo_is_required_of_those_named() -> None:
    named = {"photo_required": True, "photo_from": ["guard"]}
    assert [task(kind, **named).photo_required for kind in ("guard", "safe_house", "patrol_unit")] == [
        True,
        False,
        False,
    ]


def test_a_need_may_have_its_own_words_and_verbs() -> None:
    house = {**HOUSE, "instruction": "请备好店内急救箱。", "allowed_verbs": ["fetch"]}
    own = task_for(ScenarioSpec.model_validate(spec(need=[POLICE, GUARD, house])), kind="safe_house", skills=[])
    assert (own.instruction, own.allowed_verbs) == ("请备好店内急救箱。", ("fetch",))
    assert task("guard").allowed_verbs == ("guide", "observe")
    assert task("patrol_unit").allowed_verbs == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"need": [POLICE, {**GUARD, "allowed_verbs": ["detain"]}]}, "verb-police-only"),
        ({"need": [{**POLICE, "allowed_verbs": ["guide"]}, GUARD]}, "verbs-are-for-helpers"),
        ({"need": [POLICE, {**GUARD, "allowed_verbs": ["keep_distance"]}]}, "stand-off-needs-distance"),
        (items(("shop", ["safe_house"])), "kind-not-needed"),
        ({"photo_required": True, "photo_from": ["safe_house"]}, "kind-not-needed"),
        ({"photo_from": ["guard"]}, "photo-not-required"),
    ],
)
def test_what_is_nobodys_or_nobody_may_is_refused(changes: dict[str, Any], code: str) -> None:
    assert codes(spec(**changes)) == {code}


def test_in_a_dangerous_scenario_every_need_keeps_its_distance() -> None:
    danger = {"allowed_verbs": ["keep_distance"], "stand_off_m": 60}
    near = {**GUARD, "allowed_verbs": ["observe"]}
    assert codes(spec(need=[POLICE, near], **danger)) == {"stand-off-needs-distance"}


def test_no_default_asks_a_keeper_for_what_is_the_guards() -> None:
    for default in DEFAULTS:
        if all(need.kind != "safe_house" for need in default.spec.need):
            continue
        house = next(need for need in default.spec.need if need.kind == "safe_house")
        his = task_for(default.spec, kind="safe_house", skills=house.skills)
        guards = task_for(default.spec, kind="guard", skills=[])
        required = {item.key for item in his.checklist if item.required}
        assert required and required.isdisjoint(item.key for item in guards.checklist), default.key
        assert set(his.allowed_verbs) < set(default.spec.allowed_verbs)


def test_each_order_holds_what_is_his(session: Session) -> None:
    scene = make_scene(
        session,
        a_need("patrol_unit"),
        a_need(),
        a_need("safe_house", allowed_verbs=["fetch"]),
        guards=1,
        checklist=[
            {"key": "gate", "text": "已打开大门", "required": True, "kinds": ["guard"]},
            {"key": "shop", "text": "已备好急救箱", "required": True, "kinds": ["safe_house"]},
        ],
        photo_required=True,
        photo_from=["guard"],
    )
    house = keeper(session, scene.station, lon=east(80))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    of_guard, of_keeper, of_police = scene.order(scene.guards[0]), scene.order(house), scene.order(scene.police[0])
    assert of_guard.checklist == [{"key": "gate", "text": "已打开大门", "required": True}]
    assert [item["key"] for item in of_keeper.checklist] == ["shop"]
    assert of_police.checklist == []
    assert [o.photo_required for o in (of_guard, of_keeper, of_police)] == [True, False, False]
    assert (of_guard.allowed_verbs, of_keeper.allowed_verbs) == (["cordon", "observe"], ["fetch"])
