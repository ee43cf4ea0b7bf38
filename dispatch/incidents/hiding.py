"""Texts about an incident do not repeat its caller's number: it stands in one place, sealed."""

from __future__ import annotations

import re
import uuid
from typing import TypeVar

from sqlalchemy.orm import Session

from dispatch.incidents.caller import hide_number, open_
from dispatch.incidents.model import Incident

T = TypeVar("T", str, "str | None")
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?:\d[ \-]?){7}")


def hide_caller(session: Session, incident_id: uuid.UUID, text: T) -> T:
    """``text`` without the number of the incident's caller, whoever wrote it there after a reveal."""
    if text is None or not _LOOKS_LIKE_A_NUMBER.search(text):
        return text
    incident = session.get(Incident, incident_id)
    return text if incident is None else hide_number(text, open_(incident))
