"""Photos from the scene."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.photos.upload import PHOTO, PhotoCommand, UploadMalformed
from api.problems import PayloadTooLarge, problems
from api.reports.schemas import PhotoOut
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.reports import repository, service
from dispatch.reports.pictures import MEDIA_TYPE, EmptyFile, ImageTooLarge, NotAPicture, redraw
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["photos"], route_class=WorkRoute)


def add_photo(
    order_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.REPORT_WRITE))],
    session: WriteSession,
    now: Now,
    command: PhotoCommand,
) -> PhotoOut:
    """Send a photo from one's own order. It is drawn anew: nothing but the pixels is kept."""
    photo = service.add_photo(session, grant=grant, order_id=order_id, picture=redraw(command.content), at=now)
    return PhotoOut.model_validate(photo)


# not the decorator: this is the one route that takes a body of more than a mebibyte
router.add_api_route(
    "/orders/{order_id}/photos",
    add_photo,
    methods=["POST"],
    summary="上传现场照片",
    status_code=201,
    openapi_extra=PHOTO.request_body,
    max_body_size=PHOTO.max_bytes,
    responses=problems(
        service.ReportNotPossible,
        service.ReportTooLate,
        service.TooManyPhotos,
        PayloadTooLarge,
        ImageTooLarge,
        NotAPicture,
        EmptyFile,
        UploadMalformed,
    ),
)


@router.get(
    "/photos/{photo_id}",
    summary="查看现场照片",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "the picture"}},
)
def read_photo(
    photo_id: UUID, grant: Annotated[Grant, Depends(allow(Permission.PHOTO_READ))], session: ReadSession
) -> Response:
    """The picture: for him who sent it, the officers on the incident, the command room."""
    photo = repository.get_photo(session, photo_id, grant)
    headers = {
        "Content-Disposition": f'attachment; filename="{photo.id}.jpg"',
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(photo.content, media_type=photo.media_type, headers=headers)
