"""How far a need is met, in the dispatcher's words."""

from __future__ import annotations

from dispatch.matching.advice import ADVICE, say_need
from dispatch.matching.values import Shortfall, ShortfallReason


def test_for_every_reason_there_is_something_to_do() -> None:
    assert set(ADVICE) == set(ShortfallReason)


def test_it_says_who_is_missing_why_and_what_to_do() -> None:
    reasons = [
        Shortfall(reason=ShortfallReason.ALL_ENGAGED, count=3),
        Shortfall(reason=ShortfallReason.OUTSIDE_RADIUS, count=1),
    ]
    said = say_need("guard", ["first_aid"], needed=2, accepted=0, waiting=1, reasons=reasons)
    assert said == (
        "保安员（急救）：需 2 名，已签收 0 名，等待答复 1 名，尚缺 1 名：附近力量均有任务 3 名；"
        "有力量，但都在搜索半径之外 1 名。可改派处置较轻警情的力量，或等待其完成；有力量可派时系统立即补派。"
    )


def test_a_need_that_is_met_or_still_asked_for_says_so() -> None:
    assert say_need("patrol_unit", [], needed=1, accepted=1, waiting=0, reasons=[]) == "巡逻警力：需 1 组，已全部签收。"
    said = say_need("safe_house", [], needed=1, accepted=0, waiting=2, reasons=[])
    assert said == "平安屋：需 1 处，已签收 0 处，等待答复 2 处。"
