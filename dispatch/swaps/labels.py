"""Swaps in the words of the command room."""

from __future__ import annotations

from dispatch.matching.labels import say_time
from dispatch.swaps.decide import Cause
from dispatch.swaps.states import SwapState

S = SwapState

#: (command room, whoever is told of it, station leader)
LABELS: dict[SwapState, tuple[str, str, str]] = {
    S.PROPOSED: ("建议换人", "换人待定", "建议换人"),
    S.ACCEPTED: ("已换人，待签收", "已换人", "已采纳"),
    S.DISMISSED: ("已忽略", "未换人", "已忽略"),
    S.LAPSED: ("已失效", "未换人", "已失效"),
    S.DONE: ("换人完成", "已换人", "换人完成"),
}
CAUSES: dict[Cause, str] = {
    Cause.NEARER: "另有力量明显更近",
    Cause.STALLED: "途中停滞",
    Cause.SILENT: "失去联系",
}


def say_why(cause: str, *, expected_s: float, eta_s: float) -> str:
    """One sentence for the dispatcher."""
    return f"{CAUSES[Cause(cause)]}：原力量预计还需 {say_time(expected_s)}，换人后约 {say_time(eta_s)} 到场。"
