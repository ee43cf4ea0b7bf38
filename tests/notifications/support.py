"""Messages and channels for the tests of telling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.ids import new_id
from notifications.channels.channel import Attempt, Channel, Envelope
from notifications.outbox import service as outbox
from notifications.outbox.model import Message
from tests.support.people import START, Login


class CapturedChannel(Channel):
    """Keeps what it was given; refuses as long as told."""

    def __init__(self, name: str, *, by_token: bool = False) -> None:
        self.name = name  # type: ignore[misc]
        self.by_token = by_token  # type: ignore[misc]
        self.envelopes: list[Envelope] = []
        self.error: str | None = None
        self.retry_after_s: float | None = None

    def try_send(self, envelope: Envelope) -> list[Attempt]:
        self.envelopes.append(envelope)
        return [
            Attempt(
                address=address,
                outcome="failed" if self.error else "sent",
                error=self.error,
                retry_after_s=self.retry_after_s,
            )
            for address in envelope.addresses
        ]


def put(session: Session, login: Login, *, kind: str = "order.offered", at: datetime = START, **values: Any) -> Message:
    assert login.account.station_id is not None
    told = outbox.put(
        session,
        account_id=login.account.id,
        kind=kind,
        subject_id=values.pop("subject_id", None) or new_id(),
        station_id=login.account.station_id,
        at=at,
        **values,
    )
    message = session.get(Message, told.id)
    assert message is not None
    return message


def deliveries(session: Session, message: Message) -> list[Any]:
    return list(
        session.execute(
            text("SELECT * FROM deliveries WHERE message_id = :id ORDER BY channel, queued_at"), {"id": message.id}
        )
    )


def register_push(session: Session, login: Login, token: str) -> None:
    session.execute(
        text("UPDATE devices SET push_channel = 'fcm', push_token = :token WHERE id = :id"),
        {"token": token, "id": login.device_id},
    )
