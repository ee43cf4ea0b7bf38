"""Guards around calls: where somebody may be needed there is a gate. Nobody of them exists.

Everything that the system would know is drawn by one chance and everything hidden by another one, so that the hidden
side may be dealt anew and nothing else changes.
"""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

from geo.crs import Position
from geo.roads.lengths import metres_per_degree
from simulation.twin.values import Character, Guard, Post

#: guards at one gate in one shift, and how many must stay
_CREWS = ((2, 1), (3, 1), (4, 1), (4, 2))
_POST_NEAR_M, _AT_POST_M = 350.0, 25.0
_FIRST_AID = 0.4
#: two of three gates are manned by day, the others by night
_DAY, _NIGHT = (7, 19), (19, 7)
_DAY_SHARE = 0.65
#: how unlike each other people are: the weight of the mean in a beta distribution
_ALIKE = 4.0


@dataclass(frozen=True, kw_only=True)
class Population:
    """Guards and posts as the system knows them; what is hidden of each, by his number."""

    guards: tuple[Guard, ...]
    posts: tuple[Post, ...]
    characters: tuple[Character, ...]


def populate(
    places: Sequence[Position], *, guards: int, accepts: float, seed: int, hidden_seed: int | None = None
) -> Population:
    """So many guards at gates near ``places``; ``accepts``: their mean share of yes, 0-1."""
    chance = random.Random(f"guards:{seed}")
    people: list[Guard] = []
    posts: list[Post] = []
    spread: list[Position] = []
    while len(people) < guards:
        if not spread:
            # a gate at every place before two stand at one
            spread = chance.sample(list(places), len(places))
        crew, minimum = chance.choice(_CREWS)
        shift = _DAY if chance.random() < _DAY_SHARE else _NIGHT
        gate = _beside(spread.pop(), _POST_NEAR_M, chance)
        post = Post(number=len(posts), post_id=_id(chance), minimum=minimum)
        posts.append(post)
        for _ in range(min(crew, guards - len(people))):
            people.append(_guard(len(people), post, gate, shift, chance))
    hidden = random.Random(f"hidden:{seed if hidden_seed is None else hidden_seed}")
    return Population(
        guards=tuple(people),
        posts=tuple(posts),
        characters=tuple(_character(accepts, hidden) for _ in people),
    )


def _guard(number: int, post: Post, gate: Position, shift: tuple[int, int], chance: random.Random) -> Guard:
    return Guard(
        number=number,
        responder_id=_id(chance),
        home=_beside(gate, _AT_POST_M, chance),
        post=post.number,
        skills=("first_aid",) if chance.random() < _FIRST_AID else (),
        shift=shift,
        # one of seven is free on any day
        day_off=number % 7,
    )


def _character(accepts: float, chance: random.Random) -> Character:
    drawn = chance.random()
    share = float(betaincinv(accepts * _ALIKE, (1 - accepts) * _ALIKE, drawn)) if 0 < accepts < 1 else accepts
    return Character(
        accepts=share,
        ignores=chance.uniform(0.3, 0.7),
        answer_s=12.0 * math.exp(chance.gauss(0, 0.3)),
        turnout_s=102.0 * math.exp(chance.gauss(0, 0.35)),
        pace=math.exp(chance.gauss(0, 0.12)),
        outages=chance.choice((0.01, 0.03, 0.06, 0.2)),
    )


def _beside(place: Position, within_m: float, chance: random.Random) -> Position:
    east, north = metres_per_degree(place.lat)
    away_m, turn = within_m * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)
    return Position(
        round(place.lon + away_m * math.cos(turn) / float(east), 7),
        round(place.lat + away_m * math.sin(turn) / float(north), 7),
    )


def _id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
