"""Accounts and the codes that open them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Account(Base):
    """Somebody who can log in. Phone numbers are sealed; ``phone_index`` finds them."""

    __tablename__ = "accounts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID | None]
    organization_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    phone_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    badge_no: Mapped[str | None]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class OnboardingCode(Base):
    """A one-time code with which a guard sets his first password."""

    __tablename__ = "onboarding_codes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
