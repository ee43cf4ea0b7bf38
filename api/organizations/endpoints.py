"""Members of the alliance."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.organizations.schemas import Kind, NewOrganizationIn, OrganizationEditIn, OrganizationOut
from api.paging import Page, Slicing, write_page
from api.problems import PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.tenancy import repository, service
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1/organizations", tags=["organizations"], route_class=WorkRoute)
Read = Annotated[Grant, Depends(allow(Permission.ORGANIZATION_READ))]
Write = Annotated[Grant, Depends(allow(Permission.ORGANIZATION_WRITE))]


@router.get("", summary="查询联盟单位列表")
def list_organizations(
    grant: Read,
    session: ReadSession,
    part: Slicing,
    kind: Annotated[Kind | None, Query()] = None,
    station_id: Annotated[UUID | None, Query()] = None,
) -> Page[OrganizationOut]:
    """The organizations within reach, newest first."""
    rows = repository.list_organizations(session, grant, part=part, kind=kind, station_id=station_id)
    return write_page(rows, part, OrganizationOut.model_validate, at="created_at")


@router.post("", summary="登记联盟单位", status_code=201, responses=problems(service.NameTaken, service.StationMissing))
def open_organization(
    body: NewOrganizationIn, grant: Write, session: WriteSession, now: Now, response: Response, command: Idempotent
) -> OrganizationOut:
    """Take an organization into the alliance."""
    organization = service.open_organization(session, grant=grant, at=now, **body.model_dump())
    set_etag(response, organization.version)
    response.headers["Location"] = f"/api/v1/organizations/{organization.id}"
    return OrganizationOut.model_validate(organization)


@router.get("/{organization_id}", summary="查看联盟单位")
def read_organization(organization_id: UUID, grant: Read, session: ReadSession, response: Response) -> OrganizationOut:
    """One organization."""
    organization = repository.get_visible_organization(session, organization_id, grant)
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@router.patch(
    "/{organization_id}",
    summary="修改联盟单位",
    responses=problems(service.NameTaken, service.OrganizationHasPeople, StaleVersion, PreconditionRequired),
)
def edit_organization(
    organization_id: UUID,
    body: OrganizationEditIn,
    grant: Write,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> OrganizationOut:
    """Change what is named in the body."""
    organization = service.edit_organization(
        session,
        grant=grant,
        organization_id=organization_id,
        version=version,
        changes=body.model_dump(exclude_unset=True),
        at=now,
    )
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)
