"""Coverage as a map draws it: GeoJSON (RFC 7946, WGS-84)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.fields import View
from dispatch.coverage.cells import outline_of
from dispatch.coverage.values import Coverage, Proposal


class PolygonOut(View):
    """A GeoJSON Polygon."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: list[list[tuple[float, float]]]


class PointGeometry(View):
    """A GeoJSON Point."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class CellOut(View):
    """A cell of the ground. ``seconds``: until the first helper is there; null: later than the target."""

    cell: str = Field(examples=["89309988b57ffff"])
    incidents: int
    reached: bool
    seconds: float | None
    basis: Literal["road", "straight_line"]


class CellFeature(View):
    """A GeoJSON Feature."""

    type: Literal["Feature"] = "Feature"
    properties: CellOut
    geometry: PolygonOut


class SummaryOut(View):
    """``reached_share`` is of the incidents; where there were none, of the ground. ``source``: whether helpers are
    where they could set out from now, or from the posts and houses that were staffed at that hour of the past weeks."""

    source: Literal["present", "history"]
    hour: int | None
    target_s: float
    starts: int = Field(description="places from which helpers set out")
    cells: int
    reached_cells: int
    reached_share: float | None = Field(examples=[0.82])


class CoverageOut(View):
    """A GeoJSON FeatureCollection of cells."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    summary: SummaryOut
    features: list[CellFeature]

    @classmethod
    def of(cls, coverage: Coverage) -> CoverageOut:
        return cls(
            summary=summary_of(coverage),
            features=[
                CellFeature(
                    properties=CellOut(
                        cell=cell.cell,
                        incidents=cell.incidents,
                        reached=cell.reached,
                        seconds=cell.seconds,
                        basis="road" if cell.by_road else "straight_line",
                    ),
                    geometry=PolygonOut(coordinates=[outline_of(cell.cell)]),
                )
                for cell in coverage.cells
            ],
        )


def summary_of(coverage: Coverage) -> SummaryOut:
    """The figures above the map."""
    return SummaryOut(
        source=coverage.source,
        hour=coverage.hour,
        target_s=coverage.target_s,
        starts=coverage.starts,
        cells=len(coverage.cells),
        reached_cells=sum(cell.reached for cell in coverage.cells),
        reached_share=coverage.share(),
    )


class ProposalOut(View):
    """A new safe-house here would reach ``incidents`` of the past year's that nobody reaches (cells, where there were
    none at all), beyond those that the proposals before it reach."""

    rank: int
    cell: str
    places: list[str] = Field(description="named places in this cell", examples=[["剑川路菜市场"]])
    cells: int
    incidents: float
    share_after: float = Field(description="reached share with this one and those before it", examples=[0.91])


class ProposalFeature(View):
    """A GeoJSON Feature at the middle of the cell."""

    type: Literal["Feature"] = "Feature"
    properties: ProposalOut
    geometry: PointGeometry


class ProposalsOut(View):
    """A GeoJSON FeatureCollection, the one that helps most first."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    summary: SummaryOut
    features: list[ProposalFeature]

    @classmethod
    def of(cls, coverage: Coverage, proposals: list[Proposal]) -> ProposalsOut:
        return cls(
            summary=summary_of(coverage),
            features=[
                ProposalFeature(
                    properties=ProposalOut(
                        rank=n,
                        cell=proposal.cell,
                        places=list(proposal.names),
                        cells=proposal.cells,
                        incidents=proposal.incidents,
                        share_after=proposal.share_after,
                    ),
                    geometry=PointGeometry(
                        coordinates=(round(proposal.centre.lon, 6), round(proposal.centre.lat, 6))
                    ),
                )
                for n, proposal in enumerate(proposals, start=1)
            ],
        )  # fmt: skip
