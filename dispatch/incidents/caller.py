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
from kit.phones import hide_number
from kit.settings import get_settings

NAME_CONTEXT = "incidents.caller_name"
PHONE_CONTEXT = "incidents.caller_phone"
REVEAL_PERIOD = timedelta(hours=24)
#: stands where the name stood
HIDDEN_NAME = "［姓名已隐去］"


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
    """The caller in clear: for an authorised reveal and for hiding him in free text."""
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


def hide_in(text: str, caller: Caller) -> str:
    """``text`` without the caller's own name and number, however they are spaced and grouped.

    Sources like to repeat them in the summary, which helpers read, too. Nothing is lost: they stand in the sealed
    columns. Not even the mask stays: of a confidential caller that would be too much.
    """
    if caller.phone:
        text = hide_number(text, caller.phone)
    letters = re.sub(r"\s", "", caller.name or "")
    # a surname alone is nobody
    if len(letters) >= 2:
        text = re.sub(r"\s?".join(map(re.escape, letters)), HIDDEN_NAME, text, flags=re.IGNORECASE)
    return text


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
        reason=hide_in(reason, caller),
        confidential=incident.confidential_caller,
    )
    return caller
