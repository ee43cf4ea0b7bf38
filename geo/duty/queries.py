"""What screens read about duties."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from geo.duty import repository
from geo.duty.errors import NoResponder
from geo.duty.model import Duty
from geo.responders import repository as responders
from kit.actor import Grant
from kit.paging import Slice


@dataclass(frozen=True, kw_only=True)
class OwnDuty:
    """``on_duty`` without ``duty``: a safe-house that is open by its hours."""

    responder_id: uuid.UUID
    on_duty: bool
    engaged: bool
    duty: Duty | None


def get_own(session: Session, responder_id: uuid.UUID | None) -> OwnDuty:
    """Raises NoResponder."""
    row = responders.find_index(session, responder_id) if responder_id is not None else None
    if row is None:
        raise NoResponder
    return OwnDuty(
        responder_id=row.responder_id,
        on_duty=row.on_duty,
        engaged=row.engaged,
        duty=repository.find_open(session, row.responder_id),
    )


def list_duties(session: Session, responder_id: uuid.UUID, grant: Grant, slice_: Slice) -> list[Duty]:
    """Latest first, one more than the limit when there are more. Raises NotFound when ``grant`` does not reach him."""
    responders.get_visible(session, responder_id, grant)
    return repository.list_of(session, responder_id, slice_)
