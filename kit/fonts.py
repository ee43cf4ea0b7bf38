"""A font with Chinese characters, from the machine: we ship none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kit.errors import Unavailable

#: how an installation gets one, on Debian and Ubuntu
INSTALL = "apt-get install -y fonts-wqy-microhei"


class FontMissing(Unavailable):
    """There is no font with Chinese characters on the server."""

    slug, title = "font-missing", "服务器缺少中文字体，无法生成 PDF"
    hint = f"请管理员在服务器上执行：{INSTALL}；其间可导出 Excel。"


@dataclass(frozen=True)
class Font:
    """A file, and which of its faces is the one for simplified Chinese."""

    path: Path
    face: int


#: the smaller first; in Noto's collections the faces are JP, KR, SC, TC, HK
_KNOWN = (
    Font(Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"), 0),
    Font(Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), 2),
    Font(Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"), 2),
    Font(Path("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc"), 2),
    Font(Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"), 0),
)


def find_font() -> Font | None:
    """The first that is there."""
    return next((font for font in _KNOWN if font.path.is_file()), None)


def get_font() -> Font:
    """Raises FontMissing."""
    found = find_font()
    if found is None:
        raise FontMissing
    return found
