"""Telling, written in the transaction of what it tells: put, recall, hurry, acknowledge."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kit import feed
from kit.errors import NotFound
from kit.ids import new_id
from notifications.kinds import get_kind, ladder_of
from notifications.outbox import repository
from notifications.outbox.model import Message
from notifications.outbox.repository import Step

ENTITY = "message"


class MessageNotFound(NotFound):
    """There is no such message, or it is not yours."""

    slug, title, hint = "message-not-found", "未找到该消息", "消息可能已撤回，请刷新后查看。"


def put(
    session: Session,
    *,
    account_id: uuid.UUID,
    kind: str,
    subject_id: uuid.UUID,
    station_id: uuid.UUID,
    at: datetime,
    urgent: bool | None = None,
    ttl_s: float | None = None,
) -> Message:
    """Tell ``account_id`` that something of ``kind`` happened to ``subject_id``.

    ``urgent`` and ``ttl_s`` default to the kind's. Sockets of the account hear of it with the commit; the
    relay climbs the rest of the ladder until a device acknowledges. Raises UnknownKind.
    """
    letter = Letter(account_id=account_id, subject_id=subject_id, kind=kind, ttl_s=ttl_s)
    return put_all(session, [letter], station_id=station_id, at=at, urgent=urgent)[0]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is told to whom, and for how many seconds it is worth telling (default: the kind's)."""

    account_id: uuid.UUID
    subject_id: uuid.UUID
    kind: str
    ttl_s: float | None = None


def put_all(
    session: Session,
    letters: Iterable[Letter],
    *,
    station_id: uuid.UUID,
    at: datetime,
    urgent: bool | None = None,
) -> list[Message]:
    """``put`` for several."""
    messages = []
    for letter in letters:
        told = get_kind(letter.kind)
        hurried = told.urgent if urgent is None else urgent
        messages.append(
            Message(
                id=new_id(),
                account_id=letter.account_id,
                kind=letter.kind,
                subject_id=letter.subject_id,
                station_id=station_id,
                urgent=hurried,
                created_at=at,
                expires_at=at + timedelta(seconds=told.ttl_s if letter.ttl_s is None else letter.ttl_s),
                # rung 0 is the live socket, and the commit climbs it
                step=1,
                due_at=due_of_step(urgent=hurried, step=1, created_at=at),
            )
        )
    repository.add(session, messages)
    for message in messages:
        feed.changed(session, ENTITY, message.id)
    return messages


def due_of_step(*, urgent: bool, step: int, created_at: datetime) -> datetime | None:
    """When rung ``step`` is to be climbed; None above the last one."""
    ladder = ladder_of(urgent=urgent)
    return created_at + timedelta(seconds=ladder[step].after_s) if step < len(ladder) else None


def recall(session: Session, subject_id: uuid.UUID, at: datetime, *, kinds: frozenset[str] | None = None) -> int:
    """Take back what was to be told about ``subject_id`` (only ``kinds`` if given); returns how many messages.

    Call it before ``put`` of the message that replaces them. Messages that somebody has seen stay as they are.
    """
    return recall_all(session, [subject_id], at, kinds=kinds)


def recall_all(
    session: Session, subject_ids: Collection[uuid.UUID], at: datetime, *, kinds: frozenset[str] | None = None
) -> int:
    """``recall`` for several subjects."""
    recalled = 0
    for message in repository.list_untold(session, subject_ids):
        if message.shown_at is not None or (kinds is not None and message.kind not in kinds):
            continue
        message.recalled_at = at
        message.due_at = None
        feed.changed(session, ENTITY, message.id)
        recalled += 1
    return recalled


def next_channel(session: Session, subject_id: uuid.UUID, at: datetime) -> int:
    """No receipt in time: climb the next rung now, for every unreceived message of a subject (or of that id).

    Returns how many messages hurried.
    """
    hurried = 0
    for message in repository.list_untold(session, [subject_id]):
        if message.received_at is None and message.due_at is not None and message.due_at > at:
            message.due_at = at
            hurried += 1
    return hurried


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A device of ``account_id`` has, or shows, a message."""

    message_id: uuid.UUID
    account_id: uuid.UUID | None
    device_id: uuid.UUID | None
    step: Step
    at: datetime


def mark(
    session: Session,
    message_id: uuid.UUID,
    account_id: uuid.UUID,
    device_id: uuid.UUID | None,
    step: Step,
    at: datetime,
) -> Message:
    """A device of ``account_id`` acknowledges: the ladder ends, times are written once. Safe to repeat.

    "shown" implies "received". Raises MessageNotFound for a message of somebody else.
    """
    receipt = Receipt(message_id=message_id, account_id=account_id, device_id=device_id, step=step, at=at)
    (message,) = mark_all(session, [receipt])
    if message is None:
        raise MessageNotFound
    return message


def mark_all(session: Session, receipts: Sequence[Receipt]) -> list[Message | None]:
    """``mark`` for several, in their order; None in the place of one for a message of somebody else."""
    held = repository.list_held(session, {receipt.message_id for receipt in receipts})
    marked: list[Message | None] = []
    acknowledged: list[tuple[uuid.UUID, uuid.UUID, Step, datetime]] = []
    for receipt in receipts:
        message = held.get(receipt.message_id)
        if message is None or message.account_id != receipt.account_id:
            marked.append(None)
            continue
        message.due_at = None
        if message.received_at is None:
            message.received_at = receipt.at
        if receipt.step == "shown" and message.shown_at is None:
            message.shown_at = receipt.at
            feed.changed(session, ENTITY, message.id)
        if receipt.device_id is not None:
            acknowledged.append((message.id, receipt.device_id, receipt.step, receipt.at))
        marked.append(message)
    session.flush()
    repository.write_acknowledged(session, acknowledged)
    return marked


def mark_subject(
    session: Session, subject_id: uuid.UUID, account_id: uuid.UUID, device_id: uuid.UUID | None, at: datetime
) -> None:
    """Somebody has seen the thing itself: what stood to be told of it to his account is shown."""
    for message in repository.list_untold(session, [subject_id]):
        if message.account_id == account_id:
            mark(session, message.id, account_id, device_id, "shown", at)


def get_message(session: Session, message_id: uuid.UUID, account_id: uuid.UUID) -> Message:
    """A message of one's own; raises MessageNotFound."""
    message = repository.find(session, message_id)
    if message is None or message.account_id != account_id:
        raise MessageNotFound
    return message


def list_subjects(session: Session, message_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, uuid.UUID]]:
    """Of what kind each message is and what it tells of."""
    return repository.list_subjects(session, message_ids)
