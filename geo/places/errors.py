"""What a place or a file of places can be refused for."""

from __future__ import annotations

from kit.errors import Conflict, Invalid


class PlaceTaken(Conflict):
    """The district has a place of this name and address already."""

    slug, title, hint = "name-taken", "地点已存在", "请核对名称和地址。"


class PlacesRefused(Invalid):
    """The file holds places that cannot be taken; nothing was imported."""

    slug, title, hint = "places-refused", "地点文件有误，未导入任何内容", "请按提示逐行修改后重新导入。"
