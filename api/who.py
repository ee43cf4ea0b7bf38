"""Who asks, and with what right: a type in the signature of every endpoint."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.sessions.authentication import authenticate
from kit.actor import Actor, Grant
from kit.errors import Unauthenticated

_bearer = HTTPBearer(auto_error=False, description="access token of 10 minutes from /api/v1/auth/login")


def current_actor(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    if credentials is None:
        raise Unauthenticated
    state = request.app.state
    session: Session
    with state.sessions() as session:
        return authenticate(
            session,
            credentials.credentials,
            at=state.clock.now(),
            key=state.settings.token_key.get_secret_value(),
            request_id=request.scope.get("request_id"),
        )


CurrentActor = Annotated[Actor, Depends(current_actor)]


class Allow:
    """Dependency: a Grant of ``permission``; without it 403."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, actor: CurrentActor) -> Grant:
        return grant(actor, self.permission)


def allow(permission: Permission) -> Allow:
    """``grant: Annotated[Grant, Depends(allow(Permission.ORDER_OFFER))]``"""
    return Allow(permission)


class Public:
    """Marks a route that needs no login, and says why."""

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self) -> None:
        return None
