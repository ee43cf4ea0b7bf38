"""How each audience calls the state of an incident."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.incidents.states import NAMES, IncidentState

S = IncidentState


@dataclass(frozen=True)
class Label:
    """The words of the command room (指挥室), of a guard or keeper, of the station leader (所长)."""

    room: str
    guard: str
    leader: str


LABELS: dict[IncidentState, Label] = {
    S.RECEIVED: Label(room=NAMES[S.RECEIVED], guard="等待派警", leader="接警未派"),
    S.DISPATCHED: Label(room=NAMES[S.DISPATCHED], guard="已派民警", leader="已派警未到场"),
    S.ARRIVED: Label(room=NAMES[S.ARRIVED], guard="民警已到场", leader="现场处置中"),
    S.HANDLED: Label(room=NAMES[S.HANDLED], guard="现场已处置完毕", leader="待民警反馈"),
    S.FEEDBACK: Label(room=NAMES[S.FEEDBACK], guard="现场已处置完毕", leader="待我审核"),
    S.CLOSED: Label(room=NAMES[S.CLOSED], guard="已结束", leader="已办结"),
    S.CANCELLED: Label(room=NAMES[S.CANCELLED], guard="已取消", leader="已撤销"),
    S.MERGED: Label(room=NAMES[S.MERGED], guard="已并入其他警情", leader="已并案"),
    S.UNSTAFFED: Label(room=NAMES[S.UNSTAFFED], guard="已结束", leader="无力可派（值班员已确认）"),
}
