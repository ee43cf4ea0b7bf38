"""The relay climbs the ladder until a device says that it has the message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from kit.clock import ManualClock
from kit.database import make_session_factory
from kit.ids import new_id
from notifications import relay
from notifications.outbox import service
from notifications.outbox.model import Message
from tests.notifications.support import CapturedChannel, deliveries, put, register_push
from tests.support.people import START, Login, guard, make_station


@pytest.fixture
def factory(committed_database: Engine) -> sessionmaker[Session]:
    return make_session_factory(committed_database)


@pytest.fixture
def person(factory: sessionmaker[Session]) -> Login:
    with factory.begin() as session:
        return guard(session, make_station(session))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def _put(factory: sessionmaker[Session], person: Login, **values: Any) -> Message:
    with factory() as session:
        message = put(session, person, **values)
        session.commit()
        return message


def test_the_ladder_goes_by_seconds_without_receipt(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    fcm, log = CapturedChannel("fcm", by_token=True), CapturedChannel("log")
    channels = {"fcm": fcm, "log": log}
    with factory.begin() as session:
        register_push(session, person, "token-1")
    message = _put(factory, person)
    heard = []
    for _ in range(12):
        relay.run_once(factory, clock, channels)
        heard.append((len(fcm.envelopes), len(log.envelopes)))
        clock.advance(seconds=1)
    assert heard == [(0, 0)] * 5 + [(1, 0)] * 5 + [(1, 1)] * 2
    with factory() as session:
        rows = deliveries(session, message)
        assert {(row.channel, row.device_id is not None, row.state) for row in rows} == {
            ("fcm", True, "sent"),
            ("log", False, "sent"),
            ("socket", True, "queued"),
        }
        assert session.get_one(Message, message.id).due_at is None


def test_a_receipt_stops_the_ladder(factory: sessionmaker[Session], person: Login, clock: ManualClock) -> None:
    log = CapturedChannel("log")
    message = _put(factory, person)
    with factory.begin() as session:
        service.mark(session, message.id, person.account.id, person.device_id, "received", START)
    clock.advance(minutes=5)
    assert relay.run_once(factory, clock, {"log": log}) == 0
    assert log.envelopes == []


def test_a_receipt_during_the_provider_s_call_stops_the_ladder(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    message = _put(factory, person)

    class AckInside(CapturedChannel):
        def try_send(self, envelope: Any) -> Any:
            # would wait for ever if the relay held a lock on the message meanwhile
            with factory.begin() as session:
                service.mark(session, message.id, person.account.id, person.device_id, "received", clock.now())
            return super().try_send(envelope)

    with factory.begin() as session:
        register_push(session, person, "token-2")
    clock.advance(seconds=5)
    relay.run_once(factory, clock, {"fcm": AckInside("fcm", by_token=True)})
    with factory() as session:
        assert session.get_one(Message, message.id).due_at is None


def test_an_expired_message_is_not_sent_and_leaves_the_screen(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    log = CapturedChannel("log")
    message = _put(factory, person, ttl_s=4)
    clock.advance(seconds=30)
    relay.run_once(factory, clock, {"log": log})
    assert log.envelopes == []
    with factory() as session:
        assert session.get_one(Message, message.id).recalled_at == clock.now()
        last = session.execute(
            text("SELECT value FROM feed_events WHERE entity_id = :id ORDER BY seq DESC LIMIT 1"), {"id": message.id}
        ).scalar_one()
        assert last is None


def test_a_recalled_message_is_not_sent(factory: sessionmaker[Session], person: Login, clock: ManualClock) -> None:
    log = CapturedChannel("log")
    message = _put(factory, person)
    with factory.begin() as session:
        service.recall(session, message.subject_id, START)
    clock.advance(seconds=30)
    assert relay.run_once(factory, clock, {"log": log}) == 0


def test_a_rung_without_a_device_is_passed_over_in_time(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    fcm, log = CapturedChannel("fcm", by_token=True), CapturedChannel("log")
    message = _put(factory, person)
    clock.advance(seconds=5)
    relay.run_once(factory, clock, {"fcm": fcm, "log": log})
    assert fcm.envelopes == []
    with factory() as session:
        assert session.get_one(Message, message.id).due_at == START + timedelta(seconds=10)


def test_no_receipt_in_time_climbs_at_once(factory: sessionmaker[Session], person: Login, clock: ManualClock) -> None:
    fcm = CapturedChannel("fcm", by_token=True)
    with factory.begin() as session:
        register_push(session, person, "token-3")
    message = _put(factory, person)
    clock.advance(seconds=2)
    with factory.begin() as session:
        service.next_channel(session, message.subject_id, clock.now())
    relay.run_once(factory, clock, {"fcm": fcm})
    assert len(fcm.envelopes) == 1


def test_a_failure_is_written_down_and_the_ladder_goes_on(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    fcm, log = CapturedChannel("fcm", by_token=True), CapturedChannel("log")
    fcm.error = "UNAVAILABLE"
    with factory.begin() as session:
        register_push(session, person, "token-4")
    message = _put(factory, person)
    clock.advance(seconds=10)
    relay.run_once(factory, clock, {"fcm": fcm, "log": log})
    with factory() as session:
        states = {row.channel: (row.state, row.error) for row in deliveries(session, message)}
    assert states["fcm"] == ("failed", "UNAVAILABLE")
    assert states["log"] == ("sent", None)


def test_on_the_last_rung_a_provider_who_asks_for_patience_gets_it(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    fcm = CapturedChannel("fcm", by_token=True)
    fcm.error, fcm.retry_after_s = "QUOTA", 120
    with factory.begin() as session:
        register_push(session, person, "token-5")
    _put(factory, person, kind="rating.made")
    clock.advance(seconds=60)
    relay.run_once(factory, clock, {"fcm": fcm})
    fcm.error = fcm.retry_after_s = None
    clock.advance(seconds=119)
    assert relay.run_once(factory, clock, {"fcm": fcm}) == 0
    clock.advance(seconds=1)
    assert relay.run_once(factory, clock, {"fcm": fcm}) == 1


def test_two_relays_share_the_work_without_telling_twice(
    factory: sessionmaker[Session], person: Login, clock: ManualClock
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    log = CapturedChannel("log")
    ids = set()
    with factory() as session:
        for _ in range(60):
            ids.add(put(session, person, subject_id=new_id()).id)
        session.commit()
    clock.advance(seconds=10)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: relay.run_once(factory, clock, {"log": log}), range(4)))
    relay.run_once(factory, clock, {"log": log})
    told = [envelope.message_id for envelope in log.envelopes]
    assert sorted(told, key=str) == sorted(ids, key=str)
