"""What becomes of a proposed swap, and who decides. ``docs/states/swap.mmd`` is drawn from the table."""

from __future__ import annotations

from enum import StrEnum

from kit.actor import Role
from kit.states import StateTable, T


class SwapState(StrEnum):
    """States of a proposed swap (换人建议状态)."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"
    DONE = "done"


S = SwapState
_COMMAND_ROOM = (Role.DISPATCHER, Role.LEADER)
_MACHINE = (Role.SYSTEM,)

# fmt: off
SWAP = StateTable("swap", S.PROPOSED, [
    # event      from         to           by
    T("accept",  S.PROPOSED,  S.ACCEPTED,  (*_COMMAND_ROOM, *_MACHINE)),
    T("dismiss", S.PROPOSED,  S.DISMISSED, _COMMAND_ROOM),
    T("lapse",   S.PROPOSED,  S.LAPSED,    _MACHINE),
    # the other one has signed for his order
    T("settle",  S.ACCEPTED,  S.DONE,      _MACHINE),
    # he has not: the next one is asked, as for any order
    T("lapse",   S.ACCEPTED,  S.LAPSED,    _MACHINE),
])
# fmt: on


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).parents[2].joinpath("docs/states/swap.mmd").write_text(SWAP.mermaid())
