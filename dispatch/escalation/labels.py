"""Alarms in the words of the command room."""

from __future__ import annotations

KINDS = {
    "helpers_short": "协助力量不足，请人工调度",
    "police_short": "警力不足，请人工调度",
    "sos": "现场人员紧急求助，请立即联系并增援",
    "unreceived": "出警指令未送达，请电台或电话通知",
    "undispatched": "警情超时未派，请立即处置",
    "aid_lapsed": "邻所支援申请逾期未答复，请电话联系或另行调度",
    "boundary": "警情位于辖区交界，请确认管辖单位",
}
