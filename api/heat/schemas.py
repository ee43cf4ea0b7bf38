"""Where incidents happen."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.fields import View
from api.points import PointOut
from dispatch.figures.scope import Scope, Sort
from geo.cells import Cell


class CellOut(View):
    """One hexagon. ``outline``: longitude and latitude in WGS-84, the first corner again at the end."""

    id: str = Field(examples=["8930e1d8b0fffff"])
    count: int
    centre: PointOut
    outline: list[tuple[float, float]]


class HeatOut(View):
    """The fullest cell first."""

    start: datetime
    end: datetime
    sort: Sort
    resolution: int = Field(description="of H3: 8 about 460 m, 9 170 m, 10 65 m, 11 25 m from middle to corner")
    incidents: int
    cells: list[CellOut]

    @classmethod
    def of(cls, scope: Scope, cells: list[Cell], resolution: int) -> HeatOut:
        return cls(
            start=scope.start,
            end=scope.end,
            sort=scope.sort,
            resolution=resolution,
            incidents=sum(cell.count for cell in cells),
            cells=[
                CellOut(id=cell.id, count=cell.count, centre=PointOut.of(cell.centre), outline=list(cell.outline))
                for cell in cells
            ],
        )
