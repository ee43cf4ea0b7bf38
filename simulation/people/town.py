"""The demo town as values: two stations, five companies, 60 guards, 14 safe-houses, 8 patrol units.

Everybody and everything here is invented and carries 演示. The same seed gives the same town.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from simulation.people.streets import CENTRE, NORTH_SOUTH, WEST_EAST, Lonlat, Node, along, between, crossing, streets

PASSWORD = "pingan-demo-110"
DISTRICT = "演示分局"
#: the boundary between the two stations runs along 景东路
_BOUNDARY = 2

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗"
_GIVEN = "伟芳敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂建华志文玉春国海龙飞"


@dataclass(frozen=True)
class StationSpec:
    """A station, with the ring of its area and the code its people's numbers begin with."""

    code: str
    name: str
    ring: tuple[Lonlat, ...]
    house: Lonlat
    #: of no telephone that there is
    duty_phone: str | None = None


@dataclass(frozen=True)
class OrganizationSpec:
    """A company of the alliance. A station's own police comes with the station, under its name."""

    name: str
    kind: str
    station: str
    manager_no: str


@dataclass(frozen=True)
class PostSpec:
    """A gate, with how many must stay at it."""

    name: str
    organization: str
    station: str
    position: Lonlat
    minimum_staff: int


@dataclass(frozen=True)
class PersonSpec:
    """Somebody with a login. ``badge_no`` is the login name."""

    badge_no: str
    name: str
    role: str
    station: str | None
    organization: str | None = None


@dataclass(frozen=True)
class ResponderSpec:
    """A guard, safe-house or patrol unit."""

    kind: str
    name: str
    call_sign: str | None
    badge_no: str
    station: str
    organization: str
    position: Lonlat
    post: str | None = None
    address: str | None = None
    skills: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    mobility: str | None = None
    auxiliary: bool = False
    crew: int | None = None


@dataclass(frozen=True)
class PlaceSpec:
    """An address or a named place."""

    name: str
    address: str
    category: str
    position: Lonlat


@dataclass(frozen=True)
class StreetSpec:
    """A street: its class as OpenStreetMap calls it, and the crossings that it joins, by number and place."""

    name: str
    kind: str
    nodes: tuple[tuple[int, Lonlat], ...]


@dataclass
class Town:
    """All of it."""

    district: str = DISTRICT
    stations: list[StationSpec] = field(default_factory=list)
    organizations: list[OrganizationSpec] = field(default_factory=list)
    posts: list[PostSpec] = field(default_factory=list)
    people: list[PersonSpec] = field(default_factory=list)
    responders: list[ResponderSpec] = field(default_factory=list)
    places: list[PlaceSpec] = field(default_factory=list)
    streets: list[StreetSpec] = field(default_factory=list)


def _ring(first_column: float, last_column: float) -> tuple[Lonlat, ...]:
    """The outline between two north-south lines, half a block beyond the outermost streets."""

    def corner(row: float, column: float) -> Lonlat:
        low_row, low_column = min(max(int(row), 0), len(WEST_EAST) - 2), min(max(int(column), 0), len(NORTH_SOUTH) - 2)
        a, b = crossing((low_row, low_column)), crossing((low_row, low_column + 1))
        c = crossing((low_row + 1, low_column))
        dr, dc = row - low_row, column - low_column
        return (a[0] + (b[0] - a[0]) * dc + (c[0] - a[0]) * dr, a[1] + (b[1] - a[1]) * dc + (c[1] - a[1]) * dr)

    top, bottom = -0.5, len(WEST_EAST) - 0.5
    corners = [(top, first_column), (top, last_column), (bottom, last_column), (bottom, first_column)]
    ring = [corner(row, column) for row, column in corners]
    return (*ring, ring[0])


def _station_of(column: float) -> str:
    return "ZZ" if column < _BOUNDARY else "WJ"


def _name(rng: random.Random) -> str:
    given = "".join(rng.sample(_GIVEN, rng.choice((1, 2))))
    return f"{rng.choice(_SURNAMES)}{given}（演示）"


