"""One-time tickets: what opens a live socket, so that no token stands in a URL."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.sessions.authentication import find_actor
from dispatch.sessions.model import LoginSession, SocketTicket
from kit.actor import Actor, Grant
from kit.errors import Unauthenticated
from kit.ids import digest, new_secret


class TicketRefused(Unauthenticated):
    """This ticket was used, has run out, or never was one."""

    slug, title, hint = "ticket-refused", "连接凭证已失效", "请重新获取连接凭证后再连接。"


def issue(session: Session, actor: Actor, *, at: datetime, lifetime_s: float) -> tuple[str, datetime]:
    """A new ticket for this login, and when it runs out. Only its digest is stored."""
    assert actor.session_id is not None
    session.execute(
        delete(SocketTicket).where(SocketTicket.session_id == actor.session_id, SocketTicket.expires_at <= at)
    )
    ticket, expires_at = new_secret(), at + timedelta(seconds=lifetime_s)
    session.add(SocketTicket(ticket_hash=digest(ticket), session_id=actor.session_id, expires_at=expires_at))
    return ticket, expires_at


def redeem(session: Session, ticket: str, *, at: datetime) -> Grant:
    """Spend the ticket: the right to live of the login that it was made for. Raises Unauthenticated, NotAllowed."""
    login_id: uuid.UUID | None = session.execute(
        update(SocketTicket)
        .where(
            SocketTicket.ticket_hash == digest(ticket),
            SocketTicket.used_at.is_(None),
            SocketTicket.expires_at > at,
        )
        .values(used_at=at)
        .returning(SocketTicket.session_id)
    ).scalar_one_or_none()
    if login_id is None:
        raise TicketRefused
    account_id = session.execute(select(LoginSession.account_id).where(LoginSession.id == login_id)).scalar_one()
    actor = find_actor(session, account_id=account_id, session_id=login_id, at=at)
    return grant(actor, Permission.LIVE)
