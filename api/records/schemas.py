"""Lines of the record."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from api.fields import View


class RecordOut(View):
    """One line of the record (留痕)."""

    id: int
    at: datetime
    action: str = Field(examples=["order.accepted"])
    action_label: str = Field(examples=["签收指令"])
    subject_kind: str
    subject_id: uuid.UUID | None
    actor_role: str
    actor_id: uuid.UUID | None
    actor_name: str | None
    reason: str | None
    request_id: str | None
    detail: dict[str, Any]
