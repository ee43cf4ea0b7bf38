"""The closure of one incident as a file: what it was, how it went, what the officer wrote, how helpers were rated."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.aid.names import name_at
from dispatch.closures.completeness import Evidence
from dispatch.closures.queries import ClosureDetail, get_closure
from dispatch.exports.document import Cell, Document, Section, say_seconds, say_time
from dispatch.feedback.results import RESULTS
from dispatch.incidents import queries as incidents
from dispatch.incidents.views import IncidentView
from dispatch.orders.model import Order
from dispatch.ratings.queries import list_to_rate
from dispatch.ratings.values import OUTCOME_NAMES, TAGS
from dispatch.records.labels import ACTIONS
from dispatch.timelines import queries as timelines
from dispatch.timelines.values import Entry, EntryKind
from dispatch.vocabulary import EVIDENCE, INCIDENT_MILESTONES, INTERVALS, MILESTONES
from geo.responders.model import Responder
from kit.actor import Grant, Role

_KINDS = {
    EntryKind.INCIDENT: "警情",
    EntryKind.ORDER: "指令",
    EntryKind.ALARM: "告警",
    EntryKind.NOTE: "备注",
    EntryKind.CHAT: "群组消息",
    EntryKind.REPORT: "现场反馈",
    EntryKind.PHOTO: "现场照片",
    EntryKind.FORM: "反馈单",
    EntryKind.RATING: "评价",
    EntryKind.APPEAL: "申诉",
    EntryKind.REVIEW: "审核",
    EntryKind.RECORD: "留痕",
}
_NAMES = {
    "raised": "触发", "acknowledged": "认领", "note": "备注", "line": "消息", "urgent": "紧急消息", "report": "反馈",
    "photo": "照片", "submitted": "提交", "made": "提出", "kept": "维持", "corrected": "更正", "approved": "同意办结",
    "returned": "退回", **MILESTONES, **INCIDENT_MILESTONES, **{str(k): v for k, v in OUTCOME_NAMES.items()},
    **ACTIONS,
}  # fmt: skip


def build(session: Session, *, grant: Grant, incident_id: uuid.UUID, now: datetime) -> Document:
    """The file. Raises NotFound."""
    detail = get_closure(session, grant=grant, incident_id=incident_id, now=now)
    incident = detail.closure.incident
    (view,) = incidents.show(session, [incident], role=grant.actor.role)
    entries = timelines.list_all(session, grant=grant, incident=incident)
    return Document(
        title="警情办结档案",
        subtitle=f"接警单编号 {view.number}　{view.type_name}　{view.state_label}",
        sections=[
            _what(view),
            _form(detail),
            _helpers(session, incident.id, grant.actor.role),
            _intervals(session, detail),
            _completeness(detail),
            Section(
                title="时间线",
                columns=("时间", "类别", "事项", "人员（力量）", "依据", "内容"),
                rows=[_entry(entry) for entry in entries],
            ),
        ],
        synthetic=view.demo,
    )


def _what(view: IncidentView) -> Section:
    kind = "／".join(name for name in (view.category_name, view.type_name, view.subtype_name) if name)
    lines = [
        f"类别：{kind}　级别：{view.level} 级",
        f"接警时间：{say_time(view.received_at)}　办结时间：{say_time(view.ended_at)}",
        f"地点：{view.address}",
        f"简要情况：{view.summary}",
        f"场景：{view.scenario_name}（第 {view.scenario_version} 版）　{'拉动演练' if view.drill else '实战'}",
    ]
    if view.caller_phone_mask:
        lines.append(f"报警电话：{view.caller_phone_mask}")
    return Section(title="基本情况", lines=lines)


def _form(detail: ClosureDetail) -> Section:
    form = detail.form
    if form is None:
        return Section(title="反馈单", lines=["未提交。"])
    result = RESULTS.get(form.result_code)
    counts = (
        ("出动警力", form.officers), ("车辆", form.vehicles), ("救助", form.people_helped),
        ("受伤", form.people_injured), ("死亡", form.people_dead), ("抓获", form.people_caught),
    )  # fmt: skip
    lines = [
        f"处理结果：{result.name if result else form.result_code}",
        f"出警：{say_time(form.departed_at)}　到场：{say_time(form.arrived_at)}　处置完毕：{say_time(form.handled_at)}",
        "　".join(f"{name} {number}" for name, number in counts),
        f"提交时间：{say_time(form.submitted_at)}",
        f"处置情况：{form.text}",
    ]
    if form.handed_over_to:
        lines.append(f"移交单位：{form.handed_over_to}")
    lines += [
        f"审核 {say_time(review.at)}：{'同意办结' if review.decision == 'approved' else '退回'}　{review.reason}"
        for review in detail.reviews
    ]
    return Section(title="反馈单", lines=lines)


def _helpers(session: Session, incident_id: uuid.UUID, role: Role) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for one in list_to_rate(session, incident_id, role):
        rating = one.rating
        if rating is None:
            rows.append((one.responder_name, "未评价", None, "", ""))
            continue
        tags = "、".join(TAGS.get(tag, tag) for tag in rating.tags)
        outcome = next((word for code, word in OUTCOME_NAMES.items() if str(code) == rating.outcome), rating.outcome)
        rows.append((one.responder_name, outcome, rating.score, tags, rating.text))
    return Section(title="力量评价", columns=("力量", "结论", "得分", "标签", "说明"), rows=rows)


def _intervals(session: Session, detail: ClosureDetail) -> Section:
    names = _responders_of(session, detail)
    rows = [
        (
            INTERVALS.get(one.name, one.name),
            names.get(one.order_id, "") if one.order_id else "",
            say_seconds(one.seconds),
            one.band or "",
            "实测" if one.measured else "非实测或缺失",
        )
        for one in detail.intervals
    ]
    return Section(title="用时", columns=("环节", "力量", "用时", "区间", "依据"), rows=rows)


def _responders_of(session: Session, detail: ClosureDetail) -> dict[uuid.UUID, str]:
    query = (
        select(Order.id, name_at(Order.station_id))
        .join(Responder, Responder.id == Order.responder_id)
        .where(Order.incident_id == detail.closure.incident.id)
    )
    return dict(session.execute(query).all())


def _completeness(detail: ClosureDetail) -> Section:
    found = detail.closure.completeness
    counts = "　".join(f"{EVIDENCE[evidence]} {found.count(evidence)}" for evidence in Evidence)
    return Section(title="完整度", lines=[f"实测占比 {found.score * 100:.0f} %　{counts}"])


def _entry(entry: Entry) -> tuple[str, ...]:
    return (
        say_time(entry.at),
        _KINDS[entry.kind],
        _NAMES.get(entry.name, entry.name),
        entry.who or "",
        EVIDENCE.get(entry.how, "") if entry.how else "",
        entry.text or "",
    )
