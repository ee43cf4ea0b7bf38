"""The life of an incident (警情): event, from, to, who may cause it.

``arrive`` is the arrival of police; a helper's arrival is a milestone of his order only.
``give_up`` is a named person who acknowledges that nobody can be sent.
"""

from __future__ import annotations

from enum import StrEnum

from kit.actor import Role
from kit.states import StateTable, T


class IncidentState(StrEnum):
    """The states; each but the first is also the name of a milestone."""

    RECEIVED = "received"  #: 接警
    DISPATCHED = "dispatched"  #: 已派警
    ARRIVED = "arrived"  #: 到场
    HANDLED = "handled"  #: 处置完毕
    FEEDBACK = "feedback"  #: 已反馈
    CLOSED = "closed"  #: 办结
    CANCELLED = "cancelled"  #: 撤销
    MERGED = "merged"  #: 并案
    UNSTAFFED = "unstaffed"  #: 无力可派


S = IncidentState

#: nothing more happens to it unless a leader reopens it
ENDED = frozenset({S.CLOSED, S.CANCELLED, S.MERGED, S.UNSTAFFED})
#: people may still be sent
WORKABLE = frozenset({S.RECEIVED, S.DISPATCHED, S.ARRIVED})

_ROOM = (Role.DISPATCHER, Role.LEADER)
_POLICE = (Role.OFFICER, *_ROOM)
_LEADER = (Role.LEADER,)
_SYSTEM = (Role.SYSTEM,)

#: as the command room calls them
NAMES: dict[IncidentState, str] = {
    S.RECEIVED: "待派警",
    S.DISPATCHED: "已派警",
    S.ARRIVED: "处置中",
    S.HANDLED: "处置完毕，待反馈",
    S.FEEDBACK: "已反馈，待审核",
    S.CLOSED: "已办结",
    S.CANCELLED: "已撤销",
    S.MERGED: "已并案",
    S.UNSTAFFED: "无力可派，已确认",
}

# fmt: off
INCIDENT_STATES = StateTable("incident", S.RECEIVED, (
    #  event              from          to            by
    T("dispatch",         S.RECEIVED,   S.DISPATCHED, _POLICE + _SYSTEM),
    T("arrive",           S.RECEIVED,   S.ARRIVED,    _POLICE + _SYSTEM),
    T("arrive",           S.DISPATCHED, S.ARRIVED,    _POLICE + _SYSTEM),
    T("handle",           S.RECEIVED,   S.HANDLED,    _POLICE + _SYSTEM),
    T("handle",           S.DISPATCHED, S.HANDLED,    _POLICE + _SYSTEM),
    T("handle",           S.ARRIVED,    S.HANDLED,    _POLICE + _SYSTEM),
    T("give_feedback",    S.HANDLED,    S.FEEDBACK,   _POLICE + _SYSTEM),
    T("return_feedback",  S.FEEDBACK,   S.HANDLED,    _LEADER),
    T("close",            S.FEEDBACK,   S.CLOSED,     _LEADER),
    T("cancel",           S.RECEIVED,   S.CANCELLED,  _ROOM),
    T("cancel",           S.DISPATCHED, S.CANCELLED,  _ROOM),
    T("cancel",           S.ARRIVED,    S.CANCELLED,  _ROOM),
    T("merge",            S.RECEIVED,   S.MERGED,     _ROOM),
    T("merge",            S.DISPATCHED, S.MERGED,     _ROOM),
    T("merge",            S.ARRIVED,    S.MERGED,     _ROOM),
    T("give_up",          S.RECEIVED,   S.UNSTAFFED,  _ROOM),
    T("give_up",          S.DISPATCHED, S.UNSTAFFED,  _ROOM),
    T("reopen",           S.CLOSED,     S.RECEIVED,   _LEADER),
    T("reopen",           S.CANCELLED,  S.RECEIVED,   _LEADER),
    T("reopen",           S.UNSTAFFED,  S.RECEIVED,   _LEADER),
), names=NAMES)
# fmt: on

#: the record's word for what happened
PAST_TENSE = {
    "dispatch": "incident.dispatched",
    "arrive": "incident.arrived",
    "handle": "incident.handled",
    "give_feedback": "incident.feedback_given",
    "return_feedback": "incident.feedback_returned",
    "close": "incident.closed",
    "cancel": "incident.cancelled",
    "merge": "incident.merged",
    "give_up": "incident.given_up",
    "reopen": "incident.reopened",
}


def milestone_of(event: str, target: IncidentState) -> str | None:
    """The milestone that an event reaches; None when the state is one gone back to."""
    if event == "reopen":
        return "reopened"
    return None if event == "return_feedback" else str(target)
