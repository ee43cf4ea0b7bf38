"""The caller: sealed at rest, masked on every way out, in clear only with a reason that is recorded."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.incidents import repository
from dispatch.incidents.errors import CallerConfidential, NoCaller, RevealTooLate
from dispatch.incidents.model import Incident
from kit import record
from kit.actor import Grant, Role
from kit.crypto import Vault, get_vault, mask_phone
from kit.phones import HIDDEN
from kit.settings import get_settings

NAME_CONTEXT = "incidents.caller_name"
PHONE_CONTEXT = "incidents.caller_phone"
REVEAL_PERIOD = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who called. ``phone`` in E.164 where it is a telephone number at all. Never printed."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


NOBODY = Caller()


def _vault() -> Vault:
    return get_vault(get_settings().data_key.get_secret_value())


def seal(incident: Incident, caller: Caller) -> None:
    """Put the caller into the incident's sealed columns."""
    vault = _vault()
    if caller.name:
        incident.caller_name_box = vault.seal(caller.name, context=NAME_CONTEXT)
    if caller.phone:
        incident.caller_phone_box = vault.seal(caller.phone, context=PHONE_CONTEXT)
        incident.caller_phone_index = vault.index(caller.phone)
        incident.caller_phone_mask = mask_phone(caller.phone)


def open_(incident: Incident) -> Caller:
    """The caller in clear: for an authorised reveal and for hiding his number in free text."""
    vault = _vault()
    return Caller(
        name=vault.open(incident.caller_name_box, context=NAME_CONTEXT) if incident.caller_name_box else None,
        phone=vault.open(incident.caller_phone_box, context=PHONE_CONTEXT) if incident.caller_phone_box else None,
    )


def mask_for(incident: Incident, role: Role) -> str | None:
    """The masked number as that role may see it: of a confidential caller the leader alone."""
    if role not in (Role.OFFICER, Role.DISPATCHER, Role.LEADER, Role.SYSTEM):
        return None
    if incident.confidential_caller and role is not Role.LEADER:
        return None
    return incident.caller_phone_mask


def hide_number(text: str, caller: Caller) -> str:
    """``text`` without the caller's own number, however its digits are grouped.

    Sources like to repeat it in the summary, which helpers read, too. Nothing is lost: it stands in the sealed
    column. Not even the mask stays: of a confidential caller that would be too much.
    """
    if not caller.phone:
        return text
    digits = re.sub(r"\D", "", caller.phone.removeprefix("+86"))
    if len(digits) < 7:
        return text
    # each as it is typed, and in full width
    grouped = r"[ \-]?".join(f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in digits)
    return re.sub(rf"(?<!\d)(?:\+?86[ \-]?)?{grouped}(?!\d)", HIDDEN, text)


def reveal(session: Session, *, grant: Grant, incident_id: uuid.UUID, reason: str, at: datetime) -> Caller:
    """The caller in clear, with an entry in the record each time.

    Of a confidential caller to the leader alone. Raises NotFound, CallerConfidential, NoCaller, RevealTooLate
    (24 h after the incident ended; an officer's right ends with it).
    """
    incident = repository.get_visible(session, incident_id, grant)
    if incident.confidential_caller and grant.actor.role is not Role.LEADER:
        raise CallerConfidential
    if incident.ended_at is not None and at > incident.ended_at + REVEAL_PERIOD:
        raise RevealTooLate
    if incident.caller_phone_box is None and incident.caller_name_box is None:
        raise NoCaller
    caller = open_(incident)
    record.write(
        session,
        "caller_phone.revealed",
        actor=grant.actor,
        at=at,
        subject_kind="incident",
        subject_id=incident.id,
        station_id=incident.station_id,
        reason=hide_number(reason, caller),
        confidential=incident.confidential_caller,
    )
    return caller
