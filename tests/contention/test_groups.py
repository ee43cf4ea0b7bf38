"""Which needs hang together."""

from __future__ import annotations

import uuid

from dispatch.contention.groups import Wanting, group
from dispatch.contention.service import as_if_free
from dispatch.matching.values import Inputs
from tests.matching.test_rank import NEIGHBOUR, SCENE, STATION, WEIGHTS, a_guard, a_need, ways
from tests.support.people import START

A, B, C, D = (uuid.UUID(int=n) for n in range(1, 5))


def wants(need_id: uuid.UUID, holder: uuid.UUID) -> Wanting:
    return Wanting(need_id=need_id, holder_need_id=holder)


def test_a_chain_of_wishes_is_one_group_and_strangers_are_another() -> None:
    assert group([wants(C, B), wants(B, A)]) == [frozenset({A, B, C})]
    assert group([wants(B, A), wants(D, C)]) == [frozenset({A, B}), frozenset({C, D})]


def test_one_with_an_offer_is_looked_at_as_if_he_had_none_and_strangers_are_not_looked_at() -> None:
    held = a_guard(1, engaged=True, post_id=A, post_spare=0, post_present=1, alerts_hour=3, alerts_shift=1)
    mate = a_guard(2, post_id=A, post_spare=0, post_present=1, alerts_hour=1)
    lent = a_guard(3, engaged=True, station_id=NEIGHBOUR)
    busy = a_guard(4, engaged=True)
    everybody = (held, mate, lent, busy)
    inputs = Inputs(
        need=a_need(waiting=2, pending=(0.5, 0.5)), scene=SCENE, candidates=everybody, travel=ways(*everybody),
        weights=WEIGHTS, now=START,
    )  # fmt: skip
    looked = as_if_free(inputs, {held.responder_id, lent.responder_id}, {STATION})
    free, beside, other = looked.candidates
    assert (looked.need.waiting, looked.need.pending) == (0, ())
    assert (free.engaged, free.post_spare, free.post_present, free.alerts_hour, free.alerts_shift) == (
        False,
        1,
        2,
        2,
        0,
    )
    assert (beside.post_spare, beside.alerts_hour) == (1, 1)
    assert other.engaged


def test_nobody_who_wants_anything_is_no_group() -> None:
    assert group([]) == []
