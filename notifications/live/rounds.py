"""One round of positions for all consoles of a station: found once, written once, sent to each as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from notifications.live import frames


class Round:
    """What moved, in frames of so many each. Lives until the last console has sent it."""

    def __init__(self, at: str, moved: Mapping[str, str], per_frame: int) -> None:
        self.at = at
        self.moved = moved
        self._per_frame = per_frame

    @cached_property
    def frames(self) -> list[str]:
        """Made for the first who sends it."""
        rows = list(self.moved.values())
        step = self._per_frame
        return [frames.positions(self.at, rows[start : start + step]) for start in range(0, len(rows), step)]

    def rest(self, sent: int) -> dict[str, str]:
        """What is in the frames behind the first ``sent`` ones."""
        return dict(list(self.moved.items())[sent * self._per_frame :])


class StationView:
    """Which fix of each responder the consoles of a station have had; no position itself."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def next_round(self, at: str, rows: Mapping[str, tuple[str, str]], per_frame: int) -> Round:
        """``rows``: responder id → (captured at, JSON); what is new of them."""
        moved = {id_: json for id_, (captured, json) in rows.items() if self._seen.get(id_) != captured}
        self._seen.update((id_, rows[id_][0]) for id_ in moved)
        return Round(at, moved, per_frame)

    def forget(self, responder_id: str) -> None:
        """His next fix is new, whichever it is."""
        self._seen.pop(responder_id, None)
