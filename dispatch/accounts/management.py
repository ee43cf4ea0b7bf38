"""Accounts managed by those above them: opened, edited, closed, cut off."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.access.managing import require_managed
from dispatch.accounts import repository
from dispatch.accounts.logins import LoginMissing, normalize_badge, open_phone
from dispatch.accounts.model import Account
from dispatch.accounts.service import create_account, refuse_taken, set_logins, store
from dispatch.orders.leaving import LeaveReason, leave
from dispatch.sessions import ending
from dispatch.tenancy import repository as tenancy
from geo.duty import service as duty
from geo.duty.errors import NotOnDuty
from kit import record
from kit.actor import Grant, Role
from kit.errors import Conflict, Fault, Invalid, StaleVersion
from kit.phones import normalize_phone
from kit.tenancy import Organization, Station
from notifications.devices import service as devices

#: they belong to a member of the alliance
_OF_AN_ORGANIZATION = frozenset({Role.GUARD, Role.KEEPER, Role.COMPANY_MANAGER})


class AccountHasResponder(Conflict):
    """This account answers for somebody who can be sent; his role and organization stay as they are."""

    slug, title = "account-has-responder", "该账号已绑定力量，不能更改角色或单位"
    hint = "请先停用其力量档案，或另建新账号。"


class UnknownReference(Invalid):
    """A station or organization that is named does not exist here."""

    slug, title, hint = "unknown-reference", "所选派出所或单位不存在", "请重新选择；只能选择本人管理范围内的单位。"


class OrganizationMissing(Invalid):
    """This role belongs to an organization."""

    slug, title, hint = "organization-missing", "该角色须选择所属单位", "请选择联盟单位。"


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """An account as somebody fills it in. ``station_id`` None: the maker's own."""

    role: Role
    name: str
    phone: str | None = None
    badge_no: str | None = None
    station_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None


def open_account(session: Session, *, grant: Grant, new: NewAccount, at: datetime) -> Account:
    """A new account within reach, without password: its owner sets it with an onboarding code.

    Raises RoleNotManaged, UnknownReference, OrganizationMissing and what ``create_account`` raises.
    """
    require_managed(grant.actor, new.role)
    station = _station(session, grant, new.station_id)
    organization = _organization(session, grant, station.id, new.role, new.organization_id)
    return create_account(
        session,
        role=new.role,
        district_id=station.district_id,
        station_id=station.id,
        organization_id=organization.id if organization else None,
        name=new.name,
        phone=new.phone,
        badge_no=new.badge_no,
        actor=grant.actor,
        at=at,
    )


def edit(
    session: Session, *, grant: Grant, account_id: uuid.UUID, version: int, changes: dict[str, Any], at: datetime
) -> Account:
    """Change ``name``, ``phone``, ``badge_no``, ``role`` or ``organization_id``; those absent stay.

    Raises StaleVersion, RoleNotManaged, AccountHasResponder and what opening one raises.
    """
    account = _managed(session, grant, account_id, version=version)
    role = Role(changes.get("role", account.role))
    require_managed(grant.actor, role)
    assert account.station_id is not None
    phone, badge = _logins(session, grant, account, changes, at)
    organization_id = changes.get("organization_id", account.organization_id)
    moved = role != account.role or organization_id != account.organization_id
    if moved:
        if repository.list_responder_ids(session, account.id):
            raise AccountHasResponder
        organization = _organization(session, grant, account.station_id, role, organization_id)
        account.role, account.organization_id = role.value, organization.id if organization else None
    if "name" in changes:
        account.name = changes["name"]
    set_logins(account, phone=phone, badge_no=badge)
    account.version += 1
    store(session, account)
    _note(session, "account.changed", account, grant, at, members=sorted(changes), role=account.role)
    return account


