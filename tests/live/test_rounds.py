"""One round of positions for all consoles: written once, and nobody gets less, more or older than by himself."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any, cast

from notifications.live.channel import Channel
from notifications.live.limits import Limits
from notifications.live.rounds import StationView
from notifications.live.socket import LiveSocket, Viewer, Wire

LIMITS = Limits(positions_per_frame=3)
Rows = dict[str, tuple[str, str]]


def console() -> LiveSocket:
    viewer = Viewer(
        account_id=uuid.uuid4(), session_id=uuid.uuid4(), device_id=uuid.uuid4(), station_id=uuid.uuid4(),
        streams={}, rights=(), console=True,
    )  # fmt: skip
    socket = LiveSocket(viewer=viewer, wire=cast(Wire, None), limits=LIMITS)
    socket.channels["station"] = cast(Channel, _Nothing())
    socket.place("station", 0)
    return socket


class _Nothing:
    def after(self, seq: int, *, limit: int) -> list[Any]:
        return []


def rows(at: int, *ids: str) -> Rows:
    return {id_: (str(at), json.dumps({"id": id_, "at": at})) for id_ in ids}


def sent(socket: LiveSocket, frames: int = 99) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(frames):
        taken = socket._take()
        if taken is None:
            return found
        found += json.loads(taken[0])["positions"]
    return found


def test_all_consoles_send_the_very_same_text() -> None:
    view, screens = StationView(), [console() for _ in range(3)]
    round_ = view.next_round("t", rows(1, *"abcde"), 3)
    for screen in screens:
        screen.take_round(round_)
    first = [cast(tuple[str, Any], screen._take())[0] for screen in screens]
    assert first[0] is first[1] is first[2]
    assert [len(sent(screen)) for screen in screens] == [2, 2, 2]


def test_what_did_not_move_is_not_sent_again() -> None:
    view, screen = StationView(), console()
    screen.take_round(view.next_round("t", rows(1, "a", "b"), 3))
    assert len(sent(screen)) == 2
    screen.take_round(view.next_round("t", {**rows(1, "a"), **rows(2, "b")}, 3))
    assert sent(screen) == [{"id": "b", "at": 2}]


def test_who_is_behind_gets_the_newest_of_each_and_nothing_twice() -> None:
    chance = random.Random(4)
    view, screen = StationView(), console()
    newest: dict[str, int] = {}
    shown: dict[str, int] = {}
    for at in range(1, 60):
        moved = chance.sample("abcdefghij", chance.randrange(11))
        newest |= dict.fromkeys(moved, at)
        screen.take_round(view.next_round("t", rows(at, *moved), 3))
        for one in sent(screen, chance.randrange(4)):
            assert shown.get(one["id"], 0) < one["at"], "never an older one after a newer"
            shown[one["id"]] = one["at"]
    shown |= {one["id"]: one["at"] for one in sent(screen)}
    assert shown == newest


def test_of_who_went_off_duty_nothing_leaves_any_more() -> None:
    view, screen = StationView(), console()
    screen.view = view
    screen.take_round(view.next_round("t", rows(1, *"abcde"), 3))
    assert len(sent(screen, 1)) == 3
    screen.forget_position("e")
    assert [one["id"] for one in sent(screen)] == ["d"]
    screen.take_round(view.next_round("t", rows(1, *"abcde"), 3))
    assert [one["id"] for one in sent(screen)] == ["e"], "his next fix is new, whichever it is"


def test_a_screen_that_is_started_over_is_out_of_step() -> None:
    view, screen = StationView(), console()
    screen.view = view
    screen.places.clear()
    screen.take_round(view.next_round("t", rows(1, "a"), 3))
    assert screen.view is None and sent(screen) == []
