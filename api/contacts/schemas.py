"""Telephone numbers in clear."""

from __future__ import annotations

import uuid

from pydantic import Field

from api.fields import Schema, View
from api.incidents.schemas import Reason


class ReasonIn(Schema):
    """Why one has to call."""

    reason: Reason = Field(examples=["设备无回执，电话通知其到场"])


class ContactOut(View):
    """Whom to call. Each answer of this kind stands in the record."""

    account_id: uuid.UUID
    name: str = Field(examples=["王建国"])
    phone: str = Field(examples=["+8613800000001"])
