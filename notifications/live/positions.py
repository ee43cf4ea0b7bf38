"""Positions are no events: once a round the newest of each responder that moved, to whom may see it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifications.live.rounds import StationView
from notifications.live.socket import Viewer

#: rows are committed a little later than they are stamped
_OVERLAP = timedelta(seconds=3)

#: responder id → (captured at, JSON of the position)
Rows = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class PositionRequest:
    """What one round reads."""

    #: stations whose moves since ``since`` are wanted
    station_ids: frozenset[uuid.UUID]
    since: datetime | None
    #: stations of which somebody has just begun to look: everybody on duty
    whole_station_ids: frozenset[uuid.UUID]
    #: officers: the helpers on their open incidents
    officer_account_ids: frozenset[uuid.UUID]


@dataclass(frozen=True, kw_only=True)
class Positions:
    """What one round found."""

    by_station: Mapping[uuid.UUID, Rows] = field(default_factory=dict)
    by_officer: Mapping[uuid.UUID, Rows] = field(default_factory=dict)
    #: people of other stations who work for this one now
    lent_to: Mapping[uuid.UUID, Rows] = field(default_factory=dict)
    #: the latest reception among the rows of stations
    newest: datetime | None = None

    def for_viewer(self, viewer: Viewer) -> Rows:
        if viewer.console and viewer.station_id is not None:
            own = self.by_station.get(viewer.station_id, {})
            return {**own, **self.lent_to.get(viewer.station_id, {})} if viewer.lent else own
        return self.by_officer.get(viewer.account_id, {}) if viewer.officer else {}


class PositionFeed:
    """Remembers up to when positions were read; keeps no position."""

    def __init__(self) -> None:
        self._newest: datetime | None = None
        self._whole: set[uuid.UUID] = set()
        self._views: dict[uuid.UUID, StationView] = {}

    def begin_station(self, station_id: uuid.UUID) -> None:
        """Somebody has begun to look at this station."""
        self._whole.add(station_id)

    def next_request(self, viewers: Iterable[Viewer]) -> PositionRequest | None:
        """What to read for those who look now; None when nobody may see positions."""
        viewers = list(viewers)
        stations = frozenset(v.station_id for v in viewers if v.console and v.station_id is not None)
        officers = frozenset(v.account_id for v in viewers if v.officer)
        if not stations and not officers:
            return None
        whole = stations if self._newest is None else stations & self._whole
        self._whole.clear()
        self._views = {id_: self._views.get(id_) or StationView() for id_ in stations}
        return PositionRequest(
            station_ids=stations - whole,
            since=self._newest - _OVERLAP if self._newest else None,
            whole_station_ids=frozenset(whole),
            officer_account_ids=officers,
        )

    def view_of(self, station_id: uuid.UUID | None) -> StationView | None:
        """What the consoles of a station that is looked at have had."""
        return self._views.get(station_id) if station_id is not None else None

    def took(self, found: Positions) -> None:
        """The round was read."""
        if found.newest is not None and (self._newest is None or found.newest > self._newest):
            self._newest = found.newest
