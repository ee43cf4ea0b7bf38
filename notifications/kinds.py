"""What people are told of, how urgent it is, and on which ladder it climbs until somebody has it."""

from __future__ import annotations

from dataclasses import dataclass

from kit.errors import PinganError


class UnknownKind(PinganError, LookupError):
    """Nobody stated how this kind of message is told."""

    slug = "unknown-message-kind"


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: ``channel`` is tried when ``after_s`` seconds went by without a receipt."""

    channel: str
    after_s: float


#: The first rung is climbed by the commit itself: the message is an event on the live feed of its account.
URGENT = (Rung("socket", 0), Rung("fcm", 5), Rung("log", 10))
ORDINARY = (Rung("socket", 0), Rung("fcm", 60))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of message.

    ``text`` is all that a provider or a lock screen may ever show: it holds no name, place, phone or number.
    """

    name: str
    #: what ``subject_id`` of its messages is
    subject: str
    urgent: bool
    #: seconds after which it is not worth telling any more
    ttl_s: int
    text: str

    @property
    def ladder(self) -> tuple[Rung, ...]:
        return ladder_of(urgent=self.urgent)


def ladder_of(*, urgent: bool) -> tuple[Rung, ...]:
    """The rungs of an urgent or an ordinary message."""
    return URGENT if urgent else ORDINARY


_HOUR_S, _DAY_S = 3_600, 86_400

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="order.offered",
            subject="order",
            urgent=True,
            ttl_s=600,
            text="您有一条新的协助指令，请打开平安联盟查看并答复。",
        ),
        Kind(
            name="order.commanded",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您有一条新的出警指令，请立即打开平安联盟签收。",
        ),
        Kind(
            name="order.stood_down",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您的一条指令已解除，请打开平安联盟确认。",
        ),
        Kind(
            name="order.expired",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您的一条指令已超时，无需前往，请打开平安联盟确认。",
        ),
        Kind(
            name="order.failed",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您的一条指令已终止，请打开平安联盟查看。",
        ),
        Kind(
            name="order.cancelled",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您的一条指令已撤回，请打开平安联盟确认。",
        ),
        Kind(
            name="order.changed",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您的一条指令内容有变更，请打开平安联盟查看。",
        ),
        Kind(
            name="alarm.raised",
            subject="alarm",
            urgent=True,
            ttl_s=_HOUR_S,
            text="有一条告警待处置，请立即打开平安联盟认领。",
        ),
        Kind(
            name="incident.assigned",
            subject="incident",
            urgent=True,
            ttl_s=_HOUR_S,
            text="有一起警情由您承办，请打开平安联盟查看。",
        ),
        Kind(
            name="aid.requested",
            subject="aid",
            urgent=True,
            ttl_s=300,
            text="有一项邻所支援申请待您同意，请立即打开平安联盟答复。",
        ),
        Kind(
            name="aid.active",
            subject="aid",
            urgent=True,
            ttl_s=_HOUR_S,
            text="一项邻所支援已生效，请打开平安联盟查看。",
        ),
        Kind(
            name="aid.declined",
            subject="aid",
            urgent=True,
            ttl_s=_HOUR_S,
            text="一项邻所支援申请未获同意，请打开平安联盟另行调度。",
        ),
        Kind(
            name="aid.lapsed",
            subject="aid",
            urgent=True,
            ttl_s=_HOUR_S,
            text="一项邻所支援申请逾期未答复，请电话联系或另行调度。",
        ),
        Kind(
            name="aid.ended",
            subject="aid",
            urgent=True,
            ttl_s=_HOUR_S,
            text="一项邻所支援已结束，请打开平安联盟查看。",
        ),
        Kind(
            name="aid.sos",
            subject="order",
            urgent=True,
            ttl_s=_HOUR_S,
            text="本所支援邻所的人员在现场求助，请立即打开平安联盟并联系邻所。",
        ),
        Kind(
            name="pact.proposed",
            subject="pact",
            urgent=False,
            ttl_s=7 * _DAY_S,
            text="有一份邻所支援约定待您签署，请打开平安联盟查看。",
        ),
        Kind(
            name="pact.signed",
            subject="pact",
            urgent=False,
            ttl_s=7 * _DAY_S,
            text="一份邻所支援约定已签署生效，请打开平安联盟查看。",
        ),
        Kind(
            name="pact.revoked",
            subject="pact",
            urgent=False,
            ttl_s=7 * _DAY_S,
            text="一份邻所支援约定已终止，请打开平安联盟查看。",
        ),
        Kind(
            name="chat.urgent",
            subject="chat_line",
            urgent=True,
            ttl_s=_HOUR_S,
            text="您有一条紧急消息待确认，请打开平安联盟查看。",
        ),
        Kind(
            name="rating.made",
            subject="order",
            urgent=False,
            ttl_s=7 * _DAY_S,
            text="您收到一条新的评价，请打开平安联盟查看。",
        ),
        Kind(
            name="appeal.settled",
            subject="order",
            urgent=False,
            ttl_s=7 * _DAY_S,
            text="您的申诉已有处理结果，请打开平安联盟查看。",
        ),
        Kind(
            name="review.returned",
            subject="incident",
            urgent=False,
            ttl_s=7 * _DAY_S,
            text="一份反馈单被退回，请打开平安联盟补正。",
        ),
    )
}


def get_kind(name: str) -> Kind:
    """The kind of that name; raises UnknownKind."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(f"{name} is not in notifications/kinds.py") from None
