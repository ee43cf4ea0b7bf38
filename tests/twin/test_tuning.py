"""The trade-off, its knee, and what equal alerts are worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.twin import tune as tuning
from simulation.twin import tuning_report
from simulation.twin.compare import compare
from simulation.twin.equal import lower_hull, stand, x_at, y_at
from simulation.twin.spelling import read_policy
from simulation.twin.tune import Setting, Tried, find_knee, mark, tune
from tests.twin.small_city import a_case


def tried(alerts: float, p90_s: float, target: float = 0.5) -> Tried:
    return Tried(setting=Setting(target=target, radius_m=500), alerts=alerts, p50_s=1.0, p90_s=p90_s, unserved=0)


def test_the_knee_is_where_more_alerts_stop_to_pay() -> None:
    assert find_knee([1, 2, 3, 10], [900, 400, 380, 370]) == 1
    assert find_knee([1, 2], [5, 4]) == 0


def test_what_asks_more_and_comes_later_is_not_on_the_front() -> None:
    marked = mark([tried(3, 380), tried(1, 900), tried(2.5, 500), tried(2, 400), tried(10, 370)])
    assert [(one.alerts, one.on_front) for one in marked] == [
        (1, True), (2, True), (2.5, False), (3, True), (10, True),
    ]  # fmt: skip
    assert [one.alerts for one in marked if one.knee] == [2]


def test_a_setting_is_spelled_as_a_policy() -> None:
    setting = Setting(target=0.65, radius_m=800, factor=3.0, within_s=20)
    assert setting.policy == "ours:target=0.65,radius=800,factor=3,within=20"
    assert read_policy(setting.policy).name == setting.policy


def test_policies_are_mixed_along_the_lower_hull() -> None:
    hull = lower_hull([(1, 400), (2, 390), (3, 300), (8, 290), (9, 310)])
    assert hull == [(1, 400), (3, 300), (8, 290)]
    assert y_at(hull, 2) == pytest.approx(350)
    assert x_at(hull, 350) == pytest.approx(2)
    assert (y_at(hull, 0.5), y_at(hull, 20)) == (None, 290)
    assert (x_at(hull, 280), x_at(hull, 500)) == (None, 1)


def test_a_policy_stands_on_its_own_hull() -> None:
    (result,) = compare(a_case(), ["nearest"])
    (standing,) = stand([result], [result])
    assert standing.hull_alerts == standing.alerts
    assert standing.hull_wait_s == standing.wait_s


def test_tuning_proposes_one_setting_and_says_the_same_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tuning, "TARGETS", (0.1, 0.9))
    monkeypatch.setattr(tuning, "RADII", (300, 800))
    monkeypatch.setattr(tuning, "FACTORS", (2.0,))
    monkeypatch.setattr(tuning, "WITHIN_S", (20,))
    one, two = (tune(a_case(incidents=40)) for _ in range(2))
    assert one == two
    assert sum(tried.knee for tried in one) == 1
    assert tuning_report.advice(one).startswith("proposed: target_chance")
    inputs = {"source": "test", "incidents": 40, "guards": 40, "accept": 0.6, "ground": "open", "seed": 3}
    assert tuning_report.to_csv(one, inputs).count("\n") == 7
    tuning_report.draw(one, inputs, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 1000
