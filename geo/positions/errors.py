"""Why a fix or a batch of them is refused."""

from __future__ import annotations

from kit.errors import Conflict, Invalid


class OffDuty(Conflict):
    """Nobody is located while he is off duty; nothing was kept."""

    slug, title, hint = "off-duty", "未在岗，位置未保存", "请先上岗再上报位置；下岗期间系统不记录您的位置。"


class TimestampInFuture(Invalid):
    """The fix says that it will be taken later than now."""

    slug, title, hint = "timestamp-in-future", "定位时间晚于当前时间", "请校准手机时间（建议使用网络时间）后重试。"


class TimestampTooOld(Invalid):
    """The fix is older than a day."""

    slug, title, hint = "timestamp-too-old", "定位时间过早", "超过 24 小时的定位不再接收，请校准手机时间。"


class BatchTooLarge(Invalid):
    """Too many fixes at once."""

    slug, title, hint = "batch-too-large", "一次上报的定位过多", "请分批上报，每批不超过 500 条。"


class NotLocated(Invalid):
    """A responder that stands where it stands is not located by fixes."""

    slug, title, hint = "not-located", "固定点位不上报定位", "平安屋的位置以登记为准，如有变动请联系本所。"
