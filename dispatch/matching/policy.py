"""What a station decides about sparing its helpers, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

PostRule = Literal["forbid", "price"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """``rest_s``, ``alerts_per_hour``, ``alerts_per_shift``, ``proven_s``: 0 means no such rule. Judgement:

    five minutes to come back to one's post and breathe; six alerts an hour are one in ten minutes; a phone that was
    not heard of for a quarter of an hour has no app running (one that runs is heard of every minute).
    """

    rest_s: int = 300
    alerts_per_hour: int = 6
    alerts_per_shift: int = 24
    proven_s: int = 900
    #: whether a post may go below its minimum at a price; its last guard stays in any case
    post_rule: PostRule = "forbid"

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Policy:
        """From a station's settings, ``{"matching": {"rest_s": 300}}``; else the default."""
        stated = settings.get("matching")
        values = stated if isinstance(stated, dict) else {}
        return cls(**{f.name: _good(f.name, values.get(f.name), f.default) for f in fields(cls)})

    def columns(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def _good(name: str, value: Any, default: Any) -> Any:
    if name == "post_rule":
        return value if value in ("forbid", "price") else default
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default
