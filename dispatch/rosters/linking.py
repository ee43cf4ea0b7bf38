"""A responder and the account that answers for it: the guard himself, the keeper, the officer who leads."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from geo.responders import service as responders
from geo.responders.errors import ReferenceUnknown
from geo.responders.model import Responder
from geo.responders.rules import Kind, NewResponder
from kit.actor import Grant, Role

ANSWERS: dict[Kind, Role] = {
    Kind.GUARD: Role.GUARD,
    Kind.SAFE_HOUSE: Role.KEEPER,
    Kind.PATROL_UNIT: Role.OFFICER,
}


def register(session: Session, *, grant: Grant, at: datetime, new: NewResponder) -> Responder:
    """Register a responder whose account, if any, fits it. Raises as geo.responders.service.create."""
    responder = responders.create(session, grant=grant, at=at, new=new)
    _check_account(session, responder)
    return responder


def change(
    session: Session, *, grant: Grant, at: datetime, responder_id: uuid.UUID, version: int, changes: Mapping[str, Any]
) -> Responder:
    """Change a responder; its account, if any, must still fit. Raises as geo.responders.service.update."""
    responder = responders.update(
        session, grant=grant, at=at, responder_id=responder_id, version=version, changes=changes
    )
    _check_account(session, responder)
    return responder


def _check_account(session: Session, responder: Responder) -> None:
    if responder.account_id is None:
        return
    account = session.get(Account, responder.account_id)
    if account is None or not account.active or account.station_id != responder.station_id:
        raise ReferenceUnknown.at("/account_id", "没有这个账号")
    kind = Kind(responder.kind)
    if account.role != ANSWERS[kind]:
        raise ReferenceUnknown.at("/account_id", "账号的角色与力量类别不符")
    # officers belong to the station, not to one of its organizations
    if kind is not Kind.PATROL_UNIT and account.organization_id != responder.organization_id:
        raise ReferenceUnknown.at("/account_id", "账号不属于该单位")
