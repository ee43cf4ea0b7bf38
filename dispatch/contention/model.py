"""What was decided for several calls at once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class KeptPlan(Base):
    """A joint plan that moved offers, with its inputs. ``need_ids``: the needs that wanted the same people."""

    __tablename__ = "joint_plans"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station_id: Mapped[uuid.UUID]
    need_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    made_at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
