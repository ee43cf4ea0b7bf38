"""Which needs hang together."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from dispatch.contention.groups import LOOK_AGAIN, Wanting, group
from tests.support.people import START

A, B, C, D = (uuid.UUID(int=n) for n in range(1, 5))


def wants(need_id: uuid.UUID, holder: uuid.UUID, joint_at: datetime | None = None) -> Wanting:
    return Wanting(need_id=need_id, holder_need_id=holder, joint_at=joint_at)


def test_a_chain_of_wishes_is_one_group_and_strangers_are_another() -> None:
    assert group([wants(C, B), wants(B, A)], START) == [frozenset({A, B, C})]
    assert group([wants(B, A), wants(D, C)], START) == [frozenset({A, B}), frozenset({C, D})]


def test_what_was_looked_at_a_moment_ago_waits_until_one_of_them_is_due() -> None:
    lately, long_ago = START - timedelta(seconds=1), START - LOOK_AGAIN
    assert group([wants(B, A, lately)], START) == []
    assert group([wants(B, A, lately), wants(C, A, long_ago)], START) == [frozenset({A, B, C})]


def test_nobody_who_wants_anything_is_no_group() -> None:
    assert group([], START) == []
