"""Calls to 110 that the demo's dispatchers take: what the caller says, and where in the town it is."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simulation.people.streets import Lonlat, along, metres, streets
from simulation.people.town import StationSpec, Town


@dataclass(frozen=True)
class Story:
    """One call. ``address`` as the dispatcher writes it."""

    category: str
    type: str
    subtype: str | None
    summary: str
    address: str
    position: Lonlat

    def incident(self) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "category": self.category,
            "type": self.type,
            "subtype": self.subtype,
            "summary": self.summary,
            "address": self.address,
            "position": {"lon": round(self.position[0], 7), "lat": round(self.position[1], 7), "crs": "wgs84"},
            "caller": {"name": "报警人（演示）"},
        }


#: (category, type, subtype, how often, what the caller says)
_CALLS: tuple[tuple[str, str, str | None, int, str], ...] = (
    ("help", "lost_person", "dementia", 4, "一名约七十五岁老人走失，患有认知障碍，身穿灰色外套。（演示）"),
    ("help", "find_person", "child", 2, "六岁男童与家人走散，身穿黄色上衣、背蓝色书包。（演示）"),
    ("help", "find_item", None, 2, "黑色双肩包遗失，内有证件和平板电脑。（演示）"),
    ("help", "find_pet", None, 1, "一只棕色泰迪犬走失，戴红色项圈。（演示）"),
    ("help", "move_car", None, 3, "小区消防通道被一辆白色轿车堵住，联系不上车主。（演示）"),
    ("help", "property_service", "leak", 2, "楼上漏水，楼道配电箱附近积水。（演示）"),
    ("help", "illness", "fall", 2, "一名老人在路边摔倒，意识清楚，无法站立。（演示）"),
    ("dispute", "consumer", None, 3, "顾客与店家因退款发生争执，情绪激动。（演示）"),
    ("dispute", "neighbour", None, 2, "邻里因楼道堆物争吵。（演示）"),
    ("public_order", "fight", None, 1, "两名男子在店门口推搡打架。（演示）"),
    ("traffic", "crash", "damage", 2, "两辆电动自行车相撞，占道争执。（演示）"),
    ("fire", "smoke", None, 1, "居民楼底层有焦糊味并冒烟。（演示）"),
)


_NEAR_PATROL_M = 700.0


def tell(town: Town, station: StationSpec, chance: random.Random) -> Story:
    """Some call from somewhere in the area of ``station``."""
    category, type_, subtype, _, summary = chance.choices(_CALLS, [call[3] for call in _CALLS])[0]
    address, position = _somewhere(town, station, chance)
    return Story(category, type_, subtype, summary, address, position)


def tell_of_the_old_man(town: Town, station: StationSpec, chance: random.Random, street: str = "剑川路") -> Story:
    """The story of ``demo --once``: an old man has lost his way near ``street``."""
    guards = [r.position for r in town.responders if r.kind == "guard" and r.station == station.code]
    places = [place for place in _places(town, station) if place[0].startswith(street)]
    patrols = [r.position for r in town.responders if r.kind == "patrol_unit" and r.station == station.code]
    # where the alliance is at home: at least four of its guards within five minutes' walk, a patrol not far
    near = [
        place
        for place in places
        if sum(metres(place[1], guard) < 400 for guard in guards) >= 4
        and any(metres(place[1], patrol) < _NEAR_PATROL_M for patrol in patrols)
    ]
    address, position = chance.choice(near or places)
    age = chance.randrange(68, 86)
    summary = f"家属报警：{age}岁老人外出未归，患有认知障碍，身穿深蓝色棉衣，最后出现在{address}附近。"
    return Story("help", "lost_person", "dementia", summary, address, position)


def _somewhere(town: Town, station: StationSpec, chance: random.Random) -> tuple[str, Lonlat]:
    return chance.choice(_places(town, station))


def _places(town: Town, station: StationSpec) -> list[tuple[str, Lonlat]]:
    """Addresses along the streets that lie well inside the station's area."""
    found = []
    for street, line in streets():
        for step in range(1, 60):
            position = along(line, step / 60)
            if _is_well_inside(station, position):
                found.append((f"{street}{step * 17}号（演示）", position))
    return found


def _is_well_inside(station: StationSpec, position: Lonlat, margin: float = 0.0015) -> bool:
    return all(
        is_inside(station.ring, (position[0] + dx, position[1] + dy))
        for dx, dy in ((margin, 0), (-margin, 0), (0, margin), (0, -margin))
    )


def is_inside(ring: tuple[Lonlat, ...], point: Lonlat) -> bool:
    """Whether ``point`` lies inside the closed ring."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > point[1]) != (y2 > point[1]) and point[0] < (x2 - x1) * (point[1] - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
