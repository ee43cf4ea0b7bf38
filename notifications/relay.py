"""Climbs the ladders: claims messages that nobody acknowledged in time, tries their next channel, notes it.

Three short steps, so that no transaction is open while a provider thinks: claim and commit; send; record and
commit. A relay that dies in between leaves a claim that runs out, and another one sends again: at least once,
and always under the same message id, by which a phone knows what it has.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from kit import feed, log
from kit.clock import Clock
from kit.database import transaction
from notifications.channels.channel import Address, Attempt, Channel, Envelope
from notifications.kinds import get_kind, ladder_of
from notifications.outbox import repository
from notifications.outbox.model import Message

logger = log.get_logger("relay")
#: a relay that has not recorded by then is taken for dead
LEASE = timedelta(seconds=60)
BATCH = 20

# by the database's clock: leases compare processes, not stories
_CLAIM = text(
    """
    UPDATE messages SET claimed_until = clock_timestamp() + :lease
    WHERE id IN (
        SELECT id FROM messages
        WHERE due_at <= :at AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)
_RUN_OUT = text(
    """
    UPDATE messages SET recalled_at = :at, due_at = NULL
    WHERE id IN (
        SELECT id FROM messages
        WHERE expires_at <= :at AND shown_at IS NULL AND recalled_at IS NULL
        ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)


@dataclass(frozen=True)
class _Job:
    """One rung of one message."""

    message_id: uuid.UUID
    step: int
    channel: Channel | None
    envelope: Envelope | None


def run_once(
    factory: sessionmaker[Session], clock: Clock, channels: Mapping[str, Channel], *, lease: timedelta = LEASE
) -> int:
    """Do what is due now; returns how many rungs were climbed. Any number of relays may run at once."""
    _let_run_out(factory, clock.now())
    climbed = 0
    while jobs := _claim(factory, clock.now(), channels, lease):
        for job in jobs:
            attempts = job.channel.send(job.envelope) if job.channel and job.envelope else []
            with transaction(factory) as session:
                _record(session, job, attempts, at=clock.now())
            climbed += 1
    return climbed


def _let_run_out(factory: sessionmaker[Session], at: datetime) -> None:
    """What is not worth telling any more leaves the screens too."""
    with transaction(factory) as session:
        for (message_id,) in session.execute(_RUN_OUT, {"at": at, "limit": 500}).all():
            feed.changed(session, "message", message_id)


def _claim(
    factory: sessionmaker[Session], at: datetime, channels: Mapping[str, Channel], lease: timedelta
) -> list[_Job]:
    with transaction(factory) as session:
        ids = list(session.execute(_CLAIM, {"at": at, "lease": lease, "limit": BATCH}).scalars())
        found = [repository.find(session, id_) for id_ in ids]
        return [_make_job(session, message, channels, at=at) for message in found if message is not None]


def _make_job(session: Session, message: Message, channels: Mapping[str, Channel], *, at: datetime) -> _Job:
    ladder = ladder_of(urgent=message.urgent)
    channel = channels.get(ladder[message.step].channel) if message.step < len(ladder) else None
    addresses = [Address()]
    if channel is not None and channel.by_token:
        targets = repository.list_push_targets(session, message.account_id, channel.name)
        addresses = [Address(row.device_id, row.push_token) for row in targets]
    if channel is None or not addresses:
        return _Job(message.id, message.step, None, None)
    envelope = Envelope(
        message_id=message.id,
        kind=message.kind,
        text=get_kind(message.kind).text,
        urgent=message.urgent,
        ttl_s=max(int((message.expires_at - at).total_seconds()), 0),
        addresses=addresses,
    )
    return _Job(message.id, message.step, channel, envelope)


def _record(session: Session, job: _Job, attempts: list[Attempt], *, at: datetime) -> None:
    """Write what happened and which rung comes next, unless a receipt or a recall ended the ladder meanwhile."""
    message = repository.list_held(session, [job.message_id]).get(job.message_id)
    if message is None:
        return
    for attempt in attempts:
        assert job.channel is not None
        address = attempt.address
        if attempt.outcome == "sent":
            sent = [(message.id, address.device_id)]
            repository.write_sent(session, sent, channel=job.channel.name, at=at)
            continue
        error = attempt.error or "failed"
        repository.write_failed(session, message.id, address.device_id, channel=job.channel.name, at=at, error=error)
        if attempt.outcome == "unregistered" and address.device_id is not None and address.token:
            repository.forget_push_token(session, address.device_id, address.token)
    message.claimed_until = None
    # nobody else advanced it: a relay whose lease ran out may come second
    if message.due_at is not None and message.step == job.step:
        _climb(message, attempts, at=at)


def _climb(message: Message, attempts: list[Attempt], *, at: datetime) -> None:
    ladder = ladder_of(urgent=message.urgent)
    patience = [a.retry_after_s for a in attempts if a.retry_after_s is not None]
    if message.step + 1 < len(ladder):
        message.step += 1
        planned = message.created_at + timedelta(seconds=ladder[message.step].after_s)
        message.due_at = max(planned, at)
    elif patience:
        # no other way is left: come back when the provider said
        message.due_at = at + timedelta(seconds=max(patience))
    else:
        message.step += 1
        message.due_at = None
