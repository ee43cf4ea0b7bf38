"""A place for past calls: one station around them, and people generated near where the calls came from.

Nobody in it exists; everything carries 回放 and 演示. The same calls and settings give the same place.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from simulation.people.motion import beside
from simulation.people.streets import Lonlat
from simulation.people.town import OrganizationSpec, PersonSpec, PostSpec, ResponderSpec, StationSpec, Town

#: shares of patrols (every second one by car) and of safe-houses; the rest are guards
_PATROLS, _HOUSES = 0.35, 0.1
_GUARD_NEAR_M, _HOUSE_NEAR_M, _PATROL_NEAR_M = 350.0, 500.0, 800.0
_MARGIN_DEG = 0.03


def make_replay_town(calls: Sequence[Lonlat], *, responders: int, seed: int, name: str) -> Town:
    """A station whose area covers ``calls`` with ``responders`` people (at least 10) scattered around them."""
    key = _key(calls, responders, seed)
    chance = random.Random(f"{seed}:{key}")
    code = f"HF{key}"
    house = chance.choice(calls)
    station = StationSpec(code, f"回放·{name}派出所 {key}（演示）", _box(calls), house)
    company = OrganizationSpec(f"回放·{name}保安 {key}（演示）", "security_company", code, f"{code}-M1")
    town = Town(district=f"回放·{name} {key}（演示）", stations=[station], organizations=[company])
    town.people = [
        PersonSpec(f"{code}-A1", "回放分局管理员（演示）", "district_admin", None),
        PersonSpec(f"{code}-L1", "回放所长（演示）", "leader", code),
        PersonSpec(f"{code}-D1", "回放值班员（演示）", "dispatcher", code),
        PersonSpec(f"{code}-M1", "回放单位管理员（演示）", "company_manager", code, company.name),
    ]
    # each kind is spread over the calls before two stand at one
    spread = [chance.sample(calls, len(calls)) for _ in range(3)]
    patrols, houses = max(4, round(responders * _PATROLS)), max(2, round(responders * _HOUSES))
    for number in range(1, max(10, responders) + 1):
        if number <= patrols:
            _add_patrol(town, station, number, spread[0][number % len(calls)], chance)
        elif number <= patrols + houses:
            _add_house(town, station, company, number, spread[1][number % len(calls)], chance)
        else:
            _add_guard(town, station, company, number, spread[2][number % len(calls)], chance)
    return town


def _add_patrol(town: Town, station: StationSpec, number: int, near: Lonlat, chance: random.Random) -> None:
    badge = f"{station.code}-P{number:04d}"
    town.people.append(PersonSpec(badge, f"回放民警{number:04d}（演示）", "officer", station.code))
    town.responders.append(
        ResponderSpec(
            "patrol_unit", f"回放巡组{number:04d}（演示）", f"回{number}", badge, station.code, station.name,
            beside(near, _PATROL_NEAR_M, chance), mobility="car" if number % 4 else "foot", crew=2,
        )
    )  # fmt: skip


def _add_house(
    town: Town, station: StationSpec, company: OrganizationSpec, number: int, near: Lonlat, chance: random.Random
) -> None:
    badge = f"{station.code}-K{number:04d}"
    town.people.append(PersonSpec(badge, f"回放店主{number:04d}（演示）", "keeper", station.code, company.name))
    town.responders.append(
        ResponderSpec(
            "safe_house", f"回放平安屋{number:04d}（演示）", None, badge, station.code, company.name,
            beside(near, _HOUSE_NEAR_M, chance), address=f"回放地址{number:04d}（演示）",
            capabilities=("aed", "extinguisher", "first_aid_kit"),
        )
    )  # fmt: skip


def _add_guard(
    town: Town, station: StationSpec, company: OrganizationSpec, number: int, near: Lonlat, chance: random.Random
) -> None:
    badge = f"{station.code}-B{number:04d}"
    position = beside(near, _GUARD_NEAR_M, chance)
    # a post that may be left: what is measured here is the system, not the staffing of invented gates
    post = PostSpec(f"回放岗{number:04d}（演示）", company.name, station.code, position, 0)
    town.posts.append(post)
    town.people.append(PersonSpec(badge, f"回放保安{number:04d}（演示）", "guard", station.code, company.name))
    skills = ("first_aid",) if chance.random() < 0.4 else ()
    town.responders.append(
        ResponderSpec(
            "guard", f"回放保安{number:04d}（演示）", None, badge, station.code, company.name,
            position, post.name, skills=skills,
        )
    )  # fmt: skip


def _box(calls: Sequence[Lonlat]) -> tuple[Lonlat, ...]:
    west, east = min(c[0] for c in calls) - _MARGIN_DEG, max(c[0] for c in calls) + _MARGIN_DEG
    south, north = min(c[1] for c in calls) - _MARGIN_DEG, max(c[1] for c in calls) + _MARGIN_DEG
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def _key(calls: Sequence[Lonlat], responders: int, seed: int) -> str:
    text = repr([[round(number, 6) for number in call] for call in calls]) + f":{responders}:{seed}"
    return hashlib.sha256(text.encode()).hexdigest()[:6].upper()
