"""What an incident of a type needs of guards, by the scenarios that every station starts with."""

from __future__ import annotations

from functools import cache

from dispatch.scenarios.defaults import DEFAULTS, FALLBACK_KEY
from dispatch.scenarios.spec import NeedSpec


@cache
def needs_for(category: str, type_: str) -> tuple[str, tuple[NeedSpec, ...]]:
    """The key of the scenario and its needs of guards: police are commanded and houses stay where they are."""
    key = f"{category}.{type_}"
    by_type = [default for default in DEFAULTS if key in default.spec.match.types]
    by_category = [default for default in DEFAULTS if category in default.spec.match.categories]
    general = [default for default in DEFAULTS if default.key == FALLBACK_KEY]
    chosen = (by_type or by_category or general)[0]
    return chosen.key, tuple(need for need in chosen.spec.need if need.kind == "guard")
