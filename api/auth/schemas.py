"""What is said when somebody proves who he is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from api.fields import Line, Schema, View
from notifications.devices.service import DeviceInfo

#: never stripped of blanks by hand, never echoed, never in a log
Password = Annotated[SecretStr, Field(min_length=1, max_length=128, examples=["老槐树下 3 只猫"])]
_DEVICE: dict[str, JsonValue] = {"kind": "android", "name": "小米 14", "id": None}


class DeviceIn(Schema):
    """The device that logs in. ``id``: what this device was told at an earlier login, so that it stays the same one."""

    kind: Literal["web", "android", "ios"]
    name: Line
    id: uuid.UUID | None = None

    def info(self) -> DeviceInfo:
        return DeviceInfo(kind=self.kind, name=self.name, id=self.id)


class LoginIn(Schema):
    """Phone number or 工号, and password."""

    login: Line
    password: Password
    device: DeviceIn
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"login": "13800000001", "password": "老槐树下 3 只猫", "device": _DEVICE}]}
    )


class OnboardIn(Schema):
    """An onboarding code and the password that shall be."""

    code: Line
    password: Password
    device: DeviceIn
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "7KQ4-MZ2P", "password": "老槐树下 3 只猫", "device": _DEVICE}]}
    )


class RefreshIn(Schema):
    """The refresh token and the device that it was given to."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200, examples=["Xk3…"])]
    device_id: uuid.UUID


class TokensOut(View):
    """A login. The access token goes into ``Authorization: Bearer``; the refresh token is good for one exchange."""

    account_id: uuid.UUID
    session_id: uuid.UUID
    device_id: uuid.UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    token_type: Literal["bearer"] = "bearer"
