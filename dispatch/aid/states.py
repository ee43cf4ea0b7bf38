"""The life of mutual aid (邻所支援): event, from, to, who may cause it.

``activate`` is the second yes, whoever gave it: a leader, a pact that both have signed, two of the district.
``docs/states/aid.mmd`` is drawn from the table, the database holds its edges a second time.
"""

from __future__ import annotations

from enum import StrEnum

from kit.actor import Role
from kit.states import StateTable, T


class AidState(StrEnum):
    """States of a request and of the grant that it becomes (支援状态)."""

    REQUESTED = "requested"  #: 待同意
    ACTIVE = "active"  #: 支援中
    DECLINED = "declined"  #: 未同意
    LAPSED = "lapsed"  #: 逾期未答复
    WITHDRAWN = "withdrawn"  #: 已撤回申请
    REVOKED = "revoked"  #: 已终止
    EXPIRED = "expired"  #: 到期
    FINISHED = "finished"  #: 已结束


S = AidState
_LEADER = (Role.LEADER,)
_ROOM = (Role.DISPATCHER, Role.LEADER)
_SYSTEM = (Role.SYSTEM,)

# fmt: off
AID = StateTable("aid", S.REQUESTED, [
    # event       from         to           by
    T("activate", S.REQUESTED, S.ACTIVE,    (Role.OFFICER, *_ROOM, Role.DISTRICT_ADMIN, *_SYSTEM)),
    T("decline",  S.REQUESTED, S.DECLINED,  _LEADER),
    T("lapse",    S.REQUESTED, S.LAPSED,    _SYSTEM),
    T("withdraw", S.REQUESTED, S.WITHDRAWN, (*_ROOM, *_SYSTEM)),
    T("revoke",   S.ACTIVE,    S.REVOKED,   _LEADER),
    T("release",  S.ACTIVE,    S.FINISHED,  _ROOM),
    T("expire",   S.ACTIVE,    S.EXPIRED,   _SYSTEM),
    T("finish",   S.ACTIVE,    S.FINISHED,  _SYSTEM),
])
# fmt: on

OPEN = frozenset({S.REQUESTED, S.ACTIVE})

#: the record's word for what happened
PAST_TENSE = {
    "activate": "aid.activated",
    "decline": "aid.declined",
    "lapse": "aid.lapsed",
    "withdraw": "aid.withdrawn",
    "revoke": "aid.revoked",
    "release": "aid.released",
    "expire": "aid.expired",
    "finish": "aid.finished",
}


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).parents[2].joinpath("docs/states/aid.mmd").write_text(AID.mermaid())
