"""Setting out, walking, arriving by the real judgement of fixes, working, walking home."""

from __future__ import annotations

from dispatch.orders.arrival import TARGET_RADIUS_M, Fix, judge_arrival
from dispatch.orders.states import OrderState
from geo.crs import Position
from geo.roads.lengths import metres_per_degree
from kit.actor import Role
from simulation.twin.city import City, Walk
from simulation.twin.desk import Desk
from simulation.twin.dice import Dice, Die
from simulation.twin.orders import Order

#: seconds between two fixes of somebody on his way, and how good they are
_FIX_EVERY_S, _ACCURACY_M = 5.0, 12.0
#: two thirds of the fixes lie within the stated accuracy
_SIGMAS = 1.51
#: farther off no fix can be an arrival
_NEAR_M = 2.5 * TARGET_RADIUS_M


class Walking:
    """Moves the people of a run as their orders say."""

    def __init__(self, desk: Desk, city: City, dice: Dice) -> None:
        self._desk, self._city, self._dice = desk, city, dice
        self._agenda = desk.agenda
        desk.on_accept, desk.on_end = self._accepted, self._ended

    def _accepted(self, order: Order) -> None:
        self._agenda.after(order.reaction.turnout_s, lambda: self._depart(order))

    def _depart(self, order: Order) -> None:
        if order.state is not OrderState.ACCEPTED:
            return
        agenda, guard, scene = self._agenda, order.guard, order.need.incident.call.position
        order.fire("depart", agenda, by=Role.GUARD)
        order.departed_s = agenda.now_s
        start = self._city.where(guard.number, agenda.now_s)
        way = self._city.ground.way(start, scene, guard.mobility, agenda.now)
        walk = Walk(way, agenda.now_s, agenda.now_s + way.seconds * order.reaction.pace)
        self._city.set_out(guard.number, walk)
        if order.reaction.withdraws:
            agenda.after((walk.end_s - walk.begin_s) / 2, lambda: self._desk.withdraw(order))
        near = min(1.0, _NEAR_M / max(way.metres, 1.0))
        agenda.at(walk.end_s - (walk.end_s - walk.begin_s) * near, lambda: self._send_fix(order, walk, 0))

    def _send_fix(self, order: Order, walk: Walk, number: int) -> None:
        if order.state is not OrderState.EN_ROUTE:
            return
        agenda, scene = self._agenda, order.need.incident.call.position
        fix = self._fix(order, walk.at(agenda.now_s), number)
        seen_at = None if order.seen_s is None else agenda.instant(order.seen_s)
        judgement = judge_arrival(fix, scene, first_seen_at=seen_at)
        if judgement.there == "yes":
            self._city.stop(order.guard.number, agenda.now_s)
            self._desk.arrive(order)
            agenda.after(order.reaction.work_s, lambda: self._desk.complete(order))
            return
        if judgement.there == "no":
            order.seen_s = None
        elif order.seen_s is None:
            order.seen_s = agenda.now_s
        agenda.after(_FIX_EVERY_S, lambda: self._send_fix(order, walk, number + 1))

    def _fix(self, order: Order, place: Position, number: int) -> Fix:
        key = (order.need.incident.call.number, order.guard.number, number)
        accuracy_m = self._dice.around(_ACCURACY_M, 0.5, Die.FIX_ACCURACY, *key)
        east, north = metres_per_degree(place.lat)
        sigma_m = accuracy_m / _SIGMAS
        return Fix(
            position=Position(
                place.lon + self._dice.normal(Die.FIX_EAST, *key) * sigma_m / float(east),
                place.lat + self._dice.normal(Die.FIX_NORTH, *key) * sigma_m / float(north),
            ),
            accuracy_m=accuracy_m,
            captured_at=self._agenda.now,
        )

    def _ended(self, order: Order) -> None:
        if order.departed_s is None:
            return
        number, now_s = order.guard.number, self._agenda.now_s
        place = self._city.stop(number, now_s)
        way = self._city.ground.way(place, order.guard.home, order.guard.mobility, self._agenda.now)
        walk = self._city.go_home(number, way, now_s)
        self._agenda.at(walk.end_s, lambda: self._city.come_back(number, walk, now_s=walk.end_s))
