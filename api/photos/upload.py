"""The file that a photo is sent as."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.one_file import FileCommand, OneFile
from kit.errors import Invalid


class UploadMalformed(Invalid):
    """A photo is sent as multipart/form-data with exactly one file, in the field ``file``."""

    slug, title, hint = "upload-format", "上传格式不正确", "请每次上传一张照片。"


PHOTO = OneFile(max_bytes=12 << 20, says="JPEG, PNG or WebP", missing="缺少照片文件", malformed=UploadMalformed)
PhotoCommand = Annotated[FileCommand, Depends(PHOTO.read)]
