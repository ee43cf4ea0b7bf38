"""One file from a multipart body, read once, and the command that it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.idempotency.service import Command, KeyHeader, make_command
from api.problems import MediaTypeNotSupported
from api.who import CurrentActor
from kit.errors import Fault, Invalid

FIELD = "file"


@dataclass(frozen=True, kw_only=True)
class FileCommand(Command):
    """A command whose body is one file."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class OneFile:
    """What a route takes as its one file: ``Annotated[FileCommand, Depends(ROSTER.read)]``.

    ``says`` tells OpenAPI what may be sent, ``missing`` the sender that nothing was; ``malformed`` refuses all else.
    """

    max_bytes: int
    says: str
    missing: str
    malformed: type[Invalid]

    @property
    def request_body(self) -> dict[str, Any]:
        """What OpenAPI says of the body; ``read`` reads it, so that its fingerprint is that of the file."""
        file = {"type": "string", "format": "binary", "description": f"{self.says}, ≤ {self.max_bytes >> 20} MiB"}
        schema = {"type": "object", "required": [FIELD], "properties": {FIELD: file}}
        return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}

    async def read(self, request: Request, actor: CurrentActor, idempotency_key: KeyHeader = None) -> FileCommand:
        # asks for the actor first: nobody reads megabytes from a stranger
        content = await self._content(request)
        # over the file, not the body: a phone that sends it again draws another boundary
        command = make_command(request, actor, idempotency_key, content)
        return FileCommand(**vars(command), content=content)

    async def _content(self, request: Request) -> bytes:
        if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            raise MediaTypeNotSupported
        try:
            async with request.form(max_files=1, max_fields=0) as form:
                upload = form.get(FIELD)
                if not isinstance(upload, UploadFile) or len(form) != 1:
                    raise self.malformed(faults=(Fault(pointer=f"/{FIELD}", code="missing", message=self.missing),))
                return await upload.read()
        except HTTPException as refusal:
            if refusal.status_code != 400:
                raise
            raise self.malformed from refusal
