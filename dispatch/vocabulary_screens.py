"""Words for the codes of the desk: talk, timeline, figures, exports, what is kept of oneself."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.calibrations.queries import BANDS
from dispatch.chats.model import Readers
from dispatch.exports.states import ExportKind, ExportState
from dispatch.figures.cases import ALL, NO_TAKER
from dispatch.figures.queries import Table
from dispatch.figures.scope import By, Sort
from dispatch.matching.labels import SHORTFALLS
from dispatch.scenarios.defaults import DEFAULTS
from dispatch.timelines.values import EntryKind

SCREEN_WORDS: Mapping[str, Mapping[str, str]] = {
    "chat_readers": {Readers.EVERYBODY: "全体", Readers.POLICE: "仅民警"},
    "timeline_kinds": {
        EntryKind.INCIDENT: "警情", EntryKind.ORDER: "指令", EntryKind.ALARM: "告警", EntryKind.NOTE: "备注",
        EntryKind.CHAT: "群组消息", EntryKind.REPORT: "现场反馈", EntryKind.PHOTO: "现场照片", EntryKind.FORM: "反馈单",
        EntryKind.RATING: "评价", EntryKind.APPEAL: "申诉", EntryKind.REVIEW: "审核", EntryKind.RECORD: "留痕",
    },
    "figure_sorts": {Sort.REAL: "实战", Sort.DRILL: "拉动演练", Sort.DEMO: "演示"},
    "figure_groups": {
        By.ALL: "全部", By.WEEK: "周", By.SCENARIO: "场景", By.STATION: "派出所", By.ORGANIZATION: "单位",
        By.RESPONDER: "人员", By.TAKER: "接警人",
    },
    "figure_lines": {ALL.key: ALL.label, NO_TAKER.key: NO_TAKER.label},
    "figure_tables": {
        Table.INTERVALS: "各环节用时", Table.ASSISTS: "力量响应与评价", Table.CLOSINGS: "办结、完整度与超时",
        Table.MISSED: "应派未派",
    },
    "missed_reasons": {
        "ended_first": "派遣前已撤销",
        "not_dispatched": "未派遣",
        "not_asked": "已派警力，未请求社会力量",
        **{f"nobody:{reason}": word for reason, word in SHORTFALLS.items()},
    },
    "hour_bands": BANDS,
    # as a station is given them; its leader may name them otherwise
    "scenarios": {default.key: default.name for default in DEFAULTS},
    "export_kinds": {
        ExportKind.CLOSURE: "警情办结档案", ExportKind.WEEKLY: "周报", ExportKind.FIGURES: "统计表",
        ExportKind.ROSTER: "力量名册",
    },
    "export_states": {
        ExportState.WAITING: "待复核", ExportState.READY: "可下载", ExportState.REFUSED: "未同意",
        ExportState.EXPIRED: "已过期",
    },
    "own_data": {
        "positions": "位置（仅在岗期间）", "duties": "上下岗记录", "orders": "指令", "reports": "现场反馈",
        "photos": "现场照片", "chat_lines": "群组消息", "ratings": "收到的评价", "messages": "通知", "devices": "设备",
        "logins": "登录记录",
    },
}  # fmt: skip
