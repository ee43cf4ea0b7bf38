"""Texts about an incident do not repeat its caller's name and number: they stand in one place, sealed."""

from __future__ import annotations

import re
import uuid
from typing import TypeVar

from sqlalchemy.orm import Session

from dispatch.incidents.caller import hide_in, open_
from dispatch.incidents.model import Incident

T = TypeVar("T", str, "str | None")
#: a code of the machine, which names nobody
_CODE = re.compile(r"[a-z_]*")


def hide_caller(session: Session, incident_id: uuid.UUID, text: T) -> T:
    """``text`` without name and number of the incident's caller, whoever wrote them there after a reveal."""
    if text is None or _CODE.fullmatch(text):
        return text
    incident = session.get(Incident, incident_id)
    return text if incident is None else hide_in(text, open_(incident))
