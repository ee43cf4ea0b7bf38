"""What somebody takes out of the house."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Export(Base):
    """One request (导出申请). The file is made when it is taken, from what is known then."""

    __tablename__ = "exports"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    format: Mapped[str]
    asked: Mapped[dict[str, Any]]
    reason: Mapped[str]
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    needs_second: Mapped[bool]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    expires_at: Mapped[datetime]
    taken: Mapped[int] = mapped_column(default=0)
