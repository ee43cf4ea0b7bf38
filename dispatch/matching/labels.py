"""The matcher's reasons as a dispatcher would say them."""

from __future__ import annotations

from dispatch.matching.values import Exclusion, Parts, Plan, Scored, ShortfallReason

EXCLUSIONS: dict[Exclusion, str] = {
    Exclusion.KIND: "力量类别不符",
    Exclusion.ALREADY_ASKED: "本警情中已拒绝、超时、退出或已完成",
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
    Exclusion.BARRED: "警情危险，按场景规定不派该类力量",
    Exclusion.UNPROVEN: "设备久未联络，可能收不到",
    Exclusion.KEEPS_SAFE_HOUSE: "独自值守平安屋，不宜抽离",
    Exclusion.FOR_ANOTHER_NEED: "已安排到本警情的另一项需求",
    Exclusion.RESTING: "刚完成上一指令，正在休整",
    Exclusion.OVER_BUDGET: "近期请求次数已达上限",
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
    ShortfallReason.ALL_ASKED: "附近力量均已拒绝、超时或完成",
    ShortfallReason.TOO_DANGEROUS: "警情危险，附近力量不符合派遣规定",
    ShortfallReason.SAFE_HOUSES_STAFFED: "附近力量须留守平安屋",
    ShortfallReason.NEEDED_ELSEWHERE: "附近力量已用于本警情其他需求",
    ShortfallReason.ALL_SPARED: "其余力量在休整或请求次数已达上限",
}

BASIS = {"straight_line": "直线估算", "road": "按道路"}


def say_why(scored: Scored) -> str:
    """What a dispatcher reads in two seconds: when he is there, how surely he comes, and what speaks against him."""
    parts = scored.parts
    first = f"预计 {_minutes(scored.eta_s)}到场"
    if scored.chance is not None:
        seen = f"近 {scored.tries} 次" if scored.tries else "暂无记录，按本所平均"
        first += f"，签收可能 {round(scored.chance * 100)} %（{seen}）"
    way = f"路程约 {scored.travel_m:.0f} 米（{BASIS.get(scored.basis, scored.basis)}）"
    said = [first, f"{way}，出发准备约 {_minutes(parts.turnout_s)}"]
    said += [text for value, text in _costs(parts) if value]
    if scored.waived is not None:
        said.append(f"{EXCLUSIONS[scored.waived]}，因无其他力量仍可下发")
    return "；".join(said) + "。"


def say_plan(plan: Plan, *, places: int) -> str | None:
    """One line about the whole choice; None where nothing is known of chances."""
    if plan.chance is None or places <= 0:
        return None
    line = f"请求 {len(plan.chosen)} 人，{places} 人按时签收的把握 {round(plan.chance * 100)} %"
    if plan.expected_s is not None:
        line += f"，到齐预计 {_minutes(plan.expected_s)}"
    return f"{line}；再多请求把握更大，但不会更早到场" if plan.held else line


def _costs(parts: Parts) -> list[tuple[float, str]]:
    return [
        (parts.post_s, "抽离后岗位在岗人数偏少"),
        (parts.skill_s, "另有专长，宜留作他用"),
        (parts.strange_s, "对该处不熟悉"),
        (parts.beat_s, "须离开所在巡区"),
        (parts.station_s, "属邻所力量"),
    ]


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} 秒" if whole < 60 else f"{whole // 60} 分 {whole % 60:02d} 秒"
