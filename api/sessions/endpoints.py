"""Oneself: who am I, my password, my logins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.auth.throttle import Throttled
from api.idempotency.service import Idempotent
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.sessions.schemas import MeOut, PasswordIn, SessionOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.accounts import queries
from dispatch.accounts.passwords import PasswordRefused, PasswordWrong
from dispatch.sessions import ending, repository, service
from kit.actor import Grant
from kit.errors import TooMany

router = APIRouter(prefix="/api/v1/me", tags=["me"], route_class=WorkRoute)
Self = Annotated[Grant, Depends(allow(Permission.SELF))]


@router.get("", summary="查看本人信息")
def read_me(grant: Self, session: ReadSession) -> MeOut:
    """Who is logged in, where he belongs, what he may do."""
    return MeOut.model_validate(queries.describe(session, grant.actor))


@router.put(
    "/password", summary="修改本人密码", status_code=204, responses=problems(PasswordWrong, PasswordRefused, TooMany)
)
def change_password(body: PasswordIn, grant: Self, session: WriteSession, now: Now, _: Throttled) -> None:
    """Set one's password; every other login ends."""
    service.change_password(
        session,
        grant=grant,
        current=body.current_password.get_secret_value(),
        new=body.new_password.get_secret_value(),
        at=now,
    )


@router.get("/sessions", summary="查询本人登录")
def list_sessions(grant: Self, session: ReadSession, now: Now) -> list[SessionOut]:
    """One's live logins, the one used last first."""
    assert grant.actor.account_id is not None
    rows = repository.list_live(session, grant.actor.account_id, at=now)
    return [SessionOut.of(login, device, current=grant.actor.session_id) for login, device in rows]


@router.delete("/sessions/{session_id}", summary="结束本人的一次登录", status_code=204)
def end_session(session_id: UUID, grant: Self, session: WriteSession, now: Now, command: Idempotent) -> None:
    """End one of one's logins."""
    ending.end_own(session, grant=grant, session_id=session_id, at=now)
