"""The life of a pact (支援约定): proposed by one leader, signed by the other, revoked by either at any moment.

``docs/states/pact.mmd`` is drawn from the table, the database holds its edges a second time.
"""

from __future__ import annotations

from enum import StrEnum

from kit.actor import Role
from kit.states import StateTable, T


class PactState(StrEnum):
    """States of a pact (约定状态)."""

    PROPOSED = "proposed"  #: 待对方签署
    ACTIVE = "active"  #: 生效
    REVOKED = "revoked"  #: 已终止


S = PactState
_LEADER = (Role.LEADER,)

# fmt: off
PACT = StateTable("pact", S.PROPOSED, [
    # event     from        to         by
    T("sign",   S.PROPOSED, S.ACTIVE,  _LEADER),
    T("revoke", S.PROPOSED, S.REVOKED, _LEADER),
    T("revoke", S.ACTIVE,   S.REVOKED, _LEADER),
])
# fmt: on

IN_FORCE = frozenset({S.PROPOSED, S.ACTIVE})

#: the record's word for what happened
PAST_TENSE = {"sign": "pact.signed", "revoke": "pact.revoked"}


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).parents[2].joinpath("docs/states/pact.mmd").write_text(PACT.mermaid())
