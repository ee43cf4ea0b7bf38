"""Proving who one is: log in, stay logged in, begin with a code, log out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.auth.schemas import LoginIn, OnboardIn, RefreshIn, TokensOut
from api.auth.throttle import Throttled
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.who import Public, allow
from dispatch.access.table import Permission
from dispatch.accounts import onboarding
from dispatch.accounts.passwords import PasswordRefused
from dispatch.sessions import ending, service
from kit.actor import Grant
from kit.errors import TooMany

router = APIRouter(prefix="/api/v1/auth", tags=["auth"], route_class=WorkRoute)

# no Idempotency-Key on any of these: what is kept for a repeated command must not hold a token or a password's digest


@router.post(
    "/login",
    summary="登录",
    dependencies=[Depends(Public("one logs in here"))],
    responses=problems(service.LoginFailed, TooMany),
)
def log_in(body: LoginIn, request: Request, session: WriteSession, now: Now, _: Throttled) -> TokensOut:
    """Log in by phone number or 工号. Unknown, wrong and locked are answered alike."""
    opened = service.log_in(
        session,
        login=body.login,
        password=body.password.get_secret_value(),
        device=body.device.info(),
        at=now,
        request_id=request.scope.get("request_id"),
    )
    return TokensOut.model_validate(opened)


@router.post(
    "/refresh",
    summary="刷新令牌",
    dependencies=[Depends(Public("the refresh token is the proof"))],
    responses=problems(service.RefreshRefused),
)
def refresh(body: RefreshIn, request: Request, session: WriteSession, now: Now) -> TokensOut:
    """Exchange the refresh token. Asked again within 10 s by the same device, the answer is the same one."""
    # not throttled: a token cannot be guessed, and a thousand phones behind one address come back at once
    opened = service.refresh(
        session,
        refresh_token=body.refresh_token.get_secret_value(),
        device_id=body.device_id,
        at=now,
        request_id=request.scope.get("request_id"),
    )
    return TokensOut.model_validate(opened)


@router.post(
    "/onboard",
    summary="凭开通码设置密码并登录",
    dependencies=[Depends(Public("the one-time code is the proof"))],
    responses=problems(onboarding.CodeRefused, PasswordRefused, TooMany),
)
def onboard(body: OnboardIn, request: Request, session: WriteSession, now: Now, _: Throttled) -> TokensOut:
    """Set the password with a one-time code and be logged in."""
    opened = onboarding.redeem(
        session,
        code=body.code,
        password=body.password.get_secret_value(),
        device=body.device.info(),
        at=now,
        request_id=request.scope.get("request_id"),
    )
    return TokensOut.model_validate(opened)


@router.post("/logout", summary="退出登录", status_code=204)
def log_out(grant: Annotated[Grant, Depends(allow(Permission.SELF))], session: WriteSession, now: Now) -> None:
    """End this login."""
    ending.log_out(session, grant=grant, at=now)
