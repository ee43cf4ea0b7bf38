"""The columns of a roster: headings, what may stand for them, and what the help sheet says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from geo.responders.rules import LABELS, MOBILITY_LABELS, Kind
from geo.responders.vocabulary import CAPABILITIES, SKILLS

CRS_LABELS = {"wgs84": "WGS-84（GPS）", "gcj02": "GCJ-02（高德、腾讯）", "bd09": "BD-09（百度）"}
YES, NO = "是", "否"


@dataclass(frozen=True)
class Column:
    """``name`` in code, ``heading`` in the template, ``aliases`` also understood."""

    name: str
    heading: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    note: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    width: int = 16


_ORGANIZATION = Column(
    "organization",
    "联盟单位",
    True,
    ("单位", "所属单位", "单位名称"),
    "须已在系统登记，名称完全一致",
    "吴泾保安服务公司",
    width=24,
)
_CALL_SIGN = Column("call_sign", "呼号", aliases=("电台呼号",), example="剑川3")
_SKILLS = Column(
    "skills",
    "技能",
    aliases=("特长",),
    note="多项用顿号分开，可填：" + "、".join(SKILLS.values()),
    example="急救、消防",
    width=24,
)
_CAPABILITIES = Column(
    "capabilities", "配备", aliases=("设施", "装备"), note="多项用顿号分开，可填：" + "、".join(CAPABILITIES.values()),
    example="AED、灭火器", width=24,
)  # fmt: skip
_PHONE_ALIASES = ("手机", "手机号码", "电话", "联系电话")
_HOURS_NOTE = "如：08:00-22:00；周一至周五 08:00-20:00；周末 10:00-18:00；全天"
_PHONE_NOTE = "登录用，11 位手机号；单元格请设为文本"

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.GUARD: (
        Column("name", "姓名", True, ("名称",), example="王建国"),
        Column("phone", "手机号", True, _PHONE_ALIASES, _PHONE_NOTE, "13800000001"),
        _ORGANIZATION,
        Column("badge_no", "工号", aliases=("保安员证号",), note="可代替手机号登录", example="WJ0101"),
        Column("post", "岗位", note="本人所守的岗位，须已在系统登记", example="剑川路小区东门", width=24),
        _CALL_SIGN,
        _SKILLS,
    ),
    Kind.SAFE_HOUSE: (
        Column("name", "名称", True, ("平安屋名称", "店名", "姓名"), example="永德路便利店平安屋", width=24),
        _ORGANIZATION,
        Column("contact", "负责人", True, ("联系人", "负责人姓名"), example="李秀英"),
        Column("phone", "手机号", True, ("负责人手机号", *_PHONE_ALIASES), _PHONE_NOTE, "13800000002"),
        Column("address", "地址", True, example="永德路 88 号", width=28),
        Column("lon", "经度", True, note="十进制度", example="121.4633"),
        Column("lat", "纬度", True, note="十进制度", example="31.0467"),
        Column("crs", "坐标系", True, note="经纬度从哪里取得就选哪个，选错会偏差约 500 米",
               example=CRS_LABELS["gcj02"], choices=tuple(CRS_LABELS.values()), width=24),
        Column("hours", "开放时间", True, ("营业时间",), _HOURS_NOTE,
               "08:00-22:00", width=32),
        _CAPABILITIES,
        _SKILLS,
    ),
    Kind.PATROL_UNIT: (
        Column("name", "名称", True, ("单元名称", "巡组", "姓名"), example="吴泾一号车"),
        _ORGANIZATION,
        Column("contact", "带队民警", True, ("带队人", "负责人"), example="张伟"),
        Column("badge_no", "警号", True, ("工号", "带队民警警号"), "登录用", "031234"),
        Column("phone", "手机号", False, _PHONE_ALIASES, _PHONE_NOTE, "13800000003"),
        Column("mobility", "巡逻方式", True, ("方式",), example="车巡", choices=tuple(MOBILITY_LABELS.values())),
        Column("crew", "人数", True, ("警力数",), "1 至 20", "2"),
        Column("auxiliary", "是否辅警", aliases=("辅警",), example=NO, choices=(YES, NO)),
        _CALL_SIGN,
        _CAPABILITIES,
        _SKILLS,
    ),
}  # fmt: skip
KIND_COLUMN = Column("kind", "类别", aliases=("力量类别", "类型"), choices=tuple(LABELS.values()))
#: kept for the reader, not read by the machine
IGNORED = ("备注", "序号", "说明")
_NOTE = re.compile(r"[(（\[【].*|[*＊\s]")


def plain(heading: str) -> str:
    """A heading without its star, spaces and bracketed remarks."""
    return _NOTE.sub("", unicodedata.normalize("NFKC", heading))


def find_column(heading: str, columns: Sequence[Column]) -> Column | None:
    """The column of that heading; the heading itself before any alias."""
    wanted = plain(heading)
    for column in columns:
        if wanted == column.heading:
            return column
    for column in columns:
        if wanted in column.aliases:
            return column
    return None
