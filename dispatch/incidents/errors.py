"""What can go wrong with incidents."""

from __future__ import annotations

from kit.errors import Conflict, Gone, Invalid, NotAllowed


class NumberTaken(Conflict):
    """Another incident of the district carries this number."""

    slug, title, hint = "number-taken", "接警单编号已存在", "请核对编号；同一起警情请勿重复录入。"


class ReplayRefused(Conflict):
    """Past calls are played again at a demonstration station only."""

    slug, title, hint = "replay-refused", "本所不能回放历史警情", "历史警情只能在演示单位回放；真实警情请照常录入。"


class TypeUnknown(Invalid):
    """The catalogue has no such category, type or subtype."""

    slug, title, hint = "type-unknown", "没有这个警情类型", "请从类型目录中选择。"


class OutsideEveryArea(Invalid):
    """The place lies in no station's area."""

    slug, title, hint = (
        "outside-every-area",
        "该位置不在任何派出所辖区内",
        "请核对位置；确属本所管辖的，请指定派出所后提交。",
    )


class BelongsToOtherStation(Invalid):
    """The place lies in another station's area; name your station if it is to be yours all the same."""

    slug, title, hint = (
        "belongs-to-other-station",
        "该位置属其他派出所辖区",
        "请核对位置；仍由本所受理的，请指定本所后提交。",
    )


class PlaceMissing(Invalid):
    """An incident needs a position or an address."""

    slug, title, hint = "place-missing", "缺少事发地点", "请在地图上点选位置，或填写地址。"


class AddressUnknown(Invalid):
    """No known place matches the address."""

    slug, title, hint = "address-unknown", "未找到该地址", "请换一种写法，或在地图上点选位置。"


class AddressAmbiguous(Invalid):
    """Several places match the address: choose one of the candidates."""

    slug, title, hint = "address-ambiguous", "该地址对应多个地点", "请从候选地点中选择一个。"


class NotMergeable(Conflict):
    """An incident can be merged only into another one that is still open."""

    slug, title, hint = "not-mergeable", "不能并入该警情", "只能并入本所另一起尚未办结的警情。"


class AlarmFirst(Conflict):
    """Only when an alarm about missing people was acknowledged may an incident be given up."""

    slug, title, hint = (
        "alarm-not-acknowledged",
        "尚无已确认的无人响应告警",
        "请先确认告警；仍无力可派的，方可据实登记。",
    )


class NoCaller(Conflict):
    """Nothing is known of the caller."""

    slug, title, hint = "no-caller", "该警情未登记报警人", "请联系综合指挥室核实。"


class CallerConfidential(NotAllowed):
    """The caller wants to stay unknown: only the station's leader may learn who it was, and say otherwise."""

    slug, title, hint = (
        "caller-confidential",
        "报警人要求保密",
        "仅所领导可查看报警人信息或解除保密；确需联系报警人的，请报所领导。",
    )


class RevealTooLate(Gone):
    """The incident ended more than a day ago; the caller stays masked."""

    slug, title, hint = (
        "reveal-too-late",
        "警情办结已超过 24 小时，不再提供报警人信息",
        "确需查询的，请按档案调阅规定办理。",
    )
