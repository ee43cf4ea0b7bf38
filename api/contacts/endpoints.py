"""Calling somebody by telephone: his number in clear, with a reason, recorded each time."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.contacts.schemas import ContactOut, ReasonIn
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.accounts import revealing
from dispatch.accounts.revealing import Contact
from dispatch.orders import contact
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["contacts"], route_class=WorkRoute)

Station = Annotated[Grant, Depends(allow(Permission.PHONE_REVEAL))]
Helpers = Annotated[Grant, Depends(allow(Permission.HELPER_PHONE_REVEAL))]
Officer = Annotated[Grant, Depends(allow(Permission.OFFICER_PHONE_REVEAL))]


def _out(response: Response, found: Contact) -> ContactOut:
    # no Idempotency-Key: the stored answer would be a second, unsealed copy of the number
    response.headers["Cache-Control"] = "no-store"
    return ContactOut.model_validate(found)


@router.post(
    "/accounts/{account_id}/phone/reveal",
    summary="查看本所人员电话（留痕）",
    responses=problems(revealing.NoPhone),
)
def reveal_account_phone(
    account_id: UUID, body: ReasonIn, grant: Station, session: WriteSession, now: Now, response: Response
) -> ContactOut:
    """The number of an account of one's own station. Every call of this stands in the record."""
    found = revealing.reveal_account(session, grant=grant, account_id=account_id, reason=body.reason, at=now)
    return _out(response, found)


@router.post(
    "/responders/{responder_id}/phone/reveal",
    summary="查看本所力量电话（留痕）",
    responses=problems(revealing.NoPhone, revealing.NobodyAnswers),
)
def reveal_responder_phone(
    responder_id: UUID, body: ReasonIn, grant: Station, session: WriteSession, now: Now, response: Response
) -> ContactOut:
    """The number of whoever answers for a guard, safe-house or patrol unit of one's own station; recorded."""
    found = revealing.reveal_responder(session, grant=grant, responder_id=responder_id, reason=body.reason, at=now)
    return _out(response, found)


@router.post(
    "/orders/{order_id}/phone/reveal",
    summary="查看协助人员电话（留痕）",
    responses=problems(revealing.NoPhone, contact.NotAtWork),
)
def reveal_helper_phone(
    order_id: UUID, body: ReasonIn, grant: Helpers, session: WriteSession, now: Now, response: Response
) -> ContactOut:
    """The number of the one who got this order: for an officer on the incident while the helper is at it, for the
    command room while the order is open. Every call of this stands in the record."""
    return _out(response, contact.reveal_helper(session, grant=grant, order_id=order_id, reason=body.reason, at=now))


@router.post(
    "/orders/{order_id}/officer/reveal",
    summary="查看现场民警电话（留痕）",
    responses=problems(revealing.NoPhone, contact.NotAtWork, contact.NoOfficerThere),
)
def reveal_officer_phone(
    order_id: UUID, body: ReasonIn, grant: Officer, session: WriteSession, now: Now, response: Response
) -> ContactOut:
    """The number of the officer in command, for a helper at work on his own order. Every call of this is recorded."""
    return _out(response, contact.reveal_officer(session, grant=grant, order_id=order_id, reason=body.reason, at=now))
