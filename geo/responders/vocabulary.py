"""What a responder can do and what stands ready there: codes, and the words for them on screens and in rosters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SKILLS = {
    "first_aid": "急救",
    "fire_fighting": "消防",
    "dispute_calming": "劝解",
    "traffic": "交通疏导",
    "rescue_swim": "水上救援",
    "dog_handling": "犬只处置",
    "dialect": "沪语",
    "english": "英语",
    "drone": "无人机",
}
CAPABILITIES = {
    "aed": "AED",
    "first_aid_kit": "急救箱",
    "extinguisher": "灭火器",
    "wheelchair": "轮椅",
    "shelter": "临时安置",
    "charging": "充电",
    "cctv": "监控",
    "shield": "防爆盾牌",
}

#: what a need may ask for: it is found in what somebody can do and in what stands ready with him
ASKED_FOR = {**SKILLS, **CAPABILITIES}


def list_unknown(codes: Iterable[str], known: Mapping[str, str]) -> list[int]:
    """Where codes stand that the vocabulary has not."""
    return [place for place, code in enumerate(codes) if code not in known]


def say_known(known: Mapping[str, str]) -> str:
    """The list to choose from, as a refusal tells it."""
    return "没有这一项，可填：" + "、".join(f"{code}（{word}）" for code, word in known.items())


def name_of(code: str) -> str:
    """The word for a skill or a capability."""
    return SKILLS.get(code) or CAPABILITIES.get(code) or code
