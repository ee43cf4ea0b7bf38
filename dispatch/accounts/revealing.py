"""A colleague's telephone number in clear: with a reason, each time a line in the record; masked everywhere else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.accounts import repository
from dispatch.accounts.logins import open_phone
from dispatch.accounts.model import Account
from geo.responders import repository as responders
from kit import record
from kit.actor import Grant
from kit.errors import Conflict


class NoPhone(Conflict):
    """No telephone number is known of this person."""

    slug, title, hint = "no-phone", "该人员未登记手机号", "请用电台联系，或通过其所在单位转告；登记后方可查看。"


class NobodyAnswers(Conflict):
    """No account answers for this responder."""

    slug, title, hint = "no-account", "该力量未关联账号", "请先将账号与该力量关联，或通过其所在单位联系。"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to call. ``phone`` in E.164. Never printed."""

    account_id: uuid.UUID
    name: str = field(repr=False)
    phone: str = field(repr=False)


def reveal_account(session: Session, *, grant: Grant, account_id: uuid.UUID, reason: str, at: datetime) -> Contact:
    """The number of an account of one's own station, for the command room. Raises NotFound, NoPhone."""
    account = repository.get_visible(session, account_id, grant)
    return reveal(session, account, grant=grant, reason=reason, at=at, relation="command_room")


def reveal_responder(session: Session, *, grant: Grant, responder_id: uuid.UUID, reason: str, at: datetime) -> Contact:
    """The number of whoever answers for a responder of one's own station, for the command room.

    Raises NotFound, NobodyAnswers, NoPhone.
    """
    responder = responders.get_visible(session, responder_id, grant)
    if responder.account_id is None:
        raise NobodyAnswers
    account = repository.get_account(session, responder.account_id)
    return reveal(
        session, account, grant=grant, reason=reason, at=at, relation="command_room", responder_id=str(responder.id)
    )


def reveal(
    session: Session, account: Account, *, grant: Grant, reason: str, at: datetime, relation: str, **ids: str
) -> Contact:
    """The number, and the line of the record. ``relation``: what gives the right; ``ids``: what it hangs on.

    The caller has judged the right. Raises NoPhone.
    """
    phone = open_phone(account)
    if phone is None:
        raise NoPhone
    record.write(
        session,
        "account_phone.revealed",
        actor=grant.actor,
        at=at,
        subject_kind="account",
        subject_id=account.id,
        station_id=account.station_id,
        reason=reason,
        relation=relation,
        **ids,
    )
    return Contact(account_id=account.id, name=account.name, phone=phone)
