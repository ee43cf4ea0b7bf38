"""How far a need is met, and what a dispatcher can do where it is not: in his words."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.matching.labels import SHORTFALLS
from dispatch.matching.values import Shortfall, ShortfallReason
from geo.responders.rules import LABELS, Kind
from geo.responders.vocabulary import name_of

S = ShortfallReason

#: what to do about each reason
ADVICE: dict[ShortfallReason, str] = {
    S.NO_CANDIDATES: "请请求邻所支援，或通过电台、电话就近联系",
    S.OUTSIDE_RADIUS: "可人工指定较远的力量",
    S.NOBODY_ON_DUTY: "请电话通知其上岗或开放",
    S.ALL_ENGAGED: "可改派处置较轻警情的力量，或等待其完成",
    S.NO_LOCATION_DATA: "请电话核实其位置后人工指定",
    S.LOCATIONS_TOO_STALE: "请电话核实其位置后人工指定",
    S.MISSING_SKILL: "可人工指定不具备该技能的力量，并请求急救、消防等专业力量",
    S.NOBODY_REACHABLE: "请电话联系其本人，让其登录后再派",
    S.POSTS_AT_MINIMUM: "可人工指定并说明原因，请所在单位补岗",
    S.ALL_ASKED: "可电话动员后重新派单，或人工指定其他力量",
    S.TOO_DANGEROUS: "请增派警力，勿派社会力量",
    S.SAFE_HOUSES_STAFFED: "可人工指定并请店内另有人留守",
    S.NEEDED_ELSEWHERE: "请核对各项需求的人数，或请求邻所支援",
    S.ALL_SPARED: "可人工指定并说明原因",
}
_UNITS = {Kind.GUARD: "名", Kind.SAFE_HOUSE: "处", Kind.PATROL_UNIT: "组"}


def say_need(
    kind: str, skills: Sequence[str], *, needed: int, accepted: int, waiting: int, reasons: Sequence[Shortfall]
) -> str:
    """One or two sentences: how many have accepted, who is still asked, how many are missing, why, and what to do."""
    unit = _UNITS[Kind(kind)]
    who = LABELS[Kind(kind)] + (f"（{'、'.join(name_of(skill) for skill in skills)}）" if skills else "")
    if accepted >= needed:
        return f"{who}：需 {needed} {unit}，已全部签收。"
    said = f"{who}：需 {needed} {unit}，已签收 {accepted} {unit}，等待答复 {waiting} {unit}"
    missing = needed - accepted - waiting
    if missing <= 0:
        return said + "。"
    said += f"，尚缺 {missing} {unit}"
    if not reasons:
        return said + "，系统正在继续寻找。"
    why = "；".join(SHORTFALLS[s.reason] + (f" {s.count} {unit}" if s.count else "") for s in reasons)
    return f"{said}：{why}。{ADVICE[reasons[0].reason]}；有力量可派时系统立即补派。"