def deactivate(
    session: Session, *, grant: Grant, account_id: uuid.UUID, version: int, reason: str, at: datetime
) -> Account:
    """Close an account: logins, devices, codes, open order and duty end now. Raises StaleVersion, RoleNotManaged."""
    account = _managed(session, grant, account_id, version=version)
    account.active = False
    account.version += 1
    _cut_off(session, grant, account, at, why=LeaveReason.ACCOUNT_DEACTIVATED, text=reason)
    _note(session, "account.deactivated", account, grant, at, reason=reason)
    return account


def activate(session: Session, *, grant: Grant, account_id: uuid.UUID, version: int, at: datetime) -> Account:
    """Open it again; its owner logs in anew. Raises StaleVersion, RoleNotManaged."""
    account = _managed(session, grant, account_id, version=version)
    account.active, account.failed_logins, account.locked_until = True, 0, None
    account.version += 1
    _note(session, "account.activated", account, grant, at)
    return account


def revoke(session: Session, *, grant: Grant, account_id: uuid.UUID, reason: str, at: datetime) -> Account:
    """End every login, device, open order and duty of an account (a lost phone); its owner may log in again."""
    account = _managed(session, grant, account_id)
    _cut_off(session, grant, account, at, why=LeaveReason.ACCOUNT_REVOKED, text=reason)
    _note(session, "account.revoked", account, grant, at, reason=reason)
    return account


def _managed(session: Session, grant: Grant, account_id: uuid.UUID, *, version: int | None = None) -> Account:
    account = repository.get_visible(session, account_id, grant, lock=True)
    require_managed(grant.actor, Role(account.role))
    if version is not None and account.version != version:
        raise StaleVersion(version=account.version)
    return account


def _cut_off(session: Session, grant: Grant, account: Account, at: datetime, *, why: LeaveReason, text: str) -> None:
    ending.end_all(session, account_id=account.id, actor=grant.actor, at=at, reason=why.value)
    devices.revoke_all(session, account_id=account.id, at=at)
    repository.revoke_codes(session, account.id, at=at)
    for responder_id in repository.list_responder_ids(session, account.id):
        leave(session, responder_id=responder_id, reason=why, text=text, actor=grant.actor, at=at)
        with suppress(NotOnDuty):
            duty.end(session, responder_id=responder_id, actor=grant.actor, at=at, how="revoked", reason=why.value)


def _logins(
    session: Session, grant: Grant, account: Account, changes: dict[str, Any], at: datetime
) -> tuple[str | None, str | None]:
    phone, badge = open_phone(account), account.badge_no
    if "phone" in changes:
        phone = normalize_phone(changes["phone"]) if changes["phone"] else None
    if "badge_no" in changes:
        badge = normalize_badge(changes["badge_no"]) if changes["badge_no"] else None
    if phone is None and badge is None:
        raise LoginMissing
    refuse_taken(session, phone=phone, badge_no=badge, actor=grant.actor, at=at, except_id=account.id)
    return phone, badge


def _station(session: Session, grant: Grant, station_id: uuid.UUID | None) -> Station:
    wanted = station_id or grant.actor.station_id
    station = tenancy.find_visible_station(session, wanted, grant) if wanted is not None else None
    if station is None:
        raise UnknownReference(faults=(_fault("/station_id"),))
    return station


def _organization(
    session: Session, grant: Grant, station_id: uuid.UUID, role: Role, organization_id: uuid.UUID | None
) -> Organization | None:
    if organization_id is None:
        if role in _OF_AN_ORGANIZATION:
            raise OrganizationMissing(faults=(_fault("/organization_id"),))
        return None
    organization = tenancy.find_visible_organization(session, organization_id, grant)
    if organization is None or organization.station_id != station_id or not organization.active:
        raise UnknownReference(faults=(_fault("/organization_id"),))
    return organization


def _fault(pointer: str) -> Fault:
    return Fault(pointer=pointer, code="unknown-reference", message="请在可选范围内选择")


def _note(
    session: Session,
    action: str,
    account: Account,
    grant: Grant,
    at: datetime,
    reason: str | None = None,
    **detail: Any,
) -> None:
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind="account",
        subject_id=account.id,
        station_id=account.station_id,
        reason=reason,
        **detail,
    )
