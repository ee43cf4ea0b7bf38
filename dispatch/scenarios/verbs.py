"""What a helper may be asked to do. He is a civilian: he never searches, seizes, detains, questions or pursues."""

from __future__ import annotations

#: allowed verbs with the words that the guard reads
VERBS: dict[str, str] = {
    "guide": "引导带路",
    "cordon": "协助警戒、劝离围观",
    "observe": "观察并通报现场情况",
    "identify": "协助辨认人员、车辆",
    "look_for": "在岗区内协助寻找",
    "fetch": "取送物品（AED、急救箱、灭火器等）",
    "calm": "安抚情绪、劝解",
    "keep_distance": "保持安全距离",
    "accompany": "陪同看护",
    "evacuate": "引导疏散",
    "contact": "联系车主、住户、家属",
    "first_aid": "现场急救（持证人员）",
    "extinguish": "扑救初起火情",
    "hand_over": "向民警移交情况",
}

#: powers of the police alone, refused by name
POLICE_ONLY: dict[str, str] = {
    "search": "搜查",
    "frisk": "搜身",
    "seize": "扣押",
    "detain": "限制人身自由",
    "restrain": "约束",
    "arrest": "抓捕",
    "pursue": "追缉",
    "question": "盘问",
    "check_id": "查验身份证件",
}
