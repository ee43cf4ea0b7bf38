"""What must be told is written beside the change, and a receipt is a device's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.feed import account_audience
from kit.ids import new_id
from notifications.channels import make_channels
from notifications.kinds import KINDS, UnknownKind
from notifications.live.log import read_head
from notifications.outbox import projection, service
from notifications.outbox.service import MessageNotFound
from tests.notifications.support import deliveries, put
from tests.support.people import START, Login, guard, log_in, make_station

CHANNELS = {"socket", "fcm", "log"}


@pytest.fixture
def person(session: Session) -> Login:
    return guard(session, make_station(session))


class TestKinds:
    def test_every_kind_has_a_ladder_that_begins_at_the_socket(self) -> None:
        for kind in KINDS.values():
            assert kind.ladder[0].channel == "socket" and kind.ladder[0].after_s == 0
            assert len(kind.ladder) > 1
            assert {rung.channel for rung in kind.ladder} <= CHANNELS
            assert [rung.after_s for rung in kind.ladder] == sorted(rung.after_s for rung in kind.ladder)

    def test_no_text_says_who_where_or_what(self) -> None:
        for kind in KINDS.values():
            assert kind.text.endswith("。")
            assert not any(char.isdigit() or char in "{%" for char in kind.text)

    def test_an_urgent_message_climbs_within_ten_seconds(self) -> None:
        assert all(kind.ladder[-1].after_s <= 10 for kind in KINDS.values() if kind.urgent)

    def test_an_unknown_kind_is_refused(self, session: Session, person: Login) -> None:
        with pytest.raises(UnknownKind):
            put(session, person, kind="order.forgotten")

    def test_without_credentials_there_is_the_log_and_no_firebase(self) -> None:
        from kit.settings import Settings

        assert set(make_channels(Settings(token_key="00", data_key="00"))) == {"log"}


class TestPut:
    def test_the_commit_tells_the_account_s_sockets(self, session: Session, person: Login) -> None:
        before = read_head(session, account_audience(person.account.id))
        message = put(session, person)
        session.commit()
        after = read_head(session, account_audience(person.account.id))
        assert after.seq == before.seq + 1
        row = session.execute(
            text("SELECT entity, entity_id, value FROM feed_events WHERE audience = :a AND seq = :s"),
            {"a": account_audience(person.account.id), "s": after.seq},
        ).one()
        assert (row.entity, row.entity_id) == ("message", message.id)
        assert row.value["text"] == KINDS["order.offered"].text

    def test_a_rollback_tells_nobody(self, session: Session, person: Login) -> None:
        session.commit()
        message_id = put(session, person).id
        session.rollback()
        assert session.execute(text("SELECT count(*) FROM messages WHERE id = :i"), {"i": message_id}).scalar() == 0
        assert read_head(session, account_audience(person.account.id)).seq == 0

    def test_each_device_with_a_screen_has_a_queued_delivery(self, session: Session, person: Login) -> None:
        log_in(session, person.account)
        rows = deliveries(session, put(session, person))
        assert [(row.channel, row.state, row.sent_at) for row in rows] == [("socket", "queued", None)] * 2

    def test_the_next_rung_is_due_after_its_seconds(self, session: Session, person: Login) -> None:
        assert put(session, person).due_at == START + timedelta(seconds=5)
        assert put(session, person, kind="rating.made").due_at == START + timedelta(seconds=60)


class TestReceipt:
    def test_a_receipt_stops_the_ladder_and_proves_the_device_reachable(self, session: Session, person: Login) -> None:
        message = put(session, person)
        at = START + timedelta(seconds=2)
        service.mark(session, message.id, person.account.id, person.device_id, "received", at)
        assert message.due_at is None and message.received_at == at
        reachable = session.execute(
            text("SELECT reachable_at FROM devices WHERE id = :id"), {"id": person.device_id}
        ).scalar()
        assert reachable == at

    def test_times_are_written_once(self, session: Session, person: Login) -> None:
        message = put(session, person)
        for seconds, step in ((1, "received"), (2, "shown"), (3, "received"), (4, "shown")):
            at = START + timedelta(seconds=seconds)
            service.mark(session, message.id, person.account.id, person.device_id, step, at)  # type: ignore[arg-type]
        (row,) = deliveries(session, message)
        assert row.state == "shown"
        assert (row.received_at, row.shown_at) == (START + timedelta(seconds=1), START + timedelta(seconds=2))
        assert (message.received_at, message.shown_at) == (row.received_at, row.shown_at)

    def test_shown_without_received_is_both(self, session: Session, person: Login) -> None:
        message = put(session, person)
        service.mark(session, message.id, person.account.id, person.device_id, "shown", START)
        assert message.received_at == message.shown_at == START

    def test_only_the_device_that_said_so_has_it(self, session: Session, person: Login) -> None:
        other = log_in(session, person.account)
        message = put(session, person)
        service.mark(session, message.id, person.account.id, person.device_id, "received", START)
        states = {row.device_id: row.state for row in deliveries(session, message)}
        assert states == {person.device_id: "received", other.device_id: "queued"}

    def test_a_message_of_somebody_else_is_not_found(self, session: Session, person: Login) -> None:
        message = put(session, person)
        with pytest.raises(MessageNotFound):
            service.mark(session, message.id, new_id(), None, "received", START)
        with pytest.raises(MessageNotFound):
            service.get_message(session, message.id, new_id())

    def test_a_message_that_was_shown_leaves_the_screen(self, session: Session, person: Login) -> None:
        message = put(session, person)
        audience = account_audience(person.account.id)
        assert projection.list_shown(session, audience) == [message.id]
        service.mark(session, message.id, person.account.id, person.device_id, "shown", START)
        assert projection.list_shown(session, audience) == []
        (seen,) = projection.project(session, [message.id])
        assert seen.value is None


class TestRecall:
    def test_a_recalled_message_leaves_the_screen_and_the_ladder(self, session: Session, person: Login) -> None:
        message = put(session, person)
        assert service.recall(session, message.subject_id, START) == 1
        assert message.due_at is None and message.recalled_at == START
        assert service.recall(session, message.subject_id, START) == 0

    def test_what_a_person_has_seen_cannot_be_recalled(self, session: Session, person: Login) -> None:
        message = put(session, person)
        service.mark(session, message.id, person.account.id, person.device_id, "shown", START)
        assert service.recall(session, message.subject_id, START) == 0

    def test_no_receipt_hurries_the_next_channel(self, session: Session, person: Login) -> None:
        message = put(session, person)
        at = START + timedelta(seconds=2)
        assert service.next_channel(session, message.subject_id, at) == 1
        assert message.due_at == at
        service.mark(session, message.id, person.account.id, person.device_id, "received", at)
        assert service.next_channel(session, message.subject_id, at) == 0
