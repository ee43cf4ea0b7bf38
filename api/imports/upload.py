"""One roster from a multipart body, read once, and the command that it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.idempotency.service import Command, KeyHeader, make_command
from api.problems import MediaTypeNotSupported
from api.who import CurrentActor
from kit.errors import Fault, Invalid

#: some thousand people; longer rosters are for ``pingan import``
MAX_ROSTER_BYTES = 4 << 20
FIELD = "file"

REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {"type": "string", "format": "binary", "description": ".xlsx or .csv, ≤ 4 MiB"}
                    },
                }
            }
        },
    }
}


class RosterUploadMalformed(Invalid):
    """A roster is sent as multipart/form-data with exactly one file, in the field ``file``."""

    slug, title, hint = "roster-upload-format", "上传格式不正确", "请每次上传一份花名册（.xlsx 或 .csv）。"


async def _read(request: Request, actor: CurrentActor) -> bytes:
    # asks for the actor first: nobody reads megabytes from a stranger
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise MediaTypeNotSupported
    try:
        async with request.form(max_files=1, max_fields=0) as form:
            upload = form.get(FIELD)
            if not isinstance(upload, UploadFile) or len(form) != 1:
                fault = Fault(pointer=f"/{FIELD}", code="missing", message="缺少花名册文件")
                raise RosterUploadMalformed(faults=(fault,))
            return await upload.read()
    except HTTPException as refusal:
        if refusal.status_code != 400:
            raise
        raise RosterUploadMalformed from refusal


RosterUpload = Annotated[bytes, Depends(_read)]


async def _command(
    request: Request, actor: CurrentActor, content: RosterUpload, idempotency_key: KeyHeader = None
) -> Command:
    return make_command(request, actor, idempotency_key, content)


IdempotentRoster = Annotated[Command, Depends(_command)]