def make_town(seed: int = 110) -> Town:
    """The town of this seed."""
    rng = random.Random(seed)
    town = Town()
    last = len(NORTH_SOUTH) - 0.5
    town.stations = [
        StationSpec("WJ", "演示·吴泾派出所", _ring(_BOUNDARY, last), crossing((3, 4)), "+862100000110"),
        StationSpec("ZZ", "演示·紫竹派出所", _ring(-0.5, _BOUNDARY), crossing((3, 1)), "+862100000220"),
    ]
    _add_staff(town, rng)
    _add_guards(town, rng)
    _add_safe_houses(town, rng)
    _add_patrols(town, rng)
    _add_places(town)
    _add_streets(town)
    return town


def _add_staff(town: Town, rng: random.Random) -> None:
    town.people.append(PersonSpec("A0001", "分局管理员（演示）", "district_admin", None))
    for number, station in enumerate(town.stations, start=1):
        town.people.append(PersonSpec(f"L{number}001", _name(rng), "leader", station.code))
        town.people += [PersonSpec(f"D{number}00{n}", _name(rng), "dispatcher", station.code) for n in (1, 2)]


_COMPANIES: tuple[tuple[str, str, str, int, tuple[Node, ...]], ...] = (
    # name, kind, station, guards, the crossings at which its gates are
    ("演示·浦江保安服务公司", "security_company", "WJ", 16, ((0, 4), (1, 3), (2, 4), (3, 3))),
    ("演示·剑川物业", "property_manager", "WJ", 14, ((4, 3), (4, 4), (4, 5), (5, 4))),
    ("演示·龙吴商业管理", "merchant", "WJ", 9, ((1, 5), (2, 5), (3, 5))),
    ("演示·紫竹园区保安", "security_company", "ZZ", 13, ((1, 0), (2, 1), (3, 0), (4, 1))),
    ("演示·虹梅学校后勤", "school", "ZZ", 8, ((0, 0), (2, 0), (5, 1))),
)
_GATES = ("东门", "西门", "南门", "北门")
_GUARD_SKILLS = ("first_aid", "dispute_calming", "traffic", "dialect", "fire_fighting")


def _add_guards(town: Town, rng: random.Random) -> None:
    number = 0
    for index, (company, kind, station, guards, crossings) in enumerate(_COMPANIES, start=1):
        manager = f"M000{index}"
        town.organizations.append(OrganizationSpec(company, kind, station, manager))
        town.people.append(PersonSpec(manager, _name(rng), "company_manager", station, company))
        posts = []
        for gate, node in zip(_GATES, crossings, strict=False):
            position = between(crossing(node), CENTRE, rng.uniform(0.01, 0.06))
            posts.append(PostSpec(f"{company}·{WEST_EAST[node[0]][0]}{gate}", company, station, position, 1))
        town.posts += posts
        for turn in range(guards):
            number += 1
            badge = f"B{number:04d}"
            post = posts[turn % len(posts)]
            skills = tuple(sorted(rng.sample(_GUARD_SKILLS, rng.choice((0, 1, 1, 2)))))
            person = PersonSpec(badge, _name(rng), "guard", station, company)
            town.people.append(person)
            where = (post.position[0] + rng.uniform(-4e-4, 4e-4), post.position[1] + rng.uniform(-4e-4, 4e-4))
            town.responders.append(
                ResponderSpec(
                    "guard", f"{person.name}{badge}", None, badge, station, company, where, post.name, skills=skills
                )
            )


_SHOPS = ("便利店", "药房", "超市", "面馆", "快递站", "五金店", "社区食堂")


