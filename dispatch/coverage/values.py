"""What coverage is made of, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.crs import Position

#: where the helpers were taken from: those who could go now, or posts and houses as the past weeks were at that hour
Source = Literal["present", "history"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A piece of ground. ``seconds``: until the first helper is there, None: later than the target."""

    cell: str
    incidents: int
    seconds: float | None
    by_road: bool

    @property
    def reached(self) -> bool:
        return self.seconds is not None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The station's ground at one hour. ``starts``: from where helpers set out."""

    source: Source
    hour: int | None
    target_s: float
    starts: int
    cells: tuple[Cell, ...]

    def share(self) -> float | None:
        """How much is reached: of the incidents, or of the ground where there were none; None of nothing."""
        weights = weigh(self.cells)
        whole = sum(weights.values())
        reached = sum(weights[cell.cell] for cell in self.cells if cell.reached)
        return round(reached / whole, 4) if whole else None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A cell in which a new safe-house would help, and what it would reach beyond those before it."""

    cell: str
    centre: Position
    #: named places in that cell
    names: tuple[str, ...]
    cells: int
    incidents: float
    share_after: float


def weigh(cells: Sequence[Cell]) -> Mapping[str, float]:
    """What each cell counts: its incidents; where there were none at all, each the same."""
    some = any(cell.incidents for cell in cells)
    return {cell.cell: float(cell.incidents) if some else 1.0 for cell in cells}
