"""Which things happen by time, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

import dispatch.projections  # noqa: F401  (how changed entities look on screens)
from dispatch.aid import ending as aid
from dispatch.calibrations import service as calibrations
from dispatch.chats import repository as chats
from dispatch.contention import service as contention
from dispatch.escalation import service as escalation
from dispatch.orders import arrivals
from dispatch.swaps import service as swaps
from dispatch.worker import Chore, in_transaction, until_done
from geo.duty import service as duty
from geo.responders import service as responders
from geo.tracks import service as tracks
from kit.clock import Clock
from kit.settings import Settings
from notifications import relay
from notifications.channels import make_channels

FEED_KEPT = timedelta(hours=24)
ANSWERS_KEPT = timedelta(hours=48)

_TRIM = (
    text("DELETE FROM feed_events WHERE at < :before_feed"),
    text("DELETE FROM idempotency_keys WHERE made_at < :before_answers"),
    text("DELETE FROM socket_tickets WHERE expires_at < :before_answers"),
)


def trim(session: Session, at: datetime) -> int:
    """Forget answers and events that nobody will ask for any more."""
    before = {"before_feed": at - FEED_KEPT, "before_answers": at - ANSWERS_KEPT}
    return sum(session.execute(statement, before).rowcount for statement in _TRIM)  # type: ignore[attr-defined]


def timed_chores(settings: Settings) -> Sequence[Chore]:
    """Escalation, arrivals, duties, retention."""

    def keep_days(session: Session, at: datetime) -> int:
        return tracks.keep_days(session, today=at.date(), retention_days=settings.track_retention_days)

    def forget_said(session: Session, at: datetime) -> int:
        return chats.forget(session, at - timedelta(days=settings.chat_retention_days))

    return (
        Chore("escalation", 0.5, in_transaction(escalation.tick)),
        Chore("mutual aid", 0.5, until_done(aid.tick, most=50)),
        Chore("arrivals", 1, in_transaction(arrivals.tick)),
        Chore("duty ends", 5, in_transaction(duty.end_overdue)),
        Chore("safe-house hours", 15, in_transaction(responders.refresh_safe_houses)),
        Chore("calibration", 60, in_transaction(calibrations.refresh_due)),
        Chore("track days", 600, in_transaction(keep_days)),
        Chore("chat retention", 3600, in_transaction(forget_said)),
        Chore("trim", 300, in_transaction(trim)),
    )


def choosing_chores() -> Sequence[Chore]:
    """Better choices than the ones at hand: they read and reckon for long, and no timer waits for them."""
    return (
        Chore("contention", 1, in_transaction(contention.tick)),
        Chore("swaps", 2, in_transaction(swaps.tick)),
    )


def telling_chores(settings: Settings, clock: Clock) -> Sequence[Chore]:
    """The relay."""
    channels = make_channels(settings)

    def relay_once(factory: sessionmaker[Session], _: datetime) -> int:
        return relay.run_once(factory, clock, channels)

    return (Chore("relay", 0.5, relay_once),)
