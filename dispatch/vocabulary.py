"""Every code that an answer may hold, with the words that a person reads. No data, the same for everybody.

A screen that meets a code without a word here shows what it got: where a person gave the reason of an order's
end, the member holds his own sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.aid.labels import CONSENTS as AID_CONSENTS
from dispatch.aid.labels import END_REASONS as AID_END_REASONS
from dispatch.aid.labels import LABELS as AID_LABELS
from dispatch.aid.labels import TIERS as AID_TIERS
from dispatch.closures.completeness import Evidence
from dispatch.closures.overdue import STAGE_NAMES
from dispatch.contention.service import MOVED
from dispatch.escalation.labels import KINDS as ALARMS
from dispatch.escalation.steps import Step
from dispatch.feedback.results import RESULTS
from dispatch.incidents.catalogue import CATEGORIES
from dispatch.incidents.catalogue import KINDS as TYPES
from dispatch.incidents.duplicates import REASONS as DUPLICATES
from dispatch.matching.labels import EXCLUSIONS, SHORTFALLS
from dispatch.orders.leaving import LeaveReason
from dispatch.orders.progress import DeclineReason, WithdrawReason
from dispatch.ratings.values import OUTCOME_NAMES, TAGS
from dispatch.records.labels import ACTIONS
from dispatch.scenarios.verbs import VERBS
from dispatch.swaps.labels import CAUSES
from dispatch.swaps.labels import LABELS as SWAPS
from dispatch.swaps.service import SWAPPED
from dispatch.vocabulary_screens import SCREEN_WORDS
from geo.responders.rules import LABELS as KINDS
from geo.responders.rules import MOBILITY_LABELS
from geo.responders.vocabulary import CAPABILITIES, SKILLS
from kit.actor import Role

DECLINE_REASONS: dict[str, str] = {
    DeclineReason.BUSY: "正在处置其他事务",
    DeclineReason.POST: "岗位无法离开",
    DeclineReason.TOO_FAR: "距离过远",
    DeclineReason.UNSAFE: "现场危险，无法应对",
    DeclineReason.UNABLE: "不具备条件（身体、装备、技能）",
    DeclineReason.OTHER: "其他",
}
WITHDRAW_REASONS: dict[str, str] = {
    WithdrawReason.RECALLED: "单位召回",
    WithdrawReason.HINDERED: "途中受阻",
    WithdrawReason.UNSAFE: "现场危险，无法应对",
    WithdrawReason.UNWELL: "身体不适",
    WithdrawReason.NOT_FOUND: "找不到现场",
    WithdrawReason.OTHER: "其他",
}
#: why the machine ended an order
END_REASONS: dict[str, str] = {
    "need_filled": "人员已足，无需前往",
    "incident_cancelled": "警情已撤销",
    "incident_merged": "警情已并入其他警情",
    "incident_handled": "现场已处置完毕",
    "incident_closed": "警情已办结",
    "incident_given_up": "警情已登记无力可派",
    "aid_ended": "邻所支援已结束",
    Step.EXPIRE_UNREACHED: "未送达设备",
    Step.EXPIRE_UNANSWERED: "送达后未答复",
    Step.EXPIRE_OFF_DUTY: "已下岗",
    Step.EXPIRE_LOST: "设备失去联系",
    Step.FAIL_OFF_DUTY: "途中下岗",
    SWAPPED: "已换由其他力量前往",
    MOVED: "另一警情更需要，改派前往",
    LeaveReason.OFF_DUTY: "被本所下岗",
    LeaveReason.ACCOUNT_DEACTIVATED: "账号已停用",
    LeaveReason.ACCOUNT_REVOKED: "账号登录已被清退",
}
ROLES: dict[str, str] = {
    Role.GUARD: "保安员",
    Role.KEEPER: "平安屋负责人",
    Role.OFFICER: "民警（辅警）",
    Role.DISPATCHER: "指挥室值班员",
    Role.LEADER: "所长",
    Role.COMPANY_MANAGER: "单位管理员",
    Role.DISTRICT_ADMIN: "分局管理员",
    Role.SYSTEM: "系统",
}
ORGANIZATIONS: dict[str, str] = {
    "security_company": "保安公司",
    "property_manager": "物业公司",
    "merchant": "商户",
    "school": "学校",
    "police": "公安",
    "other": "其他单位",
}
MILESTONES: dict[str, str] = {
    "offered": "下发",
    "received": "送达",
    "shown": "已读",
    "accepted": "签收",
    "en_route": "出发",
    "arrived": "到场",
    "completed": "完成",
    "rated": "评价",
    "declined": "拒绝",
    "expired": "超时",
    "stood_down": "解除",
    "cancelled": "撤回",
    "failed": "中途退出",
    "stand_down_received": "解除已送达",
}
INCIDENT_MILESTONES: dict[str, str] = {
    "received": "接警",
    "dispatched": "派警",
    "arrived": "到场",
    "handled": "处置完毕",
    "feedback": "反馈",
    "closed": "办结",
    "cancelled": "撤销",
    "merged": "并案",
    "unstaffed": "无力可派",
    "reopened": "重新打开",
}
EVIDENCE: dict[str, str] = {
    Evidence.MEASURED: "实测",
    Evidence.INFERRED: "推断",
    Evidence.STATED: "填报",
    Evidence.MISSING: "缺失",
}
INTERVALS: dict[str, str] = {
    "dispatching": "接警至派警",
    "arrival": "派警至到场",
    "handling": "到场至处置完毕",
    "feedback": "派警至反馈",
    "total": "接警至办结",
    "signing": "下发至签收",
    "departure": "下发至出发",
    "on_the_way": "出发至到场",
    "answering": "请求至签收",
    "helper_arrival": "请求至力量到场",
}
DUTY_ENDS: dict[str, str] = {
    "self": "本人下岗",
    "station": "本所下岗",
    "planned_end": "到点自动下岗",
    "revoked": "账号停用",
}
LEVELS: dict[str, str] = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}

#: name of a list → code → word
WORDS: Mapping[str, Mapping[str, str]] = {
    "roles": ROLES,
    "organization_kinds": ORGANIZATIONS,
    "responder_kinds": {str(kind): word for kind, word in KINDS.items()},
    "mobility": MOBILITY_LABELS,
    "skills": SKILLS,
    "capabilities": CAPABILITIES,
    "duty_ends": DUTY_ENDS,
    "levels": LEVELS,
    "categories": {code: name for code, (name, _) in CATEGORIES.items()},
    "types": {kind.key: kind.name for kind in TYPES},
    "subtypes": {f"{kind.key}.{code}": name for kind in TYPES for code, name in kind.subtypes},
    "verbs": VERBS,
    "decline_reasons": DECLINE_REASONS,
    "withdraw_reasons": WITHDRAW_REASONS,
    "end_reasons": END_REASONS,
    "exclusions": {str(reason): word for reason, word in EXCLUSIONS.items()},
    "shortfalls": {str(reason): word for reason, word in SHORTFALLS.items()},
    "duplicate_reasons": DUPLICATES,
    "alarms": ALARMS,
    "aid_states": {str(state): words[2] for state, words in AID_LABELS.items()},
    "aid_tiers": AID_TIERS,
    "aid_consents": AID_CONSENTS,
    "aid_end_reasons": AID_END_REASONS,
    "swap_causes": {str(cause): word for cause, word in CAUSES.items()},
    "swap_states": {str(state): words[0] for state, words in SWAPS.items()},
    "order_milestones": MILESTONES,
    "incident_milestones": INCIDENT_MILESTONES,
    "evidence": EVIDENCE,
    "intervals": INTERVALS,
    "stages": {str(stage): word for stage, word in STAGE_NAMES.items()},
    "results": {code: result.name for code, result in RESULTS.items()},
    "rating_outcomes": {str(outcome): word for outcome, word in OUTCOME_NAMES.items()},
    "rating_tags": TAGS,
    **SCREEN_WORDS,
    "record_actions": ACTIONS,
}
