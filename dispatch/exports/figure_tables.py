"""Figures as tables: the weekly report of a station, and any table of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.closures.overdue import STAGE_NAMES
from dispatch.exports.document import Document, Section, say_day, say_seconds, say_share, say_time
from dispatch.figures import queries
from dispatch.figures.assists import AssistLine
from dispatch.figures.closings import ClosingLine, MissedLine
from dispatch.figures.intervals import IntervalLine
from dispatch.figures.queries import Table
from dispatch.figures.scope import By, Scope, Sort
from dispatch.figures.statistics import Quantile
from dispatch.incidents import queries as incidents
from dispatch.incidents.queries import Filter
from dispatch.matching.labels import SHORTFALLS
from dispatch.vocabulary import INTERVALS
from kit.actor import Grant
from kit.paging import Slice

SORTS = {Sort.REAL: "实战", Sort.DRILL: "拉动演练", Sort.DEMO: "演示"}
BYS = {
    By.ALL: "全部", By.WEEK: "周", By.SCENARIO: "场景", By.STATION: "派出所", By.ORGANIZATION: "单位",
    By.RESPONDER: "人员", By.TAKER: "接警人",
}  # fmt: skip
TITLES = {
    Table.INTERVALS: "各环节用时",
    Table.ASSISTS: "力量响应与评价",
    Table.CLOSINGS: "办结、完整度与超时",
    Table.MISSED: "应派未派",
}
_REASONS = {"ended_first": "派遣前已撤销", "not_dispatched": "未派遣", "not_asked": "已派警力，未请求社会力量"}
_UNFINISHED = 200


def build_table(session: Session, *, grant: Grant, scope: Scope, table: Table, by: By, now: datetime) -> Document:
    """One table of the figures, as the screen shows it."""
    return Document(
        title=f"统计表　{TITLES[table]}",
        subtitle=_period(scope, by),
        sections=[_table(session, grant, scope, table, by, now)],
        synthetic=scope.sort is Sort.DEMO,
    )


def build_weekly(session: Session, *, grant: Grant, week_start: datetime, sort: Sort, now: datetime) -> Document:
    """A station's week beside the one before, as leaders read it aloud; and what is not finished."""
    week = timedelta(days=7)
    this = Scope(start=week_start, end=week_start + week, sort=sort)
    before = Scope(start=week_start - week, end=week_start, sort=sort)
    lines = {line.interval: line for line in queries.list_intervals(session, grant, this, By.ALL)}
    former = {line.interval: line for line in queries.list_intervals(session, grant, before, By.ALL)}
    sections = [
        _table(session, grant, this, Table.CLOSINGS, By.ALL, now),
        Section(
            title="用时与上周对比",
            columns=("环节", "n", "中位数", "90 分位", "上周中位数", "上周 n", "达标率", "上周达标率"),
            rows=[_compared(name, line, former.get(name)) for name, line in lines.items()],
        ),
        _bands(lines.values()),
        _table(session, grant, this, Table.ASSISTS, By.ORGANIZATION, now),
        _table(session, grant, this, Table.MISSED, By.SCENARIO, now),
        _unfinished(session, grant, this),
    ]
    return Document(
        title="警情处置周报", subtitle=_period(this, By.ALL), sections=sections, synthetic=sort is Sort.DEMO
    )


def _period(scope: Scope, by: By) -> str:
    last = scope.end - timedelta(seconds=1)
    return f"{say_day(scope.start)} 至 {say_day(last)}　{SORTS[scope.sort]}　按{BYS[by]}；用时仅统计实测数据"


