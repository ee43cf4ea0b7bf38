"""What describes which kind of responder: pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geo.crs import Position
from geo.responders.errors import ShapeRefused
from geo.responders.hours import check_hours
from geo.responders.vocabulary import CAPABILITIES, SKILLS, list_unknown, say_known
from kit.errors import Fault


class Kind(StrEnum):
    """What can be sent."""

    GUARD = "guard"  #: 保安员
    SAFE_HOUSE = "safe_house"  #: 平安屋
    PATROL_UNIT = "patrol_unit"  #: 巡逻警力


LABELS = {Kind.GUARD: "保安员", Kind.SAFE_HOUSE: "平安屋", Kind.PATROL_UNIT: "巡逻警力"}
MOBILITY_LABELS = {"foot": "步巡", "bicycle": "骑行", "car": "车巡"}
POLICE = "police"
MAX_CREW = 20


@dataclass(frozen=True, kw_only=True)
class NewResponder:
    """A responder to be registered. ``position`` is a safe-house's own place; the others move."""

    kind: Kind
    name: str
    organization_id: uuid.UUID
    account_id: uuid.UUID | None = None
    call_sign: str | None = None
    skills: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    post_id: uuid.UUID | None = None
    position: Position | None = None
    address: str | None = None
    opening_hours: dict[str, Any] | None = None
    mobility: str | None = None
    auxiliary: bool = False
    crew: int | None = None
    demo: bool = False


_BELONGS = {
    Kind.GUARD: {"post_id"},
    Kind.SAFE_HOUSE: {"position", "address", "opening_hours", "capabilities"},
    Kind.PATROL_UNIT: {"mobility", "crew", "auxiliary", "capabilities"},
}
_NEEDED = {
    Kind.GUARD: set[str](),
    Kind.SAFE_HOUSE: {"position", "opening_hours"},
    Kind.PATROL_UNIT: {"mobility", "crew"},
}
_OF_SOME_KIND = set().union(*_BELONGS.values())
_WORDS = (("skills", SKILLS), ("capabilities", CAPABILITIES))


def check_shape(
    new: NewResponder, *, organization_kind: str, words: Collection[str] = ("skills", "capabilities")
) -> None:
    """Raises ShapeRefused naming every member that is missing or out of place; HoursRefused.

    ``words``: the members that are compared with the vocabulary, which the rosters have as well.
    """
    faults = [
        Fault(pointer=f"/{member}/{place}", code="word-unknown", message=say_known(known))
        for member, known in _WORDS
        if member in words
        for place in list_unknown(getattr(new, member), known)
    ]
    for member in sorted(_OF_SOME_KIND):
        value = getattr(new, member)
        given = value is not None and value is not False and value != ()
        if given and member not in _BELONGS[new.kind]:
            text = f"{LABELS[new.kind]}没有此项"
            faults.append(Fault(pointer=f"/{member}", code="not-for-this-kind", message=text))
        if not given and member in _NEEDED[new.kind]:
            text = f"{LABELS[new.kind]}必须填写此项"
            faults.append(Fault(pointer=f"/{member}", code="missing", message=text))
    if (new.kind is Kind.PATROL_UNIT) != (organization_kind == POLICE):
        text = "巡逻警力须属于公安单位" if new.kind is Kind.PATROL_UNIT else "公安单位只登记巡逻警力"
        faults.append(Fault(pointer="/organization_id", code="organization-kind", message=text))
    if faults:
        raise ShapeRefused(faults=tuple(faults))
    if new.opening_hours is not None:
        check_hours(new.opening_hours)


def index_skills(skills: tuple[str, ...] | list[str], capabilities: tuple[str, ...] | list[str]) -> list[str]:
    """What a search for a skill finds: what he can do and what stands ready there, each once."""
    return sorted({*skills, *capabilities})
