"""The message of a 110 system: Chinese police field names beside English ones."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from dispatch.incidents.reception import CHINA
from dispatch.intake.cleaning import clean
from geo.crs import Bd09, CoordinateRefused, Gcj02, Position, check_plausible
from kit.errors import Fault, Invalid

_DATUMS: dict[str, type[Position | Gcj02 | Bd09]] = {"wgs84": Position, "gcj02": Gcj02, "bd09": Bd09}
_LEVELS = {"一级": 1, "二级": 2, "三级": 3, "四级": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_TRUE, _FALSE = {"1", "是", "Y", "y", "true"}, {"0", "否", "N", "n", "false", ""}
_LOCAL = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S")


class MessageRefused(Invalid):
    """The message does not follow the schema."""

    slug, title, hint = "message-refused", "报文格式不符", "请按接口文档核对字段后重新推送。"


def _text(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _code(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


def _number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise PydanticCustomError("not-a-number", "须为数字") from None
    if isinstance(value, bool):
        raise PydanticCustomError("not-a-number", "须为数字")
    return value


def _level(value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    level = _LEVELS.get(str(value).strip())
    if level is None or isinstance(value, bool):
        raise PydanticCustomError("out-of-range", "级别应为 1 至 4 或一级至四级")
    return level


def _flag(value: Any) -> Any:
    if isinstance(value, str | int) and not isinstance(value, bool):
        word = str(value).strip()
        if word in _TRUE | _FALSE:
            return word in _TRUE
    return value


def _instant(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        for form in _LOCAL:
            try:
                return datetime.strptime(value, form).replace(tzinfo=CHINA)
            except ValueError:
                continue
        if re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", value):
            try:
                return datetime.fromisoformat(value.upper())
            except ValueError:
                pass
    raise PydanticCustomError("timestamp-format", "时间须为 RFC 3339，或北京时间 2026-11-24 08:30:00、20261124083000")


def _crs(value: Any) -> Any:
    return re.sub(r"[\-_ ]", "", value).lower() if isinstance(value, str) else value


def _either(english: str, chinese: str) -> AliasChoices:
    return AliasChoices(english, chinese)


_Text = Annotated[str, BeforeValidator(_text)]
_Code = Annotated[str, BeforeValidator(_code)]
_Instant = Annotated[datetime | None, BeforeValidator(_instant)]
_Degrees = Annotated[float | None, BeforeValidator(_number)]


class Message(BaseModel):
    """One call. Each member under its English or its Chinese code name, not both; others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    number: _Code = Field(
        validation_alias=_either("number", "JJDBH"), min_length=4, max_length=40, pattern=r"^[0-9A-Za-z\-]+$",
        description="接警单编号",
    )  # fmt: skip
    category: _Code = Field(validation_alias=_either("category", "JQLBDM"), max_length=64, description="警情类别")
    type: _Code | None = Field(
        default=None, validation_alias=_either("type", "JQLXDM"), max_length=64, description="警情类型"
    )
    subtype: _Code | None = Field(
        default=None, validation_alias=_either("subtype", "JQXLDM"), max_length=64, description="警情细类"
    )
    level: Annotated[int | None, BeforeValidator(_level)] = Field(
        default=None, validation_alias=_either("level", "JQJB"), description="警情级别"
    )
    summary: _Text = Field(validation_alias=_either("summary", "BJNR"), min_length=1, max_length=2000,
                           description="报警内容")  # fmt: skip
    address: _Text | None = Field(
        default=None, validation_alias=_either("address", "SFDZ"), max_length=200, description="事发地址"
    )
    lon: _Degrees = Field(default=None, validation_alias=_either("lon", "XZB"), description="经度")
    lat: _Degrees = Field(default=None, validation_alias=_either("lat", "YZB"), description="纬度")
    crs: Annotated[str | None, BeforeValidator(_crs)] = Field(
        default=None, validation_alias=_either("crs", "coordinateType"), description="坐标系 wgs84、gcj02、bd09"
    )
    received_at: _Instant = Field(default=None, validation_alias=_either("received_at", "BJSJ"), description="报警时间")
    occurred_at: _Instant = Field(
        default=None, validation_alias=_either("occurred_at", "JQFSSJ"), description="警情发生时间"
    )
    caller_name: _Text | None = Field(
        default=None, validation_alias=_either("caller_name", "BJRXM"), max_length=50, repr=False,
        description="报警人姓名",
    )  # fmt: skip
    caller_phone: _Code | None = Field(
        default=None, validation_alias=_either("caller_phone", "BJDH"), max_length=32, repr=False,
        description="报警电话",
    )  # fmt: skip
    confidential_caller: Annotated[bool, BeforeValidator(_flag)] = Field(
        default=False, validation_alias=_either("confidential_caller", "SFBM"), description="是否保密"
    )
    station_code: _Code | None = Field(
        default=None, validation_alias=_either("station_code", "GXDWDM"), max_length=40, description="管辖单位代码"
    )
    drill: Annotated[bool, BeforeValidator(_flag)] = Field(default=False, description="演练")

    @model_validator(mode="after")
    def _place(self) -> Message:
        if (self.lon is None) != (self.lat is None):
            raise PydanticCustomError("coordinate-incomplete", "经度和纬度须同时提供")
        if self.lon is not None:
            if self.crs is None:
                raise PydanticCustomError("crs-required", "须注明坐标系：wgs84、gcj02 或 bd09")
            if self.crs not in _DATUMS:
                raise PydanticCustomError("crs-not-allowed", "坐标系须为 wgs84、gcj02 或 bd09")
            try:
                self.find_position()
            except CoordinateRefused as refused:
                raise PydanticCustomError(refused.code, "{message}", {"message": refused.message}) from None
        return self

    def find_position(self) -> Position | None:
        """The point in WGS-84, if one was sent; raises CoordinateRefused."""
        if self.lon is None or self.lat is None:
            return None
        check_plausible(self.lon, self.lat)
        point = _DATUMS[str(self.crs)](self.lon, self.lat)
        return point if isinstance(point, Position) else point.to_wgs84()


_CODES = {
    "missing": ("missing", "此项必填"),
    "extra_forbidden": ("unknown-member", "不认识此项"),
    "string_too_long": ("too-long", "内容过长"),
    "string_too_short": ("too-short", "内容过短"),
    "finite_number": ("coordinate-not-finite", "数值无效"),
}


def read_message(document: Any) -> Message:
    """The message in a JSON document; raises MessageRefused with a fault per member, never with its value."""
    try:
        return Message.model_validate(document)
    except ValidationError as invalid:
        faults = []
        for error in invalid.errors(include_url=False, include_input=False, include_context=False):
            pointer = "/" + "/".join(str(part) for part in error["loc"])
            kind = error["type"]
            ours = (kind, error["msg"]) if "-" in kind else _CODES.get(kind, ("invalid", "填写有误"))
            faults.append(Fault(pointer=pointer, code=ours[0], message=ours[1]))
        raise MessageRefused(faults=tuple(faults)) from None
