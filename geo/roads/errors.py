"""What a file of roads can be refused for, and what can be wrong with a stored network."""

from __future__ import annotations

from kit.errors import Invalid, Unavailable


class RoadsRefused(Invalid):
    """The file holds roads that cannot be taken; nothing was imported."""

    slug, title, hint = "roads-refused", "道路文件有误，未导入任何内容", "请按提示核对文件后重新导入。"


class HoursFileRefused(Invalid):
    """The table of hours cannot be taken; nothing was imported."""

    slug, title, hint = "road-hours-refused", "分时系数表有误，未导入任何内容", "请按提示逐行修改后重新导入。"


class NetworkDamaged(Unavailable):
    """The road network's file is missing or is not the one that was imported."""

    slug, title, hint = "roads-damaged", "道路数据文件缺失或损坏", "请联系管理员重新导入道路数据；在此之前按直线估算。"
