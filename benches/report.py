"""What every bench prints: a table for people and, if asked, one JSON object as the last line."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need be; the first to the left, numbers to the right."""
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    return "\n".join("  ".join(map(_pad, row, widths, range(len(row)))) for row in cells)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that ``percent`` of 100 do not exceed; of one value that one."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def in_ms(seconds: Sequence[float], percent: int) -> float | None:
    """A percentile in milliseconds; None of nothing."""
    return round(percentile(seconds, percent) * 1000, 1) if seconds else None


def last_line(found: Mapping[str, Any]) -> str:
    """The JSON object."""
    return json.dumps(found)


def _pad(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)


def _cell(value: object) -> str:
    return "–" if value is None else str(value)
