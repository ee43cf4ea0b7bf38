"""What was stored before chances were known is still made again to the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.matching.labels import say_plan, say_why
from dispatch.matching.model import Recommendation
from dispatch.matching.service import plan_of, recompute

#: inputs and results as the first version of the matcher wrote them
STORED = json.loads(Path(__file__).with_name("old_recommendations.json").read_text())


@pytest.mark.parametrize("stored", STORED)
def test_an_old_recommendation_is_made_again_from_its_inputs(stored: dict[str, Any]) -> None:
    recommendation = Recommendation(inputs=stored["inputs"], result=stored["result"])
    assert recompute(recommendation) == stored["result"]


@pytest.mark.parametrize("stored", STORED)
def test_an_old_recommendation_is_still_shown_in_words(stored: dict[str, Any]) -> None:
    plan = plan_of(Recommendation(inputs=stored["inputs"], result=stored["result"]))
    assert all(say_why(scored).startswith("预计 ") for scored in (*plan.chosen, *plan.reserves))
    assert say_plan(plan, places=1) is None
