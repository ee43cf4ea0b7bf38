"""Figures, files and policies as they are spelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulation.twin import report
from simulation.twin.arrivals import WEEK_HOURS, Process, draw, fit
from simulation.twin.compare import compare, differ
from simulation.twin.dice import Dice
from simulation.twin.ground import Streets
from simulation.twin.invent import CENTRE, invent_streets
from simulation.twin.measures import busy_spans, gini, quantile
from simulation.twin.policies import Broadcast
from simulation.twin.rota import HOUR_S, Rota
from simulation.twin.spelling import PolicyUnknown, read_policy
from simulation.twin.values import Call
from tests.twin.small_city import START_S, a_case, a_need, on_a_line

INPUTS = {"source": "test", "incidents": 60, "guards": 40, "accept": 0.6, "ground": "straight line", "seed": 3,
          "target_s": 480.0}  # fmt: skip


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        case = a_case()
        results = compare(case, ["ours", "broadcast"])
        report.draw(results, INPUTS, tmp_path / f"{name}.png")
        made.append((report.to_csv(results, INPUTS), report.table(results), (tmp_path / f"{name}.png").read_bytes()))
    assert made[0] == made[1]
    assert made[0][0].count('""seed"": 3') == 2


def test_another_seed_gives_another_day() -> None:
    one, two = (compare(a_case(seed=seed), ["ours"])[0] for seed in (3, 4))
    assert not np.array_equal(one.first_s, two.first_s)


def test_a_policy_does_not_differ_from_itself() -> None:
    one, other = compare(a_case(), ["ours", "ours:learn=yes"])
    difference = differ(one, other, target_s=480, seed=0)
    assert difference.in_time == difference.alerts == (0.0, 0.0, 0.0)


def test_whom_nobody_came_to_counts_as_never() -> None:
    waits = np.array([100.0, 200.0, 300.0, np.inf])
    assert (quantile(waits, 0.5), quantile(waits, 0.75), quantile(waits, 0.9)) == (200.0, 300.0, None)


def test_gini_is_nothing_where_all_are_alike_and_one_where_one_has_all() -> None:
    assert gini(np.ones(10)) == 0.0
    assert gini(np.array([0.0] * 999 + [5.0])) == pytest.approx(0.999)


def test_hours_without_calls_are_not_counted_as_watched() -> None:
    spans = busy_spans([0.0, 60.0, 120.0, 20_000.0])
    assert spans == [(-900.0, 1020.0), (19_100.0, 20_900.0)]


@pytest.mark.parametrize(
    "text",
    ["fastest", "ours:target=2", "ours:k=3", "several:k=0", "nearest:posts=perhaps", "ours:target", "ours:within=x"],
)
def test_a_policy_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(PolicyUnknown):
        read_policy(text)


def test_a_policy_s_own_radius_is_the_need_s() -> None:
    policy = read_policy("broadcast:radius=250,claim=yes")
    assert isinstance(policy, Broadcast)
    assert policy.claims
    assert policy.adapt(a_need()).radius_m == 250


class TestArrivals:
    @staticmethod
    def process(per_hour: float) -> Process:
        """Busy at noon, quiet else."""
        rates = np.where(np.arange(WEEK_HOURS) % 24 == 12, 10 * per_hour, per_hour)
        past = tuple(Call(number=n, at_s=0, position=CENTRE, scenario="other", needs=(a_need(),)) for n in range(3))
        return Process(per_hour=rates, watched_hours=np.ones(WEEK_HOURS), past=past, bandwidth_m=100.0)

    def test_calls_that_are_drawn_are_found_again_by_the_fit(self) -> None:
        drawn = draw(self.process(2.0), count=6000, start_s=START_S, seed=1)
        fitted, goodness = fit(drawn)
        noon = fitted.per_hour[np.arange(WEEK_HOURS) % 24 == 12]
        rest = fitted.per_hour[np.arange(WEEK_HOURS) % 24 != 12]
        assert noon.mean() == pytest.approx(20, rel=0.1)
        assert rest.mean() == pytest.approx(2, rel=0.1)
        assert goodness.ks_p > 0.01
        assert goodness.hours_never_watched == 0
        assert fitted.bandwidth_m <= 100

    def test_a_file_of_afternoons_says_which_hours_it_never_saw(self) -> None:
        drawn = draw(self.process(20.0), count=3000, start_s=START_S, seed=1)
        local = np.array([call.at_s / HOUR_S + 8 for call in drawn]) % 24
        afternoons = [call for call, hour in zip(drawn, local, strict=True) if 12 <= hour < 15]
        _, goodness = fit(afternoons)
        assert 100 < goodness.hours_never_watched < WEEK_HOURS

    def test_days_unlike_each_other_are_no_poisson_process(self) -> None:
        drawn = draw(self.process(20.0), count=600, start_s=START_S, seed=1)
        storm = [
            Call(number=n, at_s=START_S + 40 * 24 * HOUR_S + n * 10, position=CENTRE, scenario="other", needs=())
            for n in range(600)
        ]
        assert fit([*drawn, *storm])[1].dispersion > 3


def test_a_night_shift_is_on_duty_after_midnight() -> None:
    (guard,) = on_a_line(1)
    rota = Rota([guard.__class__(**{**guard.__dict__, "shift": (19, 7), "day_off": None})])
    local_midnight = START_S - (START_S + 8 * HOUR_S) % (24 * HOUR_S)
    hours = [hour for hour in range(24) if rota.is_on_duty(0, local_midnight + hour * HOUR_S)]
    assert hours == [0, 1, 2, 3, 4, 5, 6, 19, 20, 21, 22, 23]
    assert rota.end_s(0, local_midnight + HOUR_S) == local_midnight + 7 * HOUR_S


def test_on_streets_the_way_is_longer_than_the_line() -> None:
    case = a_case(incidents=20)
    ground = Streets(invent_streets([call.position for call in case.calls], seed=1))
    guards = case.population.guards
    at = a_case().calls[0]
    travel = ground.times([guard.home for guard in guards], at.position, "foot", None)  # type: ignore[arg-type]
    assert sum(t.basis == "road" for t in travel) > 0.9 * len(guards)
    ways = [ground.way(guard.home, at.position, "foot", None) for guard in guards[:5]]  # type: ignore[arg-type]
    for way, estimate in zip(ways, travel[:5], strict=True):
        assert way.seconds == pytest.approx(estimate.seconds, rel=0.01)
        assert way.at(0.0).lon == pytest.approx(way.line[0][0])
        assert way.at(1.0).lat == pytest.approx(way.line[-1][1])


def test_dice_do_not_remember() -> None:
    one, two = Dice(7), Dice(7)
    one.uniform(1, 2)
    assert one.uniform(3, 4) == two.uniform(3, 4)
    drawn = np.array([Dice(7).uniform(1, n) for n in range(4000)])
    assert drawn.mean() == pytest.approx(0.5, abs=0.02)
    assert np.corrcoef(drawn[1:], drawn[:-1])[0, 1] == pytest.approx(0, abs=0.05)
