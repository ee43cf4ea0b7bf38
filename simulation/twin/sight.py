"""What the matcher would be handed: the twin's counterpart of ``dispatch.matching.service.gather``."""

from __future__ import annotations

import math
import uuid
from dataclasses import replace
from typing import Literal

from dispatch.matching.values import Candidate, Inputs, NeedValue, Scene, TravelValue, Weights
from dispatch.orders.states import REFUSED
from geo.crs import Position
from simulation.twin.agenda import Agenda
from simulation.twin.city import City
from simulation.twin.orders import Need
from simulation.twin.values import Guard

#: as in the service: how far beyond the radius one looks, and how many one looks at
LOOK_BEYOND, MOST = 1.5, 60
STATION = uuid.UUID(int=1)
_WEIGHTS = Weights()


class Sight:
    """Builds the inputs of a choice from what the system knows; nobody's character is within reach here."""

    def __init__(self, agenda: Agenda, city: City) -> None:
        self._agenda, self._city = agenda, city
        #: per incident, by guard, his way from his post: those who stand where they stood are not reckoned twice
        self._ways: dict[int, dict[int, TravelValue | None]] = {}

    def gather(self, need: Need, *, ways: bool, mode: Literal["offer"] = "offer") -> Inputs:
        """``ways``: with travel times; a policy that knows straight lines only does without."""
        now_s, city, call = self._agenda.now_s, self._city, need.incident.call
        asked = {order.guard.number for order in need.incident.orders if order.state in REFUSED}
        found = city.look(call.position, need.radius_m * LOOK_BEYOND, now_s, MOST)
        spare: dict[int, int] = {}
        candidates = []
        for number, _, distance_m in found:
            guard = city.guards[number]
            if guard.post is not None and guard.post not in spare:
                spare[guard.post] = city.spare_on(guard.post, now_s)
            candidates.append(self._candidate(guard, distance_m, number in asked, spare, now_s))
        travel = self._travel(need, [(number, place) for number, place, _ in found]) if ways else {}
        return Inputs(
            need=NeedValue(
                kind=need.spec.kind,
                mode=mode,
                skills=tuple(sorted(need.spec.skills)),
                places=need.needed - need.accepted,
                waiting=need.waiting,
                alert_factor=need.spec.alert_factor,
                radius_m=float(need.radius_m),
            ),
            scene=Scene(station_id=STATION, lon=call.position.lon, lat=call.position.lat),
            candidates=tuple(candidates),
            travel=travel,
            weights=replace(_WEIGHTS),
            now=self._agenda.now,
        )

    def _candidate(self, guard: Guard, distance_m: float, asked: bool, spare: dict[int, int], now_s: float) -> Candidate:
        silent_s = self._city.silent_since(guard.number, now_s)
        return Candidate(
            responder_id=guard.responder_id,
            kind="guard",
            station_id=STATION,
            skills=guard.skills,
            on_duty=True,
            engaged=bool(self._city.engaged[guard.number]),
            asked=asked,
            distance_m=round(distance_m, 2),
            captured_at=self._agenda.instant(now_s if silent_s is None else silent_s),
            post_id=None if guard.post is None else self._city.posts[guard.post].post_id,
            post_spare=None if guard.post is None else spare[guard.post],
        )

    def _travel(self, need: Need, places: list[tuple[int, Position]]) -> dict[uuid.UUID, TravelValue]:
        call, city = need.incident.call, self._city
        known = self._ways.setdefault(call.number, {})
        missing = [(number, place) for number, place in places if number not in known or not city.is_at_home(number)]
        fresh: dict[int, TravelValue | None] = {}
        for means in sorted({city.guards[number].mobility for number, _ in missing}):
            group = [(number, place) for number, place in missing if city.guards[number].mobility == means]
            times = city.ground.times([place for _, place in group], call.position, means, self._agenda.now)
            for (number, _), travel in zip(group, times, strict=True):
                value = None
                if math.isfinite(travel.seconds):
                    value = TravelValue(
                        seconds=round(travel.seconds, 2), metres=round(travel.metres, 2), basis=travel.basis
                    )
                fresh[number] = value
                if city.is_at_home(number):
                    known[number] = value
        values = {number: fresh[number] if number in fresh else known[number] for number, _ in places}
        return {city.guards[number].responder_id: value for number, value in values.items() if value is not None}

    def forget(self, incident_number: int) -> None:
        """That incident is over."""
        self._ways.pop(incident_number, None)
