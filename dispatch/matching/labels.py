"""The matcher's reasons as a dispatcher would say them."""

from __future__ import annotations

from dispatch.matching.sentences import Phrases
from dispatch.matching.values import Exclusion, ShortfallReason

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

PHRASES = Phrases(
    seconds="{s} 秒",
    minutes="{m} 分 {s:02d} 秒",
    there="预计 {eta}到场",
    chance="，签收可能 {percent} %（{seen}）",
    asked_before="近 {tries} 次",
    never_asked="暂无记录，按本所平均",
    way="路程约 {m:.0f} 米（{basis}），出发准备约 {turnout}",
    costs={
        "post_s": "抽离后岗位在岗人数偏少",
        "skill_s": "另有专长，宜留作他用",
        "strange_s": "对该处不熟悉",
        "beat_s": "须离开所在巡区",
        "station_s": "属邻所力量",
    },
    waived="{reason}，因无其他力量仍可下发",
    between="；",
    stop="。",
    asked="请求 {asked} 人，{places} 人按时签收的把握 {percent} %",
    gathered="，到齐预计 {expected}",
    held="；再多请求把握更大，但不会更早到场",
    basis=BASIS,
    exclusions=EXCLUSIONS,
)
say_why, say_plan, say_time = PHRASES.say_why, PHRASES.say_plan, PHRASES.say_time
