"""What the matcher would be handed: the twin's counterpart of ``dispatch.matching.service.gather``.

Whom no rule would ever let through (engaged, off duty, beyond the radius) is left out: he would only be explained.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, replace

from dispatch.matching.policy import Policy
from dispatch.matching.race import ALERT_S
from dispatch.matching.values import Candidate, Inputs, NeedValue, Scene, TravelValue, Weights
from dispatch.orders.states import NOT_AGAIN, UNANSWERED
from geo.crs import Position
from simulation.twin.agenda import Agenda
from simulation.twin.city import City
from simulation.twin.orders import Need
from simulation.twin.values import Guard

#: as in the service: so many of the nearest are looked at
MOST = 60
STATION = uuid.UUID(int=1)
_POLICY = Policy()
#: a station that has changed nothing
WEIGHTS = replace(
    Weights(),
    proven_s=float(_POLICY.proven_s),
    rest_s=float(_POLICY.rest_s),
    alerts_per_hour=_POLICY.alerts_per_hour,
    alerts_per_shift=_POLICY.alerts_per_shift,
    alert_s=ALERT_S,
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A need as a policy sees it. ``waiting``: who was asked and has not answered, and since how many seconds."""

    inputs: Inputs
    scenario: str
    waiting: tuple[tuple[uuid.UUID, float], ...]


class Sight:
    """Builds questions from what the system knows; nobody's character is within reach here."""

    def __init__(self, agenda: Agenda, city: City) -> None:
        self._agenda, self._city = agenda, city
        #: per incident, by guard, his way from his post: those who stand where they stood are not reckoned twice
        self._ways: dict[int, dict[int, TravelValue | None]] = {}

    def gather(self, need: Need, *, ways: bool) -> Question:
        """``ways``: with travel times; a policy that knows straight lines only does without."""
        now_s, city, call, spec = self._agenda.now_s, self._city, need.incident.call, need.spec
        asked = {order.guard.number for order in need.incident.orders if order.state in NOT_AGAIN}
        found = city.look(call.position, need.radius_m, now_s, MOST)
        present: dict[int, int] = {}
        candidates = []
        for number, _, distance_m in found:
            guard = city.guards[number]
            if guard.post is not None and guard.post not in present:
                present[guard.post] = city.present_on(guard.post, now_s)
            candidates.append(self._candidate(need, guard, distance_m, number in asked, present))
        travel = self._travel(need, [(number, place) for number, place, _ in found]) if ways else {}
        waiting = [order for order in need.orders if order.state in UNANSWERED]
        value = NeedValue(
            kind=spec.kind,
            mode=spec.mode,
            skills=tuple(sorted(spec.skills)),
            places=need.needed - need.accepted,
            waiting=len(waiting),
            alert_factor=spec.alert_factor,
            radius_m=float(need.radius_m),
            target_chance=spec.target_chance,
            within_s=float(min(spec.accept_s, spec.within_s or spec.accept_s)),
            accept_s=float(spec.accept_s),
        )
        inputs = Inputs(
            need=value,
            scene=Scene(station_id=STATION, lon=call.position.lon, lat=call.position.lat),
            candidates=tuple(candidates),
            travel=travel,
            weights=WEIGHTS,
            now=self._agenda.now,
        )
        return Question(
            inputs=inputs,
            scenario=call.scenario,
            waiting=tuple((order.guard.responder_id, now_s - order.offered_s) for order in waiting),
        )

    def forget(self, incident_number: int) -> None:
        """That incident is over."""
        self._ways.pop(incident_number, None)

    def _candidate(
        self, need: Need, guard: Guard, distance_m: float, asked: bool, present: dict[int, int]
    ) -> Candidate:
        city, now_s, instant = self._city, self._agenda.now_s, self._agenda.instant
        began_s = city.rota.began_s(guard.number, now_s)
        lately = city.burden.lately(guard.number, need.incident.call.number, now_s, began_s)
        silent_s = self._city.silent_since(guard.number, now_s)
        heard_at = instant(now_s if silent_s is None else silent_s)
        post = None if guard.post is None else self._city.posts[guard.post]
        here = None if guard.post is None else present[guard.post]
        return Candidate(
            responder_id=guard.responder_id,
            kind="guard",
            station_id=STATION,
            skills=guard.skills,
            asked=asked,
            distance_m=round(distance_m, 2),
            captured_at=heard_at,
            proven_at=heard_at,
            last_done_at=None if lately.done_s is None else instant(lately.done_s),
            alerts_hour=lately.alerts_hour,
            alerts_shift=lately.alerts_shift,
            post_id=None if post is None else post.post_id,
            post_spare=None if post is None or here is None else here - post.minimum,
            post_present=here,
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
                fresh[number] = None
                if math.isfinite(travel.seconds):
                    seconds, metres = round(travel.seconds, 2), round(travel.metres, 2)
                    fresh[number] = TravelValue(seconds=seconds, metres=metres, basis=travel.basis)
                if city.is_at_home(number):
                    known[number] = fresh[number]
        values = {number: fresh[number] if number in fresh else known[number] for number, _ in places}
        return {city.guards[number].responder_id: value for number, value in values.items() if value is not None}