def _add_safe_houses(town: Town, rng: random.Random) -> None:
    merchants = {"WJ": "演示·龙吴商业管理", "ZZ": "演示·虹梅学校后勤"}
    boundary = NORTH_SOUTH[_BOUNDARY][0]
    lines = [(street, line) for street, line in streets() if street != boundary]
    for number in range(1, 15):
        street, line = lines[number % len(lines)]
        while True:
            share = rng.uniform(0.05, 0.95)
            position = along(line, share)
            station = "WJ" if position[0] > crossing((3, _BOUNDARY))[0] + 0.001 else "ZZ"
            if abs(position[0] - crossing((3, _BOUNDARY))[0]) > 0.002:
                break
        badge = f"K{number:04d}"
        shop = _SHOPS[number % len(_SHOPS)]
        name = f"演示·平安屋{number:02d}（{street}{shop}）"
        town.people.append(PersonSpec(badge, _name(rng), "keeper", station, merchants[station]))
        capabilities = ["first_aid_kit"]
        if number % 2:
            capabilities.append("aed")
        if number % 3 == 0:
            capabilities.append("extinguisher")
        town.responders.append(
            ResponderSpec(
                "safe_house", name, None, badge, station, merchants[station], position,
                address=f"{street}{number * 37}号（演示）", capabilities=tuple(capabilities),
            )
        )  # fmt: skip


#: where the patrols begin: cars first, by turns at either station
_BEATS: tuple[Node, ...] = ((4, 4), (2, 0), (1, 4), (4, 1), (3, 4), (3, 1), (2, 5), (1, 1))


def _add_patrols(town: Town, rng: random.Random) -> None:
    for number in range(1, 9):
        station = town.stations[(number - 1) % 2]
        badge = f"P{number:04d}"
        car = number <= 4
        position = crossing(_BEATS[number - 1])
        town.people.append(PersonSpec(badge, _name(rng), "officer", station.code))
        kind = "车巡" if car else "步巡"
        town.responders.append(
            ResponderSpec(
                "patrol_unit", f"演示·{kind}{number:02d}组", f"{'洞' if car else '拐'}{number}", badge, station.code,
                station.name, position, mobility="car" if car else "foot", auxiliary=number > 6, crew=2,
            )
        )  # fmt: skip


_SIGHTS = (
    ("演示·吴泾公园", "公园", 3, 4.4),
    ("演示·剑川路地铁站", "地铁站", 4, 3.6),
    ("演示·永德小区", "小区", 2, 3.3),
    ("演示·宝秀菜场", "菜场", 1, 4.2),
    ("演示·龙吴广场", "商场", 2, 4.8),
    ("演示·吴泾小学", "学校", 3, 3.4),
    ("演示·紫竹创新园", "园区", 3, 0.6),
    ("演示·虹梅中学", "学校", 1, 0.4),
    ("演示·银春医院", "医院", 1, 1.4),
)


def _add_places(town: Town) -> None:
    for street, line in streets():
        for step in range(1, 60):
            number = step * 17
            place = f"{street}{number}号"
            town.places.append(PlaceSpec(f"{place}（演示）", place, "address", along(line, step / 60)))
    for name, category, row, column in _SIGHTS:
        west, east = crossing((row, int(column))), crossing((row, min(int(column) + 1, len(NORTH_SOUTH) - 1)))
        position = between(west, east, column - int(column))
        town.places.append(PlaceSpec(name, f"{WEST_EAST[row][0]}旁", category, position))


#: how wide they are drawn and how fast cars go; every other one is a lane between houses
_WIDE = {"剑川路": "primary", "龙吴路": "primary", "虹梅南路": "trunk", "元江路": "secondary", "莲花南路": "secondary"}


def _add_streets(town: Town) -> None:
    rows, columns = range(len(WEST_EAST)), range(len(NORTH_SOUTH))
    lines = [(name, [(row, column) for column in columns]) for row, (name, _) in enumerate(WEST_EAST)]
    lines += [(name, [(row, column) for row in rows]) for column, (name, _) in enumerate(NORTH_SOUTH)]
    for name, nodes in lines:
        joined = tuple((node[0] * len(NORTH_SOUTH) + node[1] + 1, crossing(node)) for node in nodes)
        town.streets.append(StreetSpec(name, _WIDE.get(name, "tertiary"), joined))
