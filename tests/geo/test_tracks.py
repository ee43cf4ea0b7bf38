from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.tracks.service import keep_days, read
from tests.support.people import START

_INSERT = text(
    "INSERT INTO tracks (captured_at, responder_id, station_id, received_at, lon, lat, source)"
    " VALUES (:at, :who, :who, :at, 121.4, 31.0, 'test')"
)
WHO = uuid.uuid4()


def _put(session: Session, *seconds: float, who: uuid.UUID = WHO) -> None:
    for second in seconds:
        session.execute(_INSERT, {"at": START + timedelta(seconds=second), "who": who})


def _at(second: float) -> datetime:
    return START + timedelta(seconds=second)


@pytest.fixture
def days(session: Session) -> Session:
    keep_days(session, today=START.date(), retention_days=30)
    return session


class TestRetention:
    def test_tracks_older_than_the_retention_do_not_exist(self, days: Session) -> None:
        _put(days, 0)
        dropped = keep_days(days, today=START.date() + timedelta(days=30), retention_days=30)
        assert read(days, WHO, spans=[(_at(-10), _at(10))]).points
        assert dropped == 1, "the day before START is over its thirty days, START's own day is not"
        keep_days(days, today=START.date() + timedelta(days=31), retention_days=30)
        assert read(days, WHO, spans=[(_at(-10), _at(10))]).points == []

    def test_yesterday_today_and_tomorrow_can_be_written(self, session: Session) -> None:
        keep_days(session, today=date(2031, 5, 1), retention_days=30)
        for day in (30, 31, 32):
            at = datetime(2031, 4, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)
            session.execute(_INSERT, {"at": at, "who": WHO})

    def test_keeping_days_twice_is_harmless(self, days: Session) -> None:
        assert keep_days(days, today=START.date(), retention_days=30) == 0


class TestReading:
    def test_a_span_holds_its_start_and_not_its_end(self, days: Session) -> None:
        _put(days, 0, 10, 20)
        points = read(days, WHO, spans=[(_at(0), _at(20))]).points
        assert [point.captured_at for point in points] == [_at(0), _at(10)]

    def test_spans_that_overlap_tell_a_fix_once(self, days: Session) -> None:
        _put(days, 20, 0, 10, 60)
        points = read(days, WHO, spans=[(_at(5), _at(30)), (_at(0), _at(15)), (_at(90), _at(80))]).points
        assert [point.captured_at for point in points] == [_at(0), _at(10), _at(20)]

    def test_another_responders_fixes_are_not_told(self, days: Session) -> None:
        _put(days, 0, who=uuid.uuid4())
        assert read(days, WHO, spans=[(_at(-1), _at(1))]).points == []

    def test_a_track_that_is_cut_says_so(self, days: Session) -> None:
        _put(days, 0, 1, 2)
        track = read(days, WHO, spans=[(_at(0), _at(1)), (_at(1), _at(9))], limit=2)
        assert (len(track.points), track.truncated) == (2, True)
        assert not read(days, WHO, spans=[(_at(0), _at(9))], limit=3).truncated

    def test_the_database_keeps_one_fix_of_an_instant(self, days: Session) -> None:
        _put(days, 0)
        with pytest.raises(IntegrityError), days.begin_nested():
            _put(days, 0)

    def test_reading_one_responder_uses_the_index(self, days: Session) -> None:
        _put(days, *range(50))
        days.execute(text("SET LOCAL enable_seqscan = off"))
        plan = days.execute(
            text("EXPLAIN SELECT * FROM tracks WHERE responder_id = :w AND captured_at >= :a AND captured_at < :b"),
            {"w": WHO, "a": _at(0), "b": _at(9)},
        ).scalars()
        assert "responder_id_captured_at_idx" in "\n".join(plan)
