"""What can happen to an order, and who may cause it.

The table is the rule; migration 0006 holds its edges a second time and a test compares the two.
``docs/states/order.mmd`` is drawn from it.
"""

from __future__ import annotations

from enum import StrEnum

from kit.actor import RESPONDERS, Role
from kit.states import StateTable, T


class OrderState(StrEnum):
    """States of an order (指令状态)."""

    OFFERED = "offered"
    RECEIVED = "received"
    SHOWN = "shown"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    RATED = "rated"
    DECLINED = "declined"
    EXPIRED = "expired"
    STOOD_DOWN = "stood_down"
    CANCELLED = "cancelled"
    FAILED = "failed"


S = OrderState
_COMMAND_ROOM = (Role.DISPATCHER, Role.LEADER)
_CONTROL = (Role.OFFICER, *_COMMAND_ROOM)
_MACHINE = (Role.SYSTEM,)

#: as the command room calls them
NAMES: dict[OrderState, str] = {
    S.OFFERED: "已下发",
    S.RECEIVED: "已送达",
    S.SHOWN: "已读",
    S.ACCEPTED: "已签收",
    S.EN_ROUTE: "出发途中",
    S.ARRIVED: "已到场",
    S.COMPLETED: "已完成",
    S.RATED: "已评价",
    S.DECLINED: "已拒绝",
    S.EXPIRED: "超时未签收",
    S.STOOD_DOWN: "已解除",
    S.CANCELLED: "已撤回",
    S.FAILED: "中途退出",
}

# fmt: off
ORDER = StateTable("order", S.OFFERED, [
    # event         from         to            by
    T("receive",    S.OFFERED,   S.RECEIVED,   RESPONDERS),
    T("show",       S.OFFERED,   S.SHOWN,      RESPONDERS),
    T("show",       S.RECEIVED,  S.SHOWN,      RESPONDERS),
    *(T("accept",   s,           S.ACCEPTED,   RESPONDERS) for s in (S.OFFERED, S.RECEIVED, S.SHOWN)),
    *(T("force",    s,           S.ACCEPTED,   _COMMAND_ROOM) for s in (S.OFFERED, S.RECEIVED, S.SHOWN)),
    *(T("decline",  s,           S.DECLINED,   RESPONDERS) for s in (S.OFFERED, S.RECEIVED, S.SHOWN)),
    *(T("expire",   s,           S.EXPIRED,    _MACHINE) for s in (S.OFFERED, S.RECEIVED, S.SHOWN)),
    T("depart",     S.ACCEPTED,  S.EN_ROUTE,   (*RESPONDERS, *_MACHINE)),
    *(T("arrive",   s,           S.ARRIVED,    (*RESPONDERS, *_COMMAND_ROOM, *_MACHINE))
      for s in (S.ACCEPTED, S.EN_ROUTE)),
    *(T("complete", s,           S.COMPLETED,  RESPONDERS) for s in (S.ACCEPTED, S.EN_ROUTE, S.ARRIVED)),
    *(T("fail",     s,           S.FAILED,     (*RESPONDERS, *_COMMAND_ROOM, *_MACHINE))
      for s in (S.ACCEPTED, S.EN_ROUTE, S.ARRIVED)),
    *(T("stand_down", s,         S.STOOD_DOWN, (*_CONTROL, *_MACHINE))
      for s in (S.OFFERED, S.RECEIVED, S.SHOWN, S.ACCEPTED, S.EN_ROUTE, S.ARRIVED)),
    *(T("cancel",   s,           S.CANCELLED,  (*_CONTROL, *_MACHINE))
      for s in (S.OFFERED, S.RECEIVED, S.SHOWN, S.ACCEPTED, S.EN_ROUTE, S.ARRIVED)),
    T("rate",       S.COMPLETED, S.RATED,      (Role.OFFICER,)),
], names=NAMES)
# fmt: on

#: the responder has not answered yet
UNANSWERED = frozenset({S.OFFERED, S.RECEIVED, S.SHOWN})
#: the responder is at it
LIVE = frozenset({S.ACCEPTED, S.EN_ROUTE, S.ARRIVED})
#: the order holds its responder: nobody else can have him
OPEN = UNANSWERED | LIVE
ENDED = frozenset(S) - OPEN
#: these take one of the places that a need has
COUNTED = LIVE | {S.COMPLETED, S.RATED}
#: asked, and did not do it
REFUSED = frozenset({S.DECLINED, S.EXPIRED, S.FAILED, S.CANCELLED})
#: not to be asked again by the machine in this round of the incident: he did not do it, or has done his part
NOT_AGAIN = REFUSED | {S.COMPLETED, S.RATED}
#: the way of an order that goes well; a milestone that was passed over is back-stamped as inferred
WAY = (S.OFFERED, S.RECEIVED, S.SHOWN, S.ACCEPTED, S.EN_ROUTE, S.ARRIVED, S.COMPLETED, S.RATED)


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).parents[2].joinpath("docs/states/order.mmd").write_text(ORDER.mermaid())
