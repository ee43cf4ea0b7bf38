"""The numbers of the live protocol; docs/live-protocol.md states them."""

from __future__ import annotations

from dataclasses import dataclass

PROTOCOL = 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds and deadlines of one process; ``_s`` are seconds."""

    hello_s: float = 5
    heartbeat_s: float = 15
    #: silence after which a client is taken for gone
    silence_s: float = 40
    #: a write that does not get through for so long: the socket is stalled
    stall_s: float = 4
    #: how long a close frame may take before the connection is cut
    farewell_s: float = 1.5
    #: events of an audience kept in memory; a socket further behind is closed
    ring: int = 1024
    #: events replayed on resume; further behind means starting over
    replay: int = 1000
    #: frames of other kinds that may wait for one socket
    control_queue: int = 64
    events_per_frame: int = 100
    positions_per_frame: int = 500
    positions_s: float = 1
    rights_s: float = 2
    poll_s: float = 1
    #: how soon it is written who came and who went, and how often that the others are still there
    presence_s: float = 1
    heard_s: float = 60
    #: how long one snapshot of a station serves everybody who asks
    snapshot_shared_s: float = 1
    control_per_s: float = 10
    control_burst: float = 20
    fixes_per_s: float = 2
    fixes_burst: float = 10
    strikes: int = 3
    retry_after_s: int = 5


NORMAL = 1000
GOING_AWAY = 1001
TEXT_ONLY = 1003
POLICY = 1008
TOO_BIG = 1009
NO_PONG = 1011
TRY_LATER = 1013
#: not logged in, or the login was taken away
UNAUTHENTICATED = 4401
#: role or station changed: fetch a new ticket
RIGHTS_CHANGED = 4403
