"""Keys for tracker apps that exist: they run with the screen off, which a web app cannot.

A key is good for handing over positions of its owner and for nothing else. It is shown once; kept is its digest.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.trackers import repository
from kit.actor import Grant
from kit.errors import Conflict, NotFound, Unauthenticated
from kit.ids import digest
from notifications.devices import service as devices
from notifications.devices.model import Device

MAX_TRACKERS = 5


class TooManyTrackers(Conflict):
    """This account has as many trackers as it may have."""

    slug, title, hint = "too-many-trackers", "定位应用数量已达上限", "请先停用不再使用的定位应用。"


def issue(session: Session, *, grant: Grant, name: str, at: datetime) -> tuple[Device, str]:
    """A new tracker and its key, which nobody can read again. Raises NotFound for an account that is not located,
    TooManyTrackers."""
    account_id = grant.actor.account_id
    if grant.actor.responder_id is None or account_id is None:
        raise NotFound
    repository.hold_account(session, account_id)
    if len(repository.list_own(session, account_id)) >= MAX_TRACKERS:
        raise TooManyTrackers
    return devices.register_tracker(session, actor=grant.actor, name=name, at=at)


def revoke(session: Session, *, grant: Grant, device_id: uuid.UUID, at: datetime) -> None:
    """The key is no longer good. Raises NotFound."""
    if grant.actor.account_id is None:
        raise NotFound
    tracker = repository.get_own(session, device_id, grant.actor.account_id)
    devices.revoke(session, actor=grant.actor, device_id=tracker.id, at=at)


def get_responder_of(session: Session, key: str) -> uuid.UUID:
    """Whose positions a key may hand over; raises Unauthenticated."""
    found = repository.find_by_key(session, digest(key))
    if found is None:
        raise Unauthenticated
    return found[1]
