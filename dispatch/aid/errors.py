"""Refusals that belong to mutual aid."""

from __future__ import annotations

from kit.errors import Conflict, Invalid

#: the reason of an order that ended with its aid
AID_ENDED = "aid_ended"


class AidAlreadyOpen(Conflict):
    """This station has been asked for this incident already."""

    slug, title, hint = "aid-already-open", "已向该所申请支援", "请查看现有申请；如需催办，请电话联系对方所长。"


class AidEnded(Conflict):
    """The mutual aid has ended meanwhile: nobody more of the other station is sent."""

    slug, title, hint = "aid-ended", "邻所支援已结束", "无需前往，感谢响应；如有疑问请联系本所综合指挥室。"


class AidNotOpen(Conflict):
    """Nobody waits for this decision any more."""

    slug, title, hint = "aid-not-open", "该支援申请已有结果", "请刷新后按最新状态办理。"


class SamePerson(Conflict):
    """The second person must be another one."""

    slug, title, hint = "aid-second-person", "须由第二人确认", "同一人不能确认两次，请另一名分局管理员确认。"


class NotANeighbour(Invalid):
    """Only another station of the same district can help."""

    slug, title, hint = "aid-not-a-neighbour", "不能向该单位申请支援", "请选择同一分局的其他派出所。"


class NothingToSend(Invalid):
    """Say which kinds of people are wanted."""

    slug, title, hint = (
        "aid-kinds-missing",
        "请选择需要的力量类别",
        "申请对方派出力量时，至少选择一类；只需对方知悉时，请选“仅查看警情”。",
    )
