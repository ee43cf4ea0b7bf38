"""What is wrong in a roster, named so that whoever keeps it can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kit.errors import Fault, Invalid


@dataclass(frozen=True, order=True)
class RowFault:
    """One faulty cell; ``row`` as the spreadsheet counts, ``column`` its heading, the value itself is not carried."""

    sheet: str
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        sheet = f"工作表“{self.sheet}”" if self.sheet else ""
        column = f"“{self.column}”" if self.column else ""
        return f"{sheet}第 {self.row} 行{column}：{self.reason}"


class RosterUnreadable(Invalid):
    """This is no roster that can be read."""

    slug, title, hint = "roster-unreadable", "无法读取文件", "请使用导出的模板，保存为 .xlsx 或 .csv 后重试。"


class RosterRefused(Invalid):
    """The roster has faults; nothing of it was imported."""

    slug, title, hint = "roster-refused", "花名册有误，未导入任何内容", "请按所列行号逐项改正后重新导入。"

    def __init__(self, row_faults: Sequence[RowFault]) -> None:
        self.row_faults = tuple(sorted(set(row_faults)))
        super().__init__(
            f"{len(self.row_faults)} faults in the roster; nothing was imported.",
            faults=tuple(
                Fault(pointer=f"/{f.sheet or '0'}/{f.row}/{f.column}", code="roster-cell", message=f.reason)
                for f in self.row_faults
            ),
        )
