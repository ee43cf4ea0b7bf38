"""What may be refused about responders and posts."""

from __future__ import annotations

from kit.errors import Conflict, Fault, Invalid


class NameTaken(Conflict):
    """The station has a safe-house, patrol unit or post with this name already."""

    slug, title, hint = "name-taken", "名称已被使用", "请换一个名称，或核对是否已登记。"


class AccountTaken(Conflict):
    """This account answers for another responder already."""

    slug, title, hint = "account-taken", "该账号已关联其他力量", "一个账号只能关联一个力量，请先解除原有关联。"


class StillEngaged(Conflict):
    """An order is open; it has to end first."""

    slug, title = "engaged", "尚有未完成的指令"
    hint = "请先完成或请综合指挥室解除当前指令，再进行此操作。"


class PostInUse(Conflict):
    """Somebody belongs to this post."""

    slug, title, hint = "post-in-use", "岗位上尚有人员", "请先将人员调整到其他岗位，再删除。"


class ShapeRefused(Invalid):
    """This kind of responder is described otherwise."""

    slug, title, hint = (
        "responder-shape",
        "填写内容与力量类别不符",
        "请按类别填写：平安屋须有位置和开放时间，巡逻警力须有方式和人数。",
    )

    @classmethod
    def at(cls, pointer: str, message: str, code: str = "not-for-this-kind") -> ShapeRefused:
        return cls(faults=(Fault(pointer=pointer, code=code, message=message),))


class ReferenceUnknown(Invalid):
    """Something that was named does not exist here."""

    slug, title, hint = "reference-unknown", "所填编号不存在", "请从列表中选择本所或本单位已登记的内容。"

    @classmethod
    def at(cls, pointer: str, message: str) -> ReferenceUnknown:
        return cls(faults=(Fault(pointer=pointer, code="reference-unknown", message=message),))
