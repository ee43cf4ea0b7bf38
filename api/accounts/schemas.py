"""Accounts as their managers see them; numbers masked."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.fields import Line, Name, Schema, View, absent
from dispatch.accounts.logins import masked_phone
from dispatch.accounts.model import Account

AccountRole = Literal["guard", "keeper", "officer", "dispatcher", "leader", "company_manager", "district_admin"]
#: as people write it; the service makes it E.164
PhoneText = Annotated[str, Field(min_length=1, max_length=40, examples=["13800000001"])]
BadgeText = Annotated[str, Field(min_length=1, max_length=40, examples=["031245"])]


class AccountOut(View):
    """One account. ``phone`` is masked; ``opened`` false: its owner has set no password yet."""

    id: uuid.UUID
    role: AccountRole
    name: str
    phone: str | None = Field(examples=["138****0001"])
    badge_no: str | None
    district_id: uuid.UUID
    station_id: uuid.UUID | None
    organization_id: uuid.UUID | None
    active: bool
    opened: bool
    locked_until: datetime | None
    demo: bool
    created_at: datetime
    version: int

    @classmethod
    def of(cls, account: Account) -> AccountOut:
        return cls.model_validate(
            {
                **{member: getattr(account, member) for member in cls.model_fields if hasattr(account, member)},
                "phone": masked_phone(account),
                "opened": account.password_hash is not None,
            }
        )


class NewAccountIn(Schema):
    """A new account; phone number or 工号 at least. Station and organization default to one's own station."""

    role: AccountRole
    name: Name
    phone: PhoneText | None = None
    badge_no: BadgeText | None = None
    station_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "role": "guard",
                    "name": "李卫国",
                    "phone": "13800000001",
                    "organization_id": "5f0c1a38-6f5e-4f5b-9a53-3c1d2a7e9b10",
                }
            ]
        }
    )


class AccountEditIn(Schema):
    """The members that change; ``phone`` or ``badge_no`` null takes it away."""

    role: AccountRole = Field(default_factory=absent)
    name: Name = Field(default_factory=absent)
    phone: PhoneText | None = None
    badge_no: BadgeText | None = None
    organization_id: uuid.UUID | None = None
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "李卫国", "phone": "13800000002"}]})


class ReasonIn(Schema):
    """Why; kept in the record."""

    reason: Line
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "离职"}]})


class CodeIn(Schema):
    """For whose account."""

    account_id: uuid.UUID


class CodeOut(View):
    """A one-time code, told once. It ends when used, after 72 h, or when another is made."""

    account_id: uuid.UUID
    code: str = Field(examples=["7KQ4MZ2P"])
    expires_at: datetime
    link: str = Field(
        description="opens the phone app with the code", examples=["https://pingan.example/guard/#code=7KQ4MZ2P"]
    )
    qr_svg: str = Field(description="the link as a QR code: an SVG image", examples=["<svg …/>"])


class SheetIn(Schema):
    """For whose accounts."""

    account_ids: list[uuid.UUID] = Field(min_length=1, max_length=100)
