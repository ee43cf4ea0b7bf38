"""Logging in as a person does: builders for accounts that have a password, and the calls of a phone."""

from __future__ import annotations

import itertools
import random
from typing import Any

import httpx
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.accounts.service import create_account
from kit.actor import SYSTEM, Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.support.people import START, make_organization

PASSWORD = "老槐树下 3 只猫"
PHONE = {"kind": "android", "name": "测试手机"}
_numbers = itertools.count(random.SystemRandom().randrange(10_000_000))


def new_phone() -> str:
    """A mobile number that no other test uses."""
    return f"139{next(_numbers) % 100_000_000:08d}"


def person(
    session: Session, role: Role, station: Station, *, password: str | None = PASSWORD, **values: Any
) -> Account:
    """An account made by the real service; with a phone number unless ``badge_no`` is given."""
    if role in (Role.GUARD, Role.KEEPER, Role.COMPANY_MANAGER):
        values.setdefault("organization_id", make_organization(session, station).id)
    if "badge_no" not in values:
        values.setdefault("phone", new_phone())
    return create_account(
        session,
        role=role,
        district_id=station.district_id,
        station_id=None if role is Role.DISTRICT_ADMIN else station.id,
        organization_id=values.pop("organization_id", None),
        name="测试人员",
        password=password,
        actor=SYSTEM,
        at=START,
        **values,
    )


def log_in_as(client: httpx.Client, login: str, password: str = PASSWORD, **device: Any) -> httpx.Response:
    body = {"login": login, "password": password, "device": {**PHONE, **device}}
    return client.post("/api/v1/auth/login", json=body)


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """Headers of a command by whoever was given ``tokens``."""
    return {"Authorization": f"Bearer {tokens['access_token']}", "Idempotency-Key": new_id().hex}
