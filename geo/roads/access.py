"""From the tags of a way or a node to who may pass it, which way round, how fast. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from geo.roads.speeds import BLOCKS_CARS, CAR_KMH, GATES, PRIVATE_FACTOR, WALKED, WALKED_IF_SAID

_CLOSED = frozenset({"no", "agricultural", "forestry", "military"})
_PRIVATE = frozenset({"private"})
_OPEN = frozenset({"yes", "designated", "permissive", "destination", "official"})
_FORWARD, _BACKWARD, _BOTH = frozenset({"yes", "true", "1"}), frozenset({"-1", "reverse"}), frozenset({"no", "false"})
_SPEED = re.compile(r"(\d{1,3}(?:\.\d)?)\s*(km/h|kmh|kph|mph)?", re.ASCII)
_KMH_PER_MPH = 1.609344


@dataclass(frozen=True)
class Rules:
    """Who may use a way. ``forward``: cars in the order of its nodes. ``kmh``: of a car, 0 where none may go."""

    foot: bool
    forward: bool
    backward: bool
    kmh: float
    private: bool = False

    @property
    def car(self) -> bool:
        return self.forward or self.backward


@dataclass(frozen=True)
class NodeRules:
    """What a node does to those who pass it."""

    signals: bool = False
    gate: bool = False
    blocks_cars: bool = False


def judge_way(tags: Mapping[str, str]) -> Rules | None:
    """None: not a way that anybody of ours uses.

    Private ways are open to guards and police, slowly for cars: their gates are opened for them.
    """
    kind = tags.get("highway", "")
    foot = _may_walk(kind, tags)
    kmh, private = _car_speed(kind, tags)
    forward, backward = _directions(kind, tags) if kmh else (False, False)
    if not (foot or forward or backward):
        return None
    return Rules(foot, forward, backward, kmh if forward or backward else 0.0, private)


def judge_node(tags: Mapping[str, str]) -> NodeRules | None:
    """None: a node like any other."""
    barrier = tags.get("barrier", "")
    said = _first(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    opened = said in _OPEN or tags.get("emergency") in _OPEN
    blocks = barrier in BLOCKS_CARS and not opened
    blocks = blocks or (bool(barrier) and said in _CLOSED and tags.get("emergency") not in _OPEN)
    rules = NodeRules(
        signals=tags.get("highway") == "traffic_signals" or tags.get("crossing") == "traffic_signals",
        gate=barrier in GATES and not blocks,
        blocks_cars=blocks,
    )
    return rules if rules != NodeRules() else None


def read_kmh(text: str | None) -> float | None:
    """``40``, ``40 km/h`` or ``25 mph``; None for everything else, such as ``none`` or ``CN:urban``."""
    found = _SPEED.fullmatch((text or "").strip().lower())
    if not found or not float(found[1]):
        return None
    return float(found[1]) * (_KMH_PER_MPH if found[2] == "mph" else 1.0)


def _may_walk(kind: str, tags: Mapping[str, str]) -> bool:
    said = _first(tags, "foot", "access")
    if said in _CLOSED:
        return False
    if kind in WALKED_IF_SAID:
        return tags.get("foot") in _OPEN or tags.get("sidewalk") in {"both", "left", "right", "yes", "separate"}
    return kind in WALKED


def _car_speed(kind: str, tags: Mapping[str, str]) -> tuple[float, bool]:
    """km/h, 0 for closed, and whether it is private ground."""
    if kind not in CAR_KMH or tags.get("area") == "yes":
        return 0.0, False
    said = _first(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    if said in _CLOSED and tags.get("emergency") not in _OPEN:
        return 0.0, False
    private = said in _PRIVATE
    kmh = min(CAR_KMH[kind], read_kmh(tags.get("maxspeed")) or CAR_KMH[kind])
    return kmh * (PRIVATE_FACTOR if private else 1.0), private


def _directions(kind: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    said = _first(tags, "oneway:motor_vehicle", "oneway")
    if said in _FORWARD:
        return True, False
    if said in _BACKWARD:
        return False, True
    if said in _BOTH:
        return True, True
    if said in {"reversible", "alternating"}:
        # which way it is open now the map does not know
        return said == "alternating", said == "alternating"
    round_or_motorway = tags.get("junction") in {"roundabout", "circular"} or kind in {"motorway", "motorway_link"}
    return True, not round_or_motorway


def _first(tags: Mapping[str, str], *keys: str) -> str | None:
    """The most particular of several tags that say the same thing."""
    return next((tags[key] for key in keys if key in tags), None)