def _table(session: Session, grant: Grant, scope: Scope, table: Table, by: By, now: datetime) -> Section:
    title = TITLES[table]
    columns: tuple[str, ...]
    match table:
        case Table.INTERVALS:
            lines = queries.list_intervals(session, grant, scope, by)
            columns = ("环节", BYS[by], "n", "未计入", "平均", "中位数（95% 区间）", "90 分位（95% 区间）", "达标率")
            return Section(title=title, columns=columns, rows=[_interval(line) for line in lines])
        case Table.ASSISTS:
            found = queries.list_assists(session, grant, scope, by, now=now)
            columns = (
                "名次", BYS[by], "请求", "签收", "拒绝", "未答复", "到场", "完成", "签收率", "评分 n", "评分",
                "在岗小时",
            )  # fmt: skip
            return Section(title=title, columns=columns, rows=[_assist(line) for line in found])
        case Table.CLOSINGS:
            closed = queries.list_closings(session, grant, scope, by, now=now)
            late = tuple(f"{STAGE_NAMES[stage.stage]}超时" for stage in closed[0].stages) if closed else ()
            columns = (BYS[by], "警情", "办结", "在办", "退回率", "完整度", *late)
            return Section(title=title, columns=columns, rows=[_closing(line) for line in closed])
        case Table.MISSED:
            missed = queries.list_missed(session, grant, scope, by)
            columns = (BYS[by], "应派", "未派", "未派率", "原因")
            return Section(title=title, columns=columns, rows=[_missed(line) for line in missed])


def _interval(line: IntervalLine) -> tuple[Any, ...]:
    by_p = {quantile.p: quantile for quantile in line.quantiles}
    return (
        INTERVALS.get(line.interval, line.interval),
        line.group.label,
        line.n,
        line.left_out,
        say_seconds(line.mean_s),
        _quantile(by_p.get(0.5)),
        _quantile(by_p.get(0.9)),
        say_share(line.within.value) if line.within else "",
    )


def _quantile(found: Quantile | None) -> str:
    if found is None:
        return ""
    low, high = (say_seconds(bound) or "—" for bound in (found.low, found.high))
    return f"{say_seconds(found.value)}（{low}～{high}）"


def _assist(line: AssistLine) -> tuple[Any, ...]:
    return (
        line.rank, line.group.label, line.offers, line.accepted, line.declined, line.ignored, line.arrived,
        line.completed, say_share(line.acceptance.value), line.ratings.n,
        round(line.ratings.shrunken, 2) if line.ratings.shrunken is not None else None, round(line.duty_h, 1),
    )  # fmt: skip


def _closing(line: ClosingLine) -> tuple[Any, ...]:
    late = tuple(f"{stage.late}（待办 {stage.running}）" for stage in line.stages)
    return (
        line.group.label, line.incidents, line.ended["closed"], line.open, say_share(line.returned.value),
        say_share(line.completeness_mean), *late,
    )  # fmt: skip


def _missed(line: MissedLine) -> tuple[Any, ...]:
    reasons = "；".join(f"{_reason(reason)} {count}" for reason, count in line.reasons.items())
    return (line.group.label, line.eligible, line.missed.count, say_share(line.missed.value), reasons)


def _reason(code: str) -> str:
    words = {f"nobody:{reason}": word for reason, word in SHORTFALLS.items()} | _REASONS
    return words.get(code, code)


def _compared(name: str, line: IntervalLine, former: IntervalLine | None) -> tuple[Any, ...]:
    def median(one: IntervalLine | None, p: float) -> str:
        return "" if one is None else next((say_seconds(q.value) for q in one.quantiles if q.p == p), "")

    return (
        INTERVALS.get(name, name), line.n, median(line, 0.5), median(line, 0.9), median(former, 0.5),
        former.n if former else 0, say_share(line.within.value) if line.within else "",
        say_share(former.within.value) if former and former.within else "",
    )  # fmt: skip


def _bands(lines: Any) -> Section:
    names = {"signing": "指令签收速度", "departure": "指令出警速度", "feedback": "指令反馈速度"}
    rows = [
        (names[line.interval], band.name, band.count, say_share(band.share))
        for line in lines
        if line.interval in names
        for band in line.bands
    ]
    return Section(title="速度区间", columns=("指标", "区间", "件数", "占比"), rows=rows)


def _unfinished(session: Session, grant: Grant, scope: Scope) -> Section:
    drill = {Sort.REAL: False, Sort.DRILL: True, Sort.DEMO: False}[scope.sort]
    only = Filter(open=True, received_from=scope.start, received_to=scope.end, drill=drill)
    views, _ = incidents.list_incidents(session, grant=grant, only=only, slice_=Slice(limit=_UNFINISHED))
    rows: Sequence[Any] = [
        (view.number, say_time(view.received_at), view.type_name, view.state_label)
        for view in views
        if view.demo is (scope.sort is Sort.DEMO) or view.drill
    ]
    return Section(title="未办结警情", columns=("接警单编号", "接警时间", "类型", "状态"), rows=rows)
