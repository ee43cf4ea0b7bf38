"""The matcher's reasons as a dispatcher would say them."""

from __future__ import annotations

from dispatch.matching.values import Exclusion, Parts, ShortfallReason

EXCLUSIONS: dict[Exclusion, str] = {
    Exclusion.KIND: "力量类别不符",
    Exclusion.ALREADY_ASKED: "本警情中已拒绝、超时或退出",
    Exclusion.OUTSIDE_RADIUS: "超出搜索半径",
    Exclusion.CLOSED: "平安屋未在开放时间",
    Exclusion.OFF_DUTY: "未上岗",
    Exclusion.ENGAGED: "正在执行其他指令",
    Exclusion.NO_POSITION: "没有定位",
    Exclusion.STALE_POSITION: "定位已过时",
    Exclusion.MISSING_SKILL: "不具备所需技能",
    Exclusion.NO_ACCOUNT: "未开通账号",
    Exclusion.UNREACHABLE: "设备未登录，无法送达",
    Exclusion.LAST_ON_POST: "岗位已是最低在岗人数，不得抽离",
}

SHORTFALLS: dict[ShortfallReason, str] = {
    ShortfallReason.NO_CANDIDATES: "附近没有登记的力量",
    ShortfallReason.OUTSIDE_RADIUS: "有力量，但都在搜索半径之外",
    ShortfallReason.NOBODY_ON_DUTY: "附近力量未上岗或未开放",
    ShortfallReason.ALL_ENGAGED: "附近力量均有任务",
    ShortfallReason.NO_LOCATION_DATA: "在岗力量没有定位",
    ShortfallReason.LOCATIONS_TOO_STALE: "附近力量定位已过时",
    ShortfallReason.MISSING_SKILL: "附近力量不具备所需技能",
    ShortfallReason.NOBODY_REACHABLE: "附近力量设备不在线",
    ShortfallReason.POSTS_AT_MINIMUM: "附近岗位已是最低在岗人数",
    ShortfallReason.ALL_ASKED: "附近力量均已拒绝或超时",
}

_BASIS = {"straight_line": "直线估算", "road": "按道路"}


def say_why(parts: Parts, *, travel_m: float, basis: str) -> str:
    """One sentence: why this one stands where he stands in the list."""
    said = [
        f"路程约 {travel_m:.0f} 米（{_BASIS.get(basis, basis)}），途中约 {_minutes(parts.travel_s)}，"
        f"出发准备约 {_minutes(parts.turnout_s)}"
    ]
    if parts.post_s:
        said.append("抽离后岗位仅余最低人数")
    if parts.skill_s:
        said.append("另有专长，宜留作他用")
    if parts.station_s:
        said.append("属邻所力量")
    return "；".join(said) + "。"


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} 秒" if whole < 60 else f"{whole // 60} 分 {whole % 60:02d} 秒"
