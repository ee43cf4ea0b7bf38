"""Where everybody is, who is on duty and who is engaged: the index of responders, under the virtual clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.crs import Position
from geo.distance import metres_between
from geo.roads.lengths import metres_per_degree
from simulation.twin.burden import Burden
from simulation.twin.ground import Ground, Way
from simulation.twin.rota import Rota
from simulation.twin.values import Crowd, Guard, Post


@dataclass(frozen=True)
class Walk:
    """Somebody on his way; it may be broken off."""

    way: Way
    begin_s: float
    end_s: float

    def at(self, now_s: float) -> Position:
        took = self.end_s - self.begin_s
        return self.way.at((now_s - self.begin_s) / took if took > 0 else 1.0)


class City:
    """One run's people and their places. ``crowd`` is asked here for one thing only: how old a last fix is."""

    def __init__(self, guards: Sequence[Guard], posts: Sequence[Post], ground: Ground, crowd: Crowd) -> None:
        self.guards, self.posts, self.ground = guards, posts, ground
        self.rota = Rota(guards)
        self.number = {guard.responder_id: guard.number for guard in guards}
        self.engaged = np.zeros(len(guards), dtype=bool)
        self.burden = Burden()
        #: (from, to) per guard: away from his post on an order
        self.away: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self._crowd = crowd
        self._members = [[g.number for g in guards if g.post == post.number] for post in posts]
        self._lon = np.array([guard.home.lon for guard in guards])
        self._lat = np.array([guard.home.lat for guard in guards])
        self._walks: dict[int, Walk] = {}
        #: who stands somewhere else than at his post
        self._elsewhere: dict[int, Position] = {}
        self._left_s: dict[int, float] = {}

    def engage(self, number: int) -> None:
        """An open order holds him; raises ValueError when one does already."""
        if self.engaged[number]:
            raise ValueError("this guard already holds an open order")
        self.engaged[number] = True

    def free(self, number: int) -> None:
        self.engaged[number] = False

    def where(self, number: int, now_s: float) -> Position:
        """Where he truly is."""
        walk = self._walks.get(number)
        if walk is not None:
            return walk.at(now_s)
        return self._elsewhere.get(number, self.guards[number].home)

    def set_out(self, number: int, walk: Walk) -> None:
        """He leaves for the scene, whatever he was doing."""
        self._walks[number] = walk
        self._elsewhere.pop(number, None)
        self._left_s.setdefault(number, walk.begin_s)

    def stop(self, number: int, now_s: float) -> Position:
        """He stands still where he is."""
        place = self.where(number, now_s)
        self._walks.pop(number, None)
        self._elsewhere[number] = place
        self._lon[number], self._lat[number] = place.lon, place.lat
        return place

    def go_home(self, number: int, way: Way, now_s: float) -> Walk:
        """He walks back to his post."""
        walk = Walk(way, now_s, now_s + way.seconds)
        self._walks[number] = walk
        self._elsewhere.pop(number, None)
        return walk

    def come_back(self, number: int, walk: Walk, now_s: float) -> None:
        """End of that walk home, unless he was sent elsewhere meanwhile."""
        if self._walks.get(number) is not walk:
            return
        del self._walks[number]
        home = self.guards[number].home
        self._lon[number], self._lat[number] = home.lon, home.lat
        self.away[number].append((self._left_s.pop(number), now_s))

    def close_books(self, now_s: float) -> None:
        """The end: who is still away has been away until now."""
        for number, left_s in self._left_s.items():
            self.away[number].append((left_s, now_s))
        self._left_s.clear()

    def look(self, scene: Position, within_m: float, now_s: float, most: int) -> list[tuple[int, Position, float]]:
        """(number, last known place, metres) of the ``most`` nearest on duty and free, nearest first."""
        for number, walk in self._walks.items():
            if not self.engaged[number]:
                place = walk.at(now_s)
                self._lon[number], self._lat[number] = place.lon, place.lat
        east, north = metres_per_degree(scene.lat)
        squared = ((self._lon - scene.lon) * float(east)) ** 2 + ((self._lat - scene.lat) * float(north)) ** 2
        near = np.flatnonzero((squared <= (within_m * 1.01) ** 2) & ~self.engaged & self.rota.on_duty(now_s))
        near = near[np.argsort(squared[near], kind="stable")][:most]
        found = []
        for number in near.tolist():
            place = Position(float(self._lon[number]), float(self._lat[number]))
            found.append((number, place, metres_between(place, scene)))
        return [entry for entry in found if entry[2] <= within_m]

    def is_at_home(self, number: int) -> bool:
        return number not in self._walks and number not in self._elsewhere

    def silent_since(self, number: int, now_s: float) -> float | None:
        """Since when no fix has come from him."""
        return self._crowd.silent_since(self.guards[number], now_s)

    def present_on(self, post: int, now_s: float) -> int:
        """People at that post now, as ``geo.responders.queries.staffing`` counts them."""
        on_duty = self.rota.on_duty(now_s)
        return sum(1 for number in self._members[post] if on_duty[number] and not self.engaged[number])

    def members_of(self, post: int) -> Sequence[int]:
        return self._members[post]
