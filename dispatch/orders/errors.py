"""Refusals that belong to orders."""

from __future__ import annotations

from typing import Any

from kit.errors import Conflict, Gone, Invalid


class OrderTaken(Conflict):
    """Others have taken all the places; nobody more is needed."""

    slug, title, hint = "offer-taken", "名额已满", "已有足够人员接单，无需前往，感谢响应。"


class OfferExpired(Gone):
    """The time to accept is over."""

    slug, title, hint = "offer-expired", "指令已超时", "如仍可前往，请联系综合指挥室重新派单。"


class OrderCancelled(Conflict):
    """The command room has withdrawn this order."""

    slug, title, hint = "order-cancelled", "指令已撤回", "无需前往；如有疑问请联系综合指挥室。"


class OrderStoodDown(Conflict):
    """The order was ended because it is not needed any more."""

    slug, title, hint = "order-stood-down", "指令已解除", "无需前往，感谢响应；如有疑问请联系综合指挥室。"


class OrderDeclined(Conflict):
    """You have declined this order."""

    slug, title, hint = "order-declined", "您已拒绝该指令", "如现在可以前往，请联系综合指挥室重新派单。"


class OrderLeft(Conflict):
    """You are no longer on this order."""

    slug, title, hint = "order-left", "您已退出该指令", "如仍可前往，请联系综合指挥室重新派单。"


class OrderDone(Conflict):
    """This order is finished."""

    slug, title, hint = "order-done", "该指令已完成", "无需再操作；如有补充，请在现场反馈中说明。"


class MovedOn(Conflict):
    """The order is no longer in the state that you saw."""

    slug, title, hint = "order-moved-on", "指令状态已变化", "请查看最新状态后再操作。"


class CommandNotDeclinable(Conflict):
    """A command cannot be declined."""

    slug, title, hint = "command-not-declinable", "警务指令不能拒绝", "确有特殊情况，请联系综合指挥室改派。"


class PhotoRequired(Conflict):
    """This order asks for a photo before it is completed."""

    slug, title, hint = "photo-required", "缺少现场照片", "请先上传现场照片，再点完成。"


class ChecklistIncomplete(Conflict):
    """Some required items of the checklist are not ticked."""

    slug, title, hint = "checklist-incomplete", "必做事项未完成", "请逐项确认必做事项后再点完成。"


class ResponderTaken(Conflict):
    """This responder already has an open order."""

    slug, title, hint = "responder-engaged", "该力量已有任务", "请另选人员，或先撤回其现有指令。"


class ResponderUnfit(Conflict):
    """This responder cannot be sent."""

    slug, title, hint = "responder-unfit", "该力量当前不能派出", "请查看原因后另选人员。"

    def __init__(self, *, reason_label: str, **extra: Any) -> None:
        super().__init__(reason_label=reason_label, **extra)
        self.hint = f"{reason_label}；请另选人员，或待其可派后再试。"


class IncidentNotWorkable(Conflict):
    """Nobody can be sent to this incident any more."""

    slug, title, hint = (
        "incident-not-workable",
        "该警情已不能派单",
        "警情已处置完毕或已结束；情况反复的，请登记新警情；已办结的，可由值班领导重新打开。",
    )


class ReasonRequired(Invalid):
    """Whoever departs from the advice says why."""

    slug, title, hint = "reason-required", "请填写原因", "人工指定推荐以外的力量时，须填写原因。"

    def __init__(self, *, reason_label: str, **extra: Any) -> None:
        super().__init__(reason_label=reason_label, **extra)
        self.hint = f"该力量不在首选之列（{reason_label}）；仍要指定的，须填写原因。"


class NoSuchNeed(Conflict):
    """This incident needs nobody of that kind."""

    slug, title, hint = "no-such-need", "该警情不需要此类力量", "请核对力量类别，或先调整警情场景。"
