"""What figures are made of: incidents with their facts and orders, and how they are told apart. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.closures.facts import Facts, OrderFacts
from dispatch.figures.scope import By, week_label, week_of


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One order with who got it. ``facts`` has its milestones."""

    facts: OrderFacts
    kind: str
    responder_id: uuid.UUID
    responder: str
    organization_id: uuid.UUID
    organization: str
    score: int | None = None
    rated: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """One incident. ``wants_helpers``: its scenario asks for guards or safe-houses; ``shortfall``: why fewer came."""

    id: uuid.UUID
    station_id: uuid.UUID
    station: str
    received_at: datetime
    state: str
    scenario_key: str
    scenario: str
    wants_helpers: bool
    taker_id: uuid.UUID | None
    taker: str | None
    facts: Facts
    asked: tuple[Asked, ...] = ()
    shortfall: str | None = None
    returned: int = 0


@dataclass(frozen=True)
class Group:
    """One line of a table. ``key`` names it in addresses, ``label`` on the screen."""

    key: str
    label: str


ALL = Group("all", "全部")
NO_TAKER = Group("system", "系统接入")


@dataclass
class Sets:
    """Which incidents are behind each number of a line."""

    of: dict[str, set[uuid.UUID]] = field(default_factory=dict)

    def add(self, name: str, case: Case) -> None:
        self.of.setdefault(name, set()).add(case.id)

    def frozen(self) -> Mapping[str, frozenset[uuid.UUID]]:
        return {name: frozenset(ids) for name, ids in self.of.items()}


def group_of_case(case: Case, by: By) -> Group | None:
    """The line that an incident belongs to; None where its orders belong to several."""
    match by:
        case By.ALL:
            return ALL
        case By.WEEK:
            key = week_of(case.received_at)
            return Group(key, week_label(key))
        case By.SCENARIO:
            return Group(case.scenario_key, case.scenario)
        case By.STATION:
            return Group(str(case.station_id), case.station)
        case By.TAKER:
            return Group(str(case.taker_id), case.taker or NO_TAKER.label) if case.taker_id else NO_TAKER
        case _:
            return None


def group_of_order(case: Case, asked: Asked, by: By) -> Group:
    """The line that an order belongs to."""
    if by is By.ORGANIZATION:
        return Group(str(asked.organization_id), asked.organization)
    if by is By.RESPONDER:
        return Group(str(asked.responder_id), asked.responder)
    return group_of_case(case, by) or ALL


def in_order(groups: Iterable[Group], by: By) -> list[Group]:
    """Weeks by time, everything else by its name."""
    return sorted(groups, key=lambda group: (group.key if by is By.WEEK else group.label, group.key))
