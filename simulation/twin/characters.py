"""How a station's own people are taken to be, by what its log says of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dispatch.matching.experience import Asking, Experience, expect
from simulation.twin.values import Character, Guard

#: long enough that everybody who accepts at all has accepted
_LONG_S = 3600.0


def characters_of(
    experience: Experience, guards: Sequence[Guard], *, scenario: str, at: datetime
) -> tuple[Character, ...]:
    """One per guard: his chance to accept and his turnout as learned, shrunken towards the station's; ``at``: some
    hour by day. What the log does not tell (pace, silences, how a no is said) is as assumed for anybody."""
    answer_s = experience.of_kind("guard").answer_s
    found = []
    for guard in guards:
        expected = expect(
            experience,
            Asking(
                kind="guard",
                responder_id=guard.responder_id,
                scenario=scenario,
                at=at,
                accept_s=_LONG_S,
                within_s=_LONG_S,
            ),
        )
        found.append(Character(accepts=expected.chance, turnout_s=expected.turnout_s, answer_s=answer_s))
    return tuple(found)
