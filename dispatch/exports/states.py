"""What can be exported, what needs a second person, and how far a request is. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dispatch.exports.model import Export
from dispatch.figures.scope import By


class ExportKind(StrEnum):
    """What is taken along."""

    CLOSURE = "closure"  #: 警情办结档案
    WEEKLY = "weekly"  #: 周报
    FIGURES = "figures"  #: 统计表
    ROSTER = "roster"  #: 力量名册


class ExportState(StrEnum):
    """How far a request is."""

    WAITING = "waiting"  #: 待复核
    READY = "ready"  #: 可下载
    REFUSED = "refused"  #: 未同意
    EXPIRED = "expired"  #: 已过期


#: afterwards one asks again
LIFETIME = timedelta(hours=24)


def needs_second(kind: ExportKind, asked: dict[str, Any]) -> bool:
    """A list of people leaves the house when two agree (四眼原则)."""
    by_person = asked.get("by") in (By.RESPONDER, By.TAKER)
    return kind is ExportKind.ROSTER or (kind is ExportKind.FIGURES and by_person)


def state_of(export: Export, now: datetime) -> ExportState:
    """As it stands now."""
    if export.agreed is False:
        return ExportState.REFUSED
    if now >= export.expires_at:
        return ExportState.EXPIRED
    if export.needs_second and not export.agreed:
        return ExportState.WAITING
    return ExportState.READY
