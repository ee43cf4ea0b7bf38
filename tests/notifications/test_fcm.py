"""FCM through firebase-admin against a local server that speaks HTTP v1."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from kit.clock import ManualClock
from kit.database import make_session_factory
from kit.ids import new_id
from notifications import relay
from notifications.channels.channel import Address, Envelope
from notifications.channels.fcm import FcmChannel
from tests.notifications.fcm_server import FcmServer, running_fcm_server
from tests.notifications.support import deliveries, put, register_push
from tests.support.people import START, guard, make_station

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture
def fcm_server(tmp_path: Path) -> Iterator[FcmServer]:
    with running_fcm_server(tmp_path) as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def channel(fcm_server: FcmServer, pauses: list[float]) -> FcmChannel:
    return FcmChannel(fcm_server.credentials_file, base_url=fcm_server.url, sleep=pauses.append)


def _envelope(token: str = "phone-token", *, urgent: bool = True) -> Envelope:
    return Envelope(
        message_id=new_id(),
        kind="order.offered",
        text="您有一条新的协助指令，请打开平安联盟查看并答复。",
        urgent=urgent,
        ttl_s=90,
        addresses=[Address(new_id(), token)],
    )


def test_a_push_carries_the_opaque_id_and_nothing_else(channel: FcmChannel, fcm_server: FcmServer) -> None:
    envelope = _envelope()
    (attempt,) = channel.send(envelope)
    assert attempt.outcome == "sent"
    (body,) = fcm_server.received
    assert body["message"] == {
        "token": "phone-token",
        "data": {"id": str(envelope.message_id)},
        "android": {"priority": "high", "ttl": "90s"},
    }


def test_what_can_wait_is_sent_without_high_priority(channel: FcmChannel, fcm_server: FcmServer) -> None:
    channel.send(_envelope(urgent=False))
    assert fcm_server.received[0]["message"]["android"]["priority"] == "normal"


def test_one_access_token_serves_many_pushes(channel: FcmChannel, fcm_server: FcmServer) -> None:
    for _ in range(3):
        channel.send(_envelope())
    assert (fcm_server.tokens_given, len(fcm_server.received), fcm_server.unauthorized) == (1, 3, 0)


def test_a_server_error_is_tried_again_with_growing_pauses(
    channel: FcmChannel, fcm_server: FcmServer, pauses: list[float]
) -> None:
    fcm_server.refuse(503, "UNAVAILABLE")
    fcm_server.refuse(500, "INTERNAL")
    (attempt,) = channel.send(_envelope())
    assert attempt.outcome == "sent"
    assert len(fcm_server.received) == 3
    assert len(pauses) == 2 and 0.25 <= pauses[0] <= 0.5 <= pauses[1] <= 1.0


def test_a_short_retry_after_is_honoured(channel: FcmChannel, fcm_server: FcmServer, pauses: list[float]) -> None:
    fcm_server.refuse(429, "RESOURCE_EXHAUSTED", fcm_code="QUOTA_EXCEEDED", Retry_After="3")
    (attempt,) = channel.send(_envelope())
    assert attempt.outcome == "sent" and pauses == [3.0]


def test_a_long_retry_after_is_left_to_the_ladder(
    channel: FcmChannel, fcm_server: FcmServer, pauses: list[float]
) -> None:
    fcm_server.refuse(429, "RESOURCE_EXHAUSTED", fcm_code="QUOTA_EXCEEDED", Retry_After="60")
    (attempt,) = channel.send(_envelope())
    assert (attempt.outcome, attempt.retry_after_s, pauses) == ("failed", 60.0, [])


def test_a_request_that_is_wrong_is_not_repeated(
    channel: FcmChannel, fcm_server: FcmServer, pauses: list[float]
) -> None:
    fcm_server.refuse(400, "INVALID_ARGUMENT")
    (attempt,) = channel.send(_envelope())
    assert (attempt.outcome, attempt.error, pauses) == ("failed", "INVALID_ARGUMENT", [])


def test_when_nobody_answers_the_channel_rests(tmp_path: Path, pauses: list[float]) -> None:
    with running_fcm_server(tmp_path) as server:
        channel = FcmChannel(server.credentials_file, base_url="http://127.0.0.1:9", sleep=pauses.append)
        (first,) = channel.send(_envelope())
        (second,) = channel.send(_envelope())
    assert (first.outcome, second.outcome) == ("failed", "failed")
    assert len(pauses) == 1
    assert second.error == "UNREACHABLE"


def test_a_token_that_is_gone_is_forgotten(
    channel: FcmChannel, fcm_server: FcmServer, committed_database: Engine
) -> None:
    factory = make_session_factory(committed_database)
    clock = ManualClock(START)
    with factory.begin() as session:
        person = guard(session, make_station(session))
        register_push(session, person, "stale-token")
        message = put(session, person)
    fcm_server.refuse(404, "NOT_FOUND", fcm_code="UNREGISTERED")
    clock.advance(seconds=5)
    relay.run_once(factory, clock, {"fcm": channel})
    with factory() as session:
        device = session.execute(
            text("SELECT push_channel, push_token FROM devices WHERE id = :id"), {"id": person.device_id}
        ).one()
        assert device == (None, None)
        failed = next(row for row in deliveries(session, message) if row.channel == "fcm")
        assert (failed.state, failed.error) == ("failed", "UNREGISTERED")


def test_no_log_line_names_the_token(
    channel: FcmChannel, fcm_server: FcmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    from kit import log

    root = logging.getLogger()
    before = (root.handlers, root.level)
    log.setup(level="INFO")
    try:
        channel.send(_envelope("very-secret-token"))
    finally:
        root.handlers, _ = before[0], root.setLevel(before[1])  # type: ignore[func-returns-value]
    lines = capsys.readouterr().err
    assert "very-secret-token" not in lines
    assert json.loads(lines.splitlines()[-1])["channel"] == "fcm"


def test_firebase_is_imported_by_nobody_who_does_not_push() -> None:
    check = (
        "import sys, notifications.relay, notifications.channels, notifications.outbox.service;"
        "sys.exit('firebase_admin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
