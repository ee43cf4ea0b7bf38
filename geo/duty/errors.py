"""What may be refused about duties."""

from __future__ import annotations

from kit.errors import Conflict, Fault, Invalid, NotFound


class AlreadyOnDuty(Conflict):
    """This responder is on duty already."""

    slug, title, hint = "already-on-duty", "已在岗", "无需重复上岗；如需更改计划下岗时间，请先下岗再上岗。"


class NotOnDuty(Conflict):
    """This responder is not on duty."""

    slug, title, hint = "not-on-duty", "当前不在岗", "请先上岗。"


class EngagedOnDuty(Conflict):
    """An order is open: finish it or be released before going off duty."""

    slug, title = "engaged", "尚有未完成的指令，暂不能下岗"
    hint = "请先完成当前指令，或联系综合指挥室解除后再下岗。"


class PlannedEndRefused(Invalid):
    """The planned end of a duty lies after its start, at most sixteen hours later."""

    slug, title, hint = "planned-end", "计划下岗时间不正确", "计划下岗时间须晚于现在，且一次勤务不超过 16 小时。"

    def __init__(self) -> None:
        super().__init__(faults=(Fault(pointer="/planned_end", code="planned-end", message=self.hint),))


class NoResponder(NotFound):
    """This account answers for no responder."""

    slug, title, hint = "no-responder", "账号未关联力量", "请联系本所或所在单位，将账号与保安员、平安屋或巡逻警力关联。"
