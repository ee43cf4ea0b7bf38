"""One file from a multipart body, read once, and the command that it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.idempotency.service import Command, KeyHeader, make_command
from api.problems import MediaTypeNotSupported
from api.who import CurrentActor
from kit.errors import Fault, Invalid

MAX_UPLOAD_BYTES = 12 << 20
FIELD = "file"

#: what OpenAPI says of the body; the body is read by ``_read``, so that its fingerprint is that of the file
REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {"type": "string", "format": "binary", "description": "JPEG, PNG or WebP, ≤ 12 MiB"}
                    },
                }
            }
        },
    }
}


class UploadMalformed(Invalid):
    """A photo is sent as multipart/form-data with exactly one file, in the field ``file``."""

    slug, title, hint = "upload-format", "上传格式不正确", "请每次上传一张照片。"


async def _read(request: Request, actor: CurrentActor) -> bytes:
    # asks for the actor first: nobody reads twelve megabytes from a stranger
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise MediaTypeNotSupported
    try:
        async with request.form(max_files=1, max_fields=0) as form:
            upload = form.get(FIELD)
            if not isinstance(upload, UploadFile) or len(form) != 1:
                raise UploadMalformed(faults=(Fault(pointer=f"/{FIELD}", code="missing", message="缺少照片文件"),))
            return await upload.read()
    except HTTPException as refusal:
        if refusal.status_code != 400:
            raise
        raise UploadMalformed from refusal


Upload = Annotated[bytes, Depends(_read)]


async def _command(
    request: Request, actor: CurrentActor, content: Upload, idempotency_key: KeyHeader = None
) -> Command:
    # over the file, not the body: a phone that sends it again draws another boundary
    return make_command(request, actor, idempotency_key, content)


IdempotentUpload = Annotated[Command, Depends(_command)]
