"""Mutual aid in the words of the command rooms and the leaders."""

from __future__ import annotations

from dispatch.aid.states import AidState

S = AidState

#: (the room that asks, the room that helps, a leader)
LABELS: dict[AidState, tuple[str, str, str]] = {
    S.REQUESTED: ("已申请，待同意", "邻所申请支援，待同意", "待所长同意"),
    S.ACTIVE: ("邻所支援中", "支援邻所中", "支援中"),
    S.DECLINED: ("未获同意", "未同意", "未同意"),
    S.LAPSED: ("逾期未答复", "逾期未答复", "逾期未答复"),
    S.WITHDRAWN: ("申请已撤回", "对方已撤回申请", "申请已撤回"),
    S.REVOKED: ("支援已终止", "支援已终止", "已终止"),
    S.EXPIRED: ("支援已到期", "支援已到期", "已到期"),
    S.FINISHED: ("支援已结束", "支援已结束", "已结束"),
}

TIERS = {"view": "仅查看警情", "assist": "可派出力量"}
CONSENTS = {"leader": "所长同意", "pact": "支援约定", "district": "分局指定"}
#: why the machine ended one
END_REASONS = {
    "consent_overdue": "逾期未答复",
    "incident_over": "警情已结束",
    "time_over": "支援时限已到",
    "pact_revoked": "支援约定已终止",
}
