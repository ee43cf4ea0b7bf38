"""How each audience calls the state of an order."""

from __future__ import annotations

from dispatch.orders.states import NAMES, OrderState
from kit.actor import HELPERS, Role

S = OrderState

#: (helper or officer who got it, station leader); the command room's words are the names of the states
_OTHERS: dict[OrderState, tuple[str, str]] = {
    S.OFFERED: ("新指令", "已下发"),
    S.RECEIVED: ("新指令", "已送达"),
    S.SHOWN: ("待签收", "已读未签收"),
    S.ACCEPTED: ("已签收，请出发", "已签收"),
    S.EN_ROUTE: ("途中", "出发途中"),
    S.ARRIVED: ("已到场", "已到场"),
    S.COMPLETED: ("已完成，待评价", "待评价"),
    S.RATED: ("已评价", "已评价"),
    S.DECLINED: ("您已拒绝", "拒绝"),
    S.EXPIRED: ("已超时", "超时"),
    S.STOOD_DOWN: ("无需前往", "解除"),
    S.CANCELLED: ("指令已撤回", "撤回"),
    S.FAILED: ("您已退出", "中途退出"),
}

#: (command room, helper or officer who got it, station leader)
LABELS: dict[OrderState, tuple[str, str, str]] = {state: (NAMES[state], *words) for state, words in _OTHERS.items()}


def label_for(role: Role, state: str, *, mode: str = "offer") -> str:
    """The word that ``role`` reads. Police are not rated: their finished command waits for nothing."""
    room, helper, leader = LABELS[OrderState(state)]
    if mode == "command" and state == S.COMPLETED:
        return room
    if role is Role.LEADER:
        return leader
    return helper if role in HELPERS else room
