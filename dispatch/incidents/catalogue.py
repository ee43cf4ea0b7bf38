"""Categories, types and subtypes of incidents (类别/类型/细类): our own small catalogue.

A source that uses other codes maps them to these; ``number`` is for systems that send digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Kind:
    """One type within a category. ``level`` is proposed when nobody states one (1 gravest, 4 least)."""

    category: str
    code: str
    name: str
    number: str
    level: int
    violent: bool = False
    subtypes: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """``category.type``, as scenarios name it."""
        return f"{self.category}.{self.code}"


#: category → (Chinese name, digits)
CATEGORIES: dict[str, tuple[str, str]] = {
    "criminal": ("刑事警情", "10"),
    "public_order": ("治安警情", "20"),
    "traffic": ("交通警情", "30"),
    "fire": ("火灾与灾害事故", "40"),
    "help": ("群众求助", "50"),
    "dispute": ("矛盾纠纷", "60"),
    "complaint": ("举报投诉", "70"),
}

_WHO = (("child", "儿童"), ("elderly", "老人"), ("dementia", "失智老人"), ("adult", "成年人"))

# fmt: off
KINDS: tuple[Kind, ...] = (
    Kind("criminal", "theft", "盗窃", "1001", 3),
    Kind("criminal", "robbery", "抢劫抢夺", "1002", 1, violent=True),
    Kind("criminal", "injury", "故意伤害", "1003", 1, violent=True),
    Kind("criminal", "fraud", "诈骗", "1004", 3),
    Kind("criminal", "other", "其他刑事警情", "1099", 2),
    Kind("public_order", "fight", "打架斗殴", "2001", 2, violent=True,
         subtypes=(("group", "多人斗殴"), ("weapon", "持械斗殴"))),
    Kind("public_order", "armed_threat", "持械滋事", "2002", 1, violent=True),
    Kind("public_order", "drunk", "醉酒滋事", "2003", 2, violent=True),
    Kind("public_order", "domestic_violence", "家庭暴力", "2004", 2, violent=True),
    Kind("public_order", "disturbance", "扰乱秩序", "2005", 3),
    Kind("public_order", "noise", "噪声扰民", "2006", 4),
    Kind("public_order", "suspicious", "可疑人员、物品", "2007", 3),
    Kind("public_order", "alarm", "技防报警", "2008", 3),
    Kind("public_order", "panic", "人员遇险求援", "2009", 1, violent=True),
    Kind("public_order", "other", "其他治安警情", "2099", 3),
    Kind("traffic", "crash", "交通事故", "3001", 2, subtypes=(("injury", "伤人事故"), ("damage", "财损事故"))),
    Kind("traffic", "jam", "道路拥堵", "3002", 4),
    Kind("traffic", "vehicle_broken", "车辆故障", "3003", 4),
    Kind("traffic", "hazard", "道路障碍", "3004", 3),
    Kind("traffic", "other", "其他交通警情", "3099", 3),
    Kind("fire", "building", "房屋火灾", "4001", 1),
    Kind("fire", "vehicle", "车辆火灾", "4002", 1),
    Kind("fire", "smoke", "冒烟、异味", "4003", 2),
    Kind("fire", "gas_leak", "燃气泄漏", "4004", 1),
    Kind("fire", "alarm", "消防报警", "4005", 2),
    Kind("fire", "other", "其他火灾与灾害事故", "4099", 2),
    Kind("help", "find_person", "寻人", "5001", 3, subtypes=_WHO),
    Kind("help", "find_item", "寻物", "5002", 4),
    Kind("help", "find_pet", "寻宠", "5003", 4),
    Kind("help", "lost_person", "迷途走失", "5004", 2, subtypes=_WHO),
    Kind("help", "property_service", "物业服务", "5005", 4,
         subtypes=(("lock", "开锁"), ("leak", "漏水"), ("lift", "电梯"))),
    Kind("help", "move_car", "挪车求助", "5006", 4),
    Kind("help", "illness", "突发疾病", "5007", 1,
         subtypes=(("cardiac", "心脏骤停"), ("unconscious", "昏迷"), ("fall", "摔倒受伤"))),
    Kind("help", "trapped", "人员被困", "5008", 2),
    Kind("help", "suicide", "轻生", "5009", 1),
    Kind("help", "other", "其他求助", "5099", 4),
    Kind("dispute", "consumer", "消费纠纷", "6001", 4),
    Kind("dispute", "neighbour", "邻里纠纷", "6002", 4),
    Kind("dispute", "family", "家庭纠纷", "6003", 3),
    Kind("dispute", "labour", "劳资纠纷", "6004", 3),
    Kind("dispute", "other", "其他纠纷", "6099", 4),
    Kind("complaint", "report", "举报线索", "7001", 4),
    Kind("complaint", "complaint", "投诉建议", "7002", 4),
    Kind("complaint", "other", "其他举报投诉", "7099", 4),
)
# fmt: on

VIOLENT: frozenset[str] = frozenset(kind.key for kind in KINDS if kind.violent)

#: reports of one and the same event often come in under these neighbouring types
_RELATED: tuple[frozenset[str], ...] = (
    frozenset({"help.find_person", "help.lost_person"}),
    frozenset({"public_order.fight", "public_order.armed_threat", "criminal.injury", "public_order.drunk"}),
    frozenset({"traffic.crash", "traffic.jam", "traffic.vehicle_broken", "traffic.hazard"}),
    frozenset({"fire.building", "fire.smoke", "fire.gas_leak", "fire.alarm", "fire.vehicle"}),
    frozenset({"dispute.consumer", "dispute.other", "public_order.disturbance"}),
    frozenset({"public_order.domestic_violence", "dispute.family"}),
    frozenset({"help.illness", "traffic.crash"}),
)


@lru_cache(maxsize=1)
def _by_key() -> dict[str, Kind]:
    return {kind.key: kind for kind in KINDS}


def find_kind(category: str, type_: str) -> Kind | None:
    """The type of that code within the category."""
    return _by_key().get(f"{category}.{type_}")


def find_category(word: str) -> str | None:
    """The category meant by a code, a Chinese name or digits."""
    word = word.strip()
    for code, (name, number) in CATEGORIES.items():
        if word in (code, name, number):
            return code
    return None


def find_type(word: str, *, category: str | None = None) -> Kind | None:
    """The type meant by ``category.type``, a code within ``category``, a Chinese name or digits."""
    word = word.strip()
    for kind in KINDS:
        if category is not None and kind.category != category:
            continue
        if word in (kind.key, kind.name, kind.number) or (category is not None and word == kind.code):
            return kind
    return None


def find_subtype(kind: Kind, word: str) -> str | None:
    """The code of a subtype meant by its code or Chinese name."""
    for code, name in kind.subtypes:
        if word.strip() in (code, name):
            return code
    return None


def category_name(category: str) -> str:
    """The Chinese name."""
    return CATEGORIES[category][0]


def type_name(category: str, type_: str) -> str:
    """The Chinese name."""
    return _by_key()[f"{category}.{type_}"].name


def subtype_name(category: str, type_: str, subtype: str | None) -> str | None:
    """The Chinese name, None where there is no subtype."""
    return dict(_by_key()[f"{category}.{type_}"].subtypes).get(subtype) if subtype else None


def are_related(one: str, other: str) -> bool:
    """Whether two different keys may well describe the same event."""
    return one != other and any(one in group and other in group for group in _RELATED)
