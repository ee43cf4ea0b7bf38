"""What simulated people do, without a server."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from simulation.people.behaviour import EVERYDAY, RELIABLE, Behaviour
from simulation.people.figures import TAKEN
from simulation.people.motion import STRAY_M, Body, beside
from simulation.people.pictures import take_photo
from simulation.people.police import judge
from simulation.people.replay_town import make_replay_town
from simulation.people.stories import is_inside
from simulation.people.streets import Lonlat, metres
from simulation.people.world import FASTEST_MPS, OpenGround, World

HERE: Lonlat = (121.4560, 31.0411)


def test_the_same_seed_makes_the_same_character() -> None:
    world = World("http://localhost", "password", seed=7)
    assert world.chance_of("B0001").random() == World("http://localhost", "x", seed=7).chance_of("B0001").random()
    assert world.chance_of("B0001").random() != world.chance_of("B0002").random()


def test_people_answer_as_often_as_their_behaviour_says() -> None:
    chance = random.Random(1)
    behaviour = Behaviour(accepts=0.7, ignores=0.1, loses_signal=0.1)
    answers = Counter(behaviour.answer(chance) for _ in range(5000))
    assert abs(answers["accept"] / (answers["accept"] + answers["decline"]) - 0.7) < 0.03
    assert abs(answers["ignore"] / 5000 - 0.1) < 0.02


def test_reliable_people_neither_ignore_nor_vanish() -> None:
    chance = random.Random(1)
    assert {RELIABLE.answer(chance) for _ in range(1000)} == {"accept", "decline"}


def test_a_decline_and_a_withdrawal_give_a_reason_that_the_api_knows() -> None:
    from dispatch.orders.progress import DeclineReason, WithdrawReason

    chance = random.Random(1)
    assert {EVERYDAY.decline_reason(chance) for _ in range(200)} <= set(DeclineReason)
    assert {EVERYDAY.withdraw_reason(chance) for _ in range(200)} <= set(WithdrawReason)


def test_a_judgement_is_one_that_the_api_takes() -> None:
    from dispatch.ratings.values import Outcome, RatingValues, check

    chance = random.Random(1)
    for kind in ("guard", "safe_house"):
        for _ in range(200):
            judged = judge(kind, chance)
            check(
                RatingValues(**{**judged, "outcome": Outcome(judged["outcome"]), "tags": tuple(judged.get("tags", ()))})
            )


def test_a_result_of_the_officer_is_one_that_the_form_knows() -> None:
    from dispatch.feedback.results import RESULTS
    from simulation.people.police import _OTHERWISE, _RESULTS

    for code, _ in (*_RESULTS.values(), _OTHERWISE):
        assert not RESULTS[code].hands_over


def test_every_story_is_of_a_type_in_the_catalogue() -> None:
    from dispatch.incidents.catalogue import find_kind, find_subtype
    from simulation.people.stories import _CALLS

    for category, type_, subtype, _, _ in _CALLS:
        kind = find_kind(category, type_)
        assert kind is not None
        assert subtype is None or find_subtype(kind, subtype)


def test_the_states_that_count_as_taken_are_the_systems() -> None:
    from dispatch.orders.states import COUNTED

    assert {str(state) for state in COUNTED} == TAKEN


@given(st.floats(1, 40), st.sampled_from(["foot", "bicycle", "car"]))
def test_nobody_is_faster_than_a_phone_is_believed(pace: float, mobility: str) -> None:
    from geo.positions.pipeline import MAX_SPEED_MPS

    assert World("http://localhost", "x", pace=pace).speed_mps(mobility) <= FASTEST_MPS < MAX_SPEED_MPS


def test_somebody_at_home_strays_a_few_steps_and_says_how_well_he_is_located() -> None:
    world = World("http://localhost", "x", behaviour=RELIABLE)
    body = Body(HERE, "foot", world, random.Random(3))
    for now_s in range(50):
        fix = body.fix(float(now_s))
        at = (fix["position"]["lon"], fix["position"]["lat"])
        assert fix["position"]["crs"] == "wgs84"
        assert metres(at, HERE) <= STRAY_M + fix["accuracy_m"]


def test_somebody_who_sets_out_gets_there_and_can_turn_round_on_the_way() -> None:
    world = World("http://localhost", "x", pace=10, ground=OpenGround())
    body = Body(HERE, "foot", world, random.Random(3))
    goal = beside(HERE, 400, random.Random(5))
    body.set_out(goal, 0.0)
    middle = body.where(5.0)
    assert 0 < metres(HERE, middle) < 100
    body.set_out(HERE, 5.0)
    assert metres(body.where(5.0), middle) < 0.1
    assert not body.is_moving(1000.0)
    assert metres(body.where(1000.0), HERE) < 0.1


def test_a_photo_is_a_small_picture_and_says_that_it_is_none() -> None:
    from dispatch.reports.pictures import redraw

    content = take_photo(random.Random(1), "B0001")
    assert len(content) < 30_000
    assert redraw(content).width_px == 320


def test_a_place_for_replays_covers_its_calls_and_is_labelled() -> None:
    calls = [(-75.3 + n * 0.01, 40.1 + n * 0.005) for n in range(30)]
    town = make_replay_town(calls, responders=50, seed=1, name="calls")
    assert all(is_inside(town.stations[0].ring, call) for call in calls)
    assert all(is_inside(town.stations[0].ring, r.position) for r in town.responders)
    assert len(town.responders) == 50
    named = [*town.stations, *town.organizations, *town.posts, *town.people, *town.responders]
    assert all("回放" in thing.name and "演示" in thing.name for thing in named)  # type: ignore[attr-defined]
    assert make_replay_town(calls, responders=50, seed=1, name="calls") == town
    assert make_replay_town(calls, responders=51, seed=1, name="calls").district != town.district


def test_one_who_cannot_log_in_does_not_keep_the_others_from_it() -> None:
    from simulation.people.crowd import present, wait_until_placed
    from simulation.people.person import Person

    class Dead(Person):
        async def _enter(self) -> None:
            raise TimeoutError("no server")

    class Quick(Person):
        async def _enter(self) -> None:
            return None

    async def scene() -> int:
        world = World("http://127.0.0.1:9", "x")
        people = [Dead("B1", world), Quick("B2", world)]
        async with present(people):
            return await wait_until_placed(people, timeout_s=1)

    assert asyncio.run(scene()) == 1
