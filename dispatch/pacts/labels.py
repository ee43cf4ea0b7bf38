"""Pacts in the words of the command rooms and the leaders."""

from __future__ import annotations

from dispatch.pacts.states import PactState

S = PactState

#: (the room of the one that proposed, the room of the other, a leader)
LABELS: dict[PactState, tuple[str, str, str]] = {
    S.PROPOSED: ("待对方签署", "待本所签署", "待签署"),
    S.ACTIVE: ("生效中", "生效中", "生效中"),
    S.REVOKED: ("已终止", "已终止", "已终止"),
}
