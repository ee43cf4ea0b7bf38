"""Accounts: opened, edited, closed, cut off, and given their first code."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.accounts.schemas import (
    AccountEditIn,
    AccountOut,
    AccountRole,
    CodeIn,
    CodeOut,
    NewAccountIn,
    ReasonIn,
    SheetIn,
)
from api.devices.schemas import DeviceOut
from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.managing import RoleNotManaged
from dispatch.access.table import Permission
from dispatch.accounts import devices, logins, management, onboarding, repository
from dispatch.accounts.management import NewAccount
from dispatch.exports import code_sheet, page
from kit.actor import Grant, Role
from kit.errors import StaleVersion
from kit.fonts import FontMissing
from kit.phones import PhoneFormat

router = APIRouter(prefix="/api/v1", tags=["accounts"], route_class=WorkRoute)
Write = Annotated[Grant, Depends(allow(Permission.ACCOUNT_WRITE))]
_FILLED_IN_WRONGLY = (
    PhoneFormat,
    logins.BadgeFormat,
    logins.LoginMissing,
    logins.LoginTaken,
    management.UnknownReference,
    management.OrganizationMissing,
    RoleNotManaged,
)
_STALE = (StaleVersion, PreconditionRequired, RoleNotManaged)


@router.get("/accounts", summary="查询账号列表")
def list_accounts(
    grant: Annotated[Grant, Depends(allow(Permission.ACCOUNT_READ))],
    session: ReadSession,
    part: Slicing,
    role: Annotated[AccountRole | None, Query()] = None,
    active: Annotated[bool | None, Query()] = None,
    organization_id: Annotated[UUID | None, Query()] = None,
) -> Page[AccountOut]:
    """The accounts within reach, newest first."""
    rows = repository.list_visible(session, grant, part=part, role=role, active=active, organization_id=organization_id)
    return write_page(rows, part, AccountOut.of, at="created_at")


@router.post("/accounts", summary="开通账号", status_code=201, responses=problems(*_FILLED_IN_WRONGLY))
def open_account(
    body: NewAccountIn, grant: Write, session: WriteSession, now: Now, response: Response, command: Idempotent
) -> AccountOut:
    """Open an account. Its owner sets the password with an onboarding code."""
    values = body.model_dump(exclude={"role"})
    account = management.open_account(session, grant=grant, new=NewAccount(role=Role(body.role), **values), at=now)
    set_etag(response, account.version)
    response.headers["Location"] = f"/api/v1/accounts/{account.id}"
    return AccountOut.of(account)


@router.get("/accounts/{account_id}", summary="查看账号")
def read_account(
    account_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.ACCOUNT_READ))],
    session: ReadSession,
    response: Response,
) -> AccountOut:
    """One account."""
    account = repository.get_visible(session, account_id, grant)
    set_etag(response, account.version)
    return AccountOut.of(account)


@router.patch(
    "/accounts/{account_id}",
    summary="修改账号",
    responses=problems(*_FILLED_IN_WRONGLY, management.AccountHasResponder, *_STALE),
)
def edit_account(
    account_id: UUID,
    body: AccountEditIn,
    grant: Write,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> AccountOut:
    """Change what is named in the body; a changed role or organization ends the live sockets."""
    changes = body.model_dump(exclude_unset=True)
    account = management.edit(session, grant=grant, account_id=account_id, version=version, changes=changes, at=now)
    set_etag(response, account.version)
    return AccountOut.of(account)


@router.post("/accounts/{account_id}/deactivate", summary="停用账号", responses=problems(*_STALE))
def deactivate_account(
    account_id: UUID,
    body: ReasonIn,
    grant: Write,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> AccountOut:
    """Close an account: logins, devices, codes and duty end now."""
    account = management.deactivate(
        session, grant=grant, account_id=account_id, version=version, reason=body.reason, at=now
    )
    set_etag(response, account.version)
    return AccountOut.of(account)


@router.post("/accounts/{account_id}/activate", summary="重新启用账号", responses=problems(*_STALE))
def activate_account(
    account_id: UUID,
    grant: Write,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> AccountOut:
    """Open a closed account again."""
    account = management.activate(session, grant=grant, account_id=account_id, version=version, at=now)
    set_etag(response, account.version)
    return AccountOut.of(account)


@router.post("/accounts/{account_id}/revoke", summary="强制账号下线", responses=problems(RoleNotManaged))
def revoke_account(
    account_id: UUID,
    body: ReasonIn,
    grant: Annotated[Grant, Depends(allow(Permission.ACCOUNT_REVOKE))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> AccountOut:
    """End every login of an account at once, as for a lost phone; its owner may log in again."""
    return AccountOut.of(management.revoke(session, grant=grant, account_id=account_id, reason=body.reason, at=now))


@router.post(
    "/onboarding-codes",
    summary="生成一次性开通码",
    status_code=201,
    responses=problems(RoleNotManaged, onboarding.AccountClosed),
)
def make_onboarding_code(
    body: CodeIn,
    grant: Annotated[Grant, Depends(allow(Permission.ONBOARDING_CREATE))],
    session: WriteSession,
    now: Now,
    request: Request,
) -> CodeOut:
    """A one-time code for an account. Asking again ends the former code, so no answer is kept for a repetition."""
    made = onboarding.make_code(session, grant=grant, account_id=body.account_id, at=now)
    link = code_sheet.link(_public_url(request), made.code)
    return CodeOut(**vars(made), link=link, qr_svg=code_sheet.as_svg(link))


@router.post(
    "/onboarding-codes/sheet",
    summary="打印开通码（二维码）",
    response_class=Response,
    responses={
        200: {"content": {page.MEDIA_TYPE: {}}, "description": "cards to cut out"},
        **problems(RoleNotManaged, onboarding.AccountClosed, FontMissing),
    },
)
def print_codes(
    body: SheetIn,
    grant: Annotated[Grant, Depends(allow(Permission.ONBOARDING_CREATE))],
    session: WriteSession,
    now: Now,
    request: Request,
) -> Response:
    """New codes for these accounts as a PDF of cards; their former codes end. All of them or none."""
    content = code_sheet.make(session, grant=grant, account_ids=body.account_ids, base_url=_public_url(request), at=now)
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="codes.pdf"'}
    return Response(content, media_type=page.MEDIA_TYPE, headers=headers)


@router.get("/accounts/{account_id}/devices", summary="查询人员设备")
def list_devices(
    account_id: UUID, grant: Annotated[Grant, Depends(allow(Permission.ACCOUNT_REVOKE))], session: ReadSession
) -> list[DeviceOut]:
    """The devices of somebody whom one manages, newest first."""
    found = devices.list_of(session, grant=grant, account_id=account_id)
    return [DeviceOut.of(device, current=grant.actor.device_id) for device in found]


@router.post(
    "/accounts/{account_id}/devices/{device_id}/revocation",
    summary="注销人员设备",
    status_code=204,
    responses=problems(RoleNotManaged),
)
def revoke_device(
    account_id: UUID,
    device_id: UUID,
    body: ReasonIn,
    grant: Annotated[Grant, Depends(allow(Permission.ACCOUNT_REVOKE))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> None:
    """Cut off one device, a lost phone; its owner's others stay."""
    devices.revoke(session, grant=grant, account_id=account_id, device_id=device_id, reason=body.reason, at=now)


def _public_url(request: Request) -> str:
    return str(request.app.state.settings.public_url or request.base_url)
