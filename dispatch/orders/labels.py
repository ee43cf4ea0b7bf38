"""How each audience calls the state of an order."""

from __future__ import annotations

from dispatch.orders.states import OrderState
from kit.actor import Role

S = OrderState

#: (command room, helper or officer who got it, station leader)
LABELS: dict[OrderState, tuple[str, str, str]] = {
    S.OFFERED: ("已下发", "新指令", "已下发"),
    S.RECEIVED: ("已送达", "新指令", "已送达"),
    S.SHOWN: ("已读", "待签收", "已读未签收"),
    S.ACCEPTED: ("已签收", "已签收，请出发", "已签收"),
    S.EN_ROUTE: ("出发途中", "途中", "出发途中"),
    S.ARRIVED: ("已到场", "已到场", "已到场"),
    S.COMPLETED: ("已完成", "已完成，待评价", "待评价"),
    S.RATED: ("已评价", "已评价", "已评价"),
    S.DECLINED: ("已拒绝", "您已拒绝", "拒绝"),
    S.EXPIRED: ("超时未签收", "已超时", "超时"),
    S.STOOD_DOWN: ("已解除", "无需前往", "解除"),
    S.CANCELLED: ("已撤回", "指令已撤回", "撤回"),
    S.FAILED: ("中途退出", "您已退出", "中途退出"),
}


def label_for(role: Role, state: str, *, mode: str = "offer") -> str:
    """The word that ``role`` reads. Police are not rated: their finished command waits for nothing."""
    room, helper, leader = LABELS[OrderState(state)]
    if mode == "command" and state == S.COMPLETED:
        return room
    if role is Role.LEADER:
        return leader
    return helper if role in (Role.GUARD, Role.KEEPER) else room
