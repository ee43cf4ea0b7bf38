"""One's own tracker apps, for showing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from dispatch.trackers import repository
from kit.actor import Grant
from notifications.devices.model import Device


def list_own(session: Session, grant: Grant) -> Sequence[Device]:
    """Those that are not revoked, the oldest first."""
    return repository.list_own(session, grant.actor.account_id) if grant.actor.account_id else []
