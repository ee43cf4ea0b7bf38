"""What an outline can be refused for."""

from __future__ import annotations

from kit.errors import Conflict, Fault, Invalid, NotAllowed


class OutlineRefused(Invalid):
    """This is not an outline of an area."""

    slug, title, hint = "outline-refused", "区域边界有误", "请按提示修改边界后重新提交。"

    def __init__(self, message: str, *, pointer: str = "/geometry") -> None:
        super().__init__(faults=(Fault(pointer=pointer, code=self.slug, message=message),))
        #: the Chinese sentence for the person who drew it
        self.message = message


class GeometryTypeNotAllowed(OutlineRefused):
    """An outline is a Polygon or a MultiPolygon."""

    slug, title = "geometry-type-not-allowed", "边界须为多边形"


class CrsNotAllowed(OutlineRefused):
    """GeoJSON is WGS-84 (RFC 7946); a "crs" member is not read."""

    slug, title = "crs-not-allowed", "不得自带坐标系声明"
    hint = "GeoJSON 一律按 WGS-84 读取，请先转换坐标并删除 crs。"


class GeometryEmpty(OutlineRefused):
    """The outline holds no point."""

    slug, title = "geometry-empty", "边界为空"


class GeometryTooComplex(OutlineRefused):
    """The outline has more than 5 000 points."""

    slug, title, hint = "geometry-too-complex", "边界顶点过多", "请简化边界，顶点数不超过 5000。"


class RingNotClosed(OutlineRefused):
    """The first and the last point of a ring are not the same."""

    slug, title, hint = "ring-not-closed", "边界未闭合", "每个环的最后一个点须与第一个点相同。"


class PolygonInvalid(OutlineRefused):
    """The outline crosses itself or does not enclose an area."""

    slug, title = "polygon-invalid", "边界图形无效"


class AreaNameTaken(Conflict):
    """The station has an area of this kind and name already."""

    slug, title, hint = "name-taken", "名称已存在", "请换用其他名称。"


class OwnerMissing(Invalid):
    """Say to which station the area belongs."""

    slug, title, hint = "station-missing", "请选择所属派出所", "只能选择本人管理范围内的派出所。"


class JurisdictionOfDistrict(NotAllowed):
    """A station's jurisdiction is drawn by its district."""

    slug, title, hint = "jurisdiction-of-district", "派出所辖区由分局划定", "如需调整辖区边界，请报分局办理。"
