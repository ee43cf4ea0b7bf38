"""The file that a roster is sent as."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.one_file import FileCommand, OneFile
from kit.errors import Invalid


class RosterUploadMalformed(Invalid):
    """A roster is sent as multipart/form-data with exactly one file, in the field ``file``."""

    slug, title, hint = "roster-upload-format", "上传格式不正确", "请每次上传一份花名册（.xlsx 或 .csv）。"


#: some thousand people; longer rosters are for ``pingan import``
ROSTER = OneFile(max_bytes=4 << 20, says=".xlsx or .csv", missing="缺少花名册文件", malformed=RosterUploadMalformed)
RosterCommand = Annotated[FileCommand, Depends(ROSTER.read)]
