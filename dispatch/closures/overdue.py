"""Which stage of an incident took, or takes, longer than it should. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

CITY_ARRIVE_S, SUBURB_ARRIVE_S = 300, 600
#: a month: what is not done by then has no target
MAX_TARGET_S = 30 * 86_400


class StageName(StrEnum):
    """The stages that have a target, in their order."""

    SIGN = "sign"  #: 签收
    DEPART = "depart"  #: 出警
    ARRIVE = "arrive"  #: 到场
    FEEDBACK = "feedback"  #: 反馈
    RATING = "rating"  #: 评价
    REVIEW = "review"  #: 审核


STAGE_NAMES: dict[StageName, str] = {
    StageName.SIGN: "签收",
    StageName.DEPART: "出警",
    StageName.ARRIVE: "到场",
    StageName.FEEDBACK: "反馈",
    StageName.RATING: "评价",
    StageName.REVIEW: "审核",
}


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Seconds that a stage may take.

    Arrival: 5 minutes in town, 10 in the suburbs (110接处警规范, art. 23). Signing, departure and feedback:
    the bounds of the published bands. Rating and review: this system's own.
    """

    sign_s: int = 60
    depart_s: int = 300
    arrive_s: int = CITY_ARRIVE_S
    feedback_s: int = 4 * 3600
    rating_s: int = 24 * 3600
    review_s: int = 48 * 3600

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Targets:
        """From a station's settings, ``{"zone": "city" | "suburb", "targets": {"sign_s": 60, …}}``.

        What is missing or no positive whole number stays at its default: a typing error in the settings must
        not close the leader's list.
        """
        stated = settings.get("targets")
        values = stated if isinstance(stated, dict) else {}
        default = cls(arrive_s=SUBURB_ARRIVE_S if settings.get("zone") == "suburb" else CITY_ARRIVE_S)
        return cls(**{f.name: _seconds(values.get(f.name), getattr(default, f.name)) for f in fields(cls)})

    def of_stage(self, name: StageName) -> timedelta:
        """How long the stage may take."""
        return timedelta(seconds=getattr(self, f"{name}_s"))


def _seconds(value: Any, default: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_TARGET_S
    return int(value) if good else default


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage as it ran: since when, until when (None: it still runs), of which order if of one."""

    name: StageName
    since: datetime
    done_at: datetime | None = None
    order_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """A stage that passed its target. ``done_at`` None: it is overdue now; else it was late."""

    stage: StageName
    since: datetime
    due: datetime
    done_at: datetime | None
    late_s: float
    order_id: uuid.UUID | None

    @property
    def running(self) -> bool:
        """Whether somebody still has to do it."""
        return self.done_at is None


def overdue(stages: Iterable[Stage], targets: Targets, now: datetime) -> tuple[Overdue, ...]:
    """The stages that passed their targets by ``now``, the running ones first, then by when they were due."""
    late = []
    for stage in stages:
        due = stage.since + targets.of_stage(stage.name)
        end = now if stage.done_at is None else stage.done_at
        if end > due:
            late.append(
                Overdue(
                    stage=stage.name,
                    since=stage.since,
                    due=due,
                    done_at=stage.done_at,
                    late_s=(end - due).total_seconds(),
                    order_id=stage.order_id,
                )
            )
    return tuple(
        sorted(late, key=lambda flag: (not flag.running, flag.due, flag.stage, flag.late_s, str(flag.order_id)))
    )
