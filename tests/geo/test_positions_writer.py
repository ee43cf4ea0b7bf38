"""The writer on real PostGIS, with its own commits."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from geo.positions.fix import Fix, Kind, Outcome
from geo.positions.pipeline import fold
from geo.positions.writer import PositionWriter, promise
from geo.responders import projection
from geo.responders.model import Responder
from kit.errors import Unavailable
from kit.feed import FeedEvent
from tests.geo.fixes import fix, tracks
from tests.support.duty import make_duty
from tests.support.people import START, make_responder, make_station

_NOTHING_LEFT: dict[str, Any] = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@pytest.fixture
def writer(engine: Engine) -> Iterator[PositionWriter]:
    writer = PositionWriter(engine, flush_s=0.01)
    writer.start()
    yield writer
    writer.stop()


def _guard(engine: Engine, **duty: Any) -> Responder:
    with Session(engine, expire_on_commit=False) as session:
        responder = make_responder(session, "guard", make_station(session))
        make_duty(session, responder, start=duty.pop("start", START), **duty)
        session.commit()
    return responder


def _shown(engine: Engine, responder_id: uuid.UUID) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT captured_at, ST_X(position::geometry) AS lon, accuracy_m FROM responder_index"
                " WHERE responder_id = :id"
            ),
            {"id": responder_id},
        ).one()


def _track(engine: Engine, responder_id: uuid.UUID) -> list[Any]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT captured_at, lon, accuracy_m, suspect FROM tracks WHERE responder_id = :id ORDER BY 1"),
            {"id": responder_id},
        )
        return [tuple(row) for row in rows]


def _suspect(engine: Engine, who: Responder) -> bool:
    with Session(engine) as session:
        (shown,) = projection.project(session, [who.id])
    assert shown.value is not None
    return bool(shown.value["position_suspect"])


def _events(engine: Engine, who: Responder) -> list[dict[str, Any]]:
    with Session(engine) as session:
        query = select(FeedEvent.value).where(FeedEvent.entity_id == who.id).order_by(FeedEvent.seq)
        return [value for value in session.scalars(query) if value is not None]


def _written(writer: PositionWriter, fixes: Sequence[Fix]) -> list[Outcome]:
    """What became of each, once that is committed."""
    answer, then = promise()
    writer.submit(fixes, then)
    return answer.result(timeout=40)


def _kinds(writer: PositionWriter, fixes: list[Fix]) -> list[str]:
    return [str(outcome.kind) for outcome in _written(writer, fixes)]


class TestWriting:
    def test_a_fix_becomes_the_last_position_and_a_row_of_the_track(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine)
        one = fix(5, 30, who=who.id)
        assert _kinds(writer, [one]) == ["stored"]
        assert _shown(engine, who.id) == (one.captured_at, one.position.lon, 10.0)
        assert _track(engine, who.id) == [(one.captured_at, one.position.lon, 10.0, False)]

    def test_an_older_fix_joins_the_track_and_leaves_the_last_position(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine)
        _kinds(writer, [fix(60, 40, who=who.id)])
        assert _kinds(writer, [fix(30, 20, who=who.id)]) == ["stored"]
        assert _shown(engine, who.id).captured_at == fix(60).captured_at
        assert len(_track(engine, who.id)) == 2

    def test_a_fix_sent_again_is_a_duplicate_and_no_second_row(self, engine: Engine, writer: PositionWriter) -> None:
        who = _guard(engine)
        sent = [fix(0, who=who.id), fix(10, 5, who=who.id), fix(10, 5, who=who.id)]
        assert _kinds(writer, sent) == ["stored", "stored", "duplicate"]
        assert _kinds(writer, sent) == ["duplicate"] * 3
        assert len(_track(engine, who.id)) == 2

    def test_a_coarse_fix_sent_again_is_a_duplicate_too(self, engine: Engine, writer: PositionWriter) -> None:
        who = _guard(engine)
        coarse = fix(0, who=who.id, accuracy_m=4000)
        assert _kinds(writer, [coarse]) + _kinds(writer, [coarse]) == ["stored", "duplicate"]
        assert _shown(engine, who.id).captured_at is None

    def test_a_jump_is_told_and_not_shown(self, engine: Engine, writer: PositionWriter) -> None:
        who = _guard(engine)
        assert _kinds(writer, [fix(0, who=who.id), fix(5, 300_000, who=who.id)]) == ["stored", "suspect"]
        assert _shown(engine, who.id).captured_at == fix(0).captured_at

    def test_after_three_jumps_in_a_row_the_command_room_is_told_until_a_good_fix(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine)
        told: list[bool] = []
        for second, metre in ((0, 0), (1, 300_000), (2, 300_000), (3, 300_000), (4, 300_000), (5, 2)):
            _kinds(writer, [fix(second, metre, who=who.id)])
            told.append(_suspect(engine, who))
        assert told == [False, False, False, True, True, False]
        assert [value["position_suspect"] for value in _events(engine, who)] == [True, False]

    def test_jumps_that_come_late_count_as_if_they_had_come_in_order(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine)
        _kinds(writer, [fix(0, who=who.id), fix(3, 300_000, who=who.id)])
        _kinds(writer, [fix(1, 300_000, who=who.id)])
        assert not _suspect(engine, who)
        _kinds(writer, [fix(2, 300_000, who=who.id)])
        assert _suspect(engine, who)

    def test_a_late_fix_takes_a_jump_off_the_map(self, engine: Engine, writer: PositionWriter) -> None:
        who = _guard(engine)
        _kinds(writer, [fix(5, 300_000, who=who.id)])
        _kinds(writer, [fix(0, who=who.id)])
        assert _shown(engine, who.id).captured_at == fix(0).captured_at
        assert [row[3] for row in _track(engine, who.id)] == [False, True]

    def test_a_safe_house_is_not_moved_by_a_fix(self, engine: Engine, writer: PositionWriter) -> None:
        with Session(engine, expire_on_commit=False) as session:
            house = make_responder(session, "safe_house", make_station(session), lon=121.4)
            make_duty(session, house, start=START)
            session.commit()
        (outcome,) = _written(writer, [fix(0, who=house.id)])
        assert (outcome.kind, outcome.code) == (Kind.REFUSED, "not-located")
        assert _shown(engine, house.id).lon == 121.4

    def test_a_fix_of_nobody_is_refused(self, writer: PositionWriter) -> None:
        assert _kinds(writer, [fix(0, who=uuid.uuid4())]) == ["refused"]

    @settings(max_examples=40, **_NOTHING_LEFT)
    @given(sent=tracks, cuts=st.lists(st.integers(0, 14), max_size=3), random=st.randoms(use_true_random=False))
    def test_any_order_batching_and_repetition_end_in_the_same_rows(
        self, engine: Engine, writer: PositionWriter, sent: list[Fix], cuts: list[int], random: Any
    ) -> None:
        who = _guard(engine)
        mine = [fix_of(one, who.id) for one in sent]
        shuffled = [*mine, *mine[::3]]
        random.shuffle(shuffled)
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(shuffled)], strict=True):
            _written(writer, shuffled[start:end])
        wanted = fold(mine)
        assert _track(engine, who.id) == [
            (row.fix.captured_at, row.fix.position.lon, row.fix.accuracy_m, row.suspect) for row in wanted.track
        ]
        shown = _shown(engine, who.id)
        if wanted.last is None:
            assert shown.captured_at is None
        else:
            assert tuple(shown) == (wanted.last.captured_at, wanted.last.position.lon, wanted.last.accuracy_m)


class TestDuty:
    def test_a_fix_captured_off_duty_leaves_no_trace(self, engine: Engine, writer: PositionWriter) -> None:
        who = _guard(engine, start=START, end=START + timedelta(seconds=60))
        sent = [fix(-1, who=who.id), fix(30, who=who.id), fix(60, who=who.id), fix(90, who=who.id)]
        assert _kinds(writer, sent) == ["refused", "stored", "refused", "refused"]
        assert [row[0] for row in _track(engine, who.id)] == [fix(30).captured_at]

    def test_a_buffered_fix_of_a_past_duty_joins_the_track_and_is_not_shown(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine, start=START, end=START + timedelta(seconds=60))
        with Session(engine) as session:
            make_duty(session, who, start=START + timedelta(seconds=120))
            session.commit()
        assert _kinds(writer, [fix(30, who=who.id)]) == ["stored"]
        assert _shown(engine, who.id).captured_at is None
        _kinds(writer, [fix(130, who=who.id)])
        assert _shown(engine, who.id).captured_at == fix(130).captured_at

    def test_what_was_written_after_the_end_is_forgotten_when_the_end_becomes_known(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine)
        _kinds(writer, [fix(10, who=who.id), fix(20, who=who.id)])
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE duties SET ended_at = :at, ended_how = 'station' WHERE responder_id = :id"),
                {"at": START + timedelta(seconds=15), "id": who.id},
            )
        assert [row[0] for row in _track(engine, who.id)] == [fix(10).captured_at]
        assert _shown(engine, who.id).captured_at is None

    @settings(max_examples=25, **_NOTHING_LEFT)
    @given(
        cuts=st.lists(st.integers(0, 600), min_size=2, max_size=8, unique=True).map(sorted),
        seconds=st.lists(st.integers(-10, 610), min_size=1, max_size=20),
    )
    def test_nothing_is_ever_stored_outside_a_duty(
        self, engine: Engine, writer: PositionWriter, cuts: list[int], seconds: list[int]
    ) -> None:
        at = [START + timedelta(seconds=cut) for cut in cuts]
        with Session(engine, expire_on_commit=False) as session:
            who = make_responder(session, "guard", make_station(session), on_duty=False)
            pairs = list(zip(at[::2], at[1::2], strict=False))
            for start, end in pairs:
                make_duty(session, who, start=start, end=end)
            session.commit()
        _written(writer, [fix(second, who=who.id) for second in seconds])
        inside = {fix(s).captured_at for s in seconds if any(a <= fix(s).captured_at < b for a, b in pairs)}
        assert {row[0] for row in _track(engine, who.id)} == inside
        assert _shown(engine, who.id).captured_at is None


class TestStanding:
    def test_a_row_held_by_a_dispatcher_is_written_once_it_is_free(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        held, free = _guard(engine), _guard(engine)
        with engine.connect() as dispatcher, dispatcher.begin():
            dispatcher.execute(
                text("SELECT 1 FROM responder_index WHERE responder_id = :id FOR UPDATE"), {"id": held.id}
            )
            waiting, then = promise()
            writer.submit([fix(0, who=held.id)], then)
            # whoever is free does not wait for the one who is not
            assert _kinds(writer, [fix(0, who=free.id)]) == ["stored"]
            assert not waiting.done()
        assert waiting.result(timeout=40)[0].kind is Kind.STORED

    def test_a_flush_that_fails_once_loses_nothing(
        self, engine: Engine, writer: PositionWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        who = _guard(engine)
        real, calls = writer._flush, []

        def failing_once(fixes: Any, **kwargs: Any) -> Any:
            calls.append(len(fixes))
            if len(calls) == 1:
                raise ConnectionError
            return real(fixes, **kwargs)

        monkeypatch.setattr(writer, "_flush", failing_once)
        assert _kinds(writer, [fix(0, who=who.id)]) == ["stored"]
        assert calls == [1, 1]

    def test_an_index_row_made_anew_in_the_middle_of_a_duty_loses_nothing(
        self, engine: Engine, writer: PositionWriter
    ) -> None:
        who = _guard(engine)
        _kinds(writer, [fix(0, who=who.id), fix(10, 5, who=who.id)])
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE responder_index SET position = NULL, captured_at = NULL, received_at = NULL,"
                    " seen_at = NULL WHERE responder_id = :id"
                ),
                {"id": who.id},
            )
        assert _kinds(writer, [fix(10, 5, who=who.id), fix(20, 9, who=who.id)]) == ["duplicate", "stored"]
        assert _shown(engine, who.id).captured_at == fix(20).captured_at

    def test_a_flush_that_fails_twice_says_so_without_a_position(
        self, writer: PositionWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[Any] = []
        monkeypatch.setattr("geo.positions.writer.log.error", lambda *a, **k: said.append((a, k)), raising=False)
        monkeypatch.setattr("geo.positions.writer.log.warning", lambda *a, **k: said.append((a, k)), raising=False)

        def failing(fixes: Any, **kwargs: Any) -> Any:
            raise ConnectionError("121.4633 canary")

        monkeypatch.setattr(writer, "_flush", failing)
        with pytest.raises(Unavailable):
            _written(writer, [fix(0)])
        assert said
        assert "121.4" not in repr(said)

    def test_a_fix_that_the_database_cannot_take_is_refused_alone(self, engine: Engine, writer: PositionWriter) -> None:
        guards = [_guard(engine) for _ in range(5)]
        sent = [fix(0, who=g.id) for g in guards]
        # larger than a real can hold: no door lets it in, but a new one might
        sent[2] = fix(0, who=guards[2].id, accuracy_m=1e300)
        assert _kinds(writer, sent) == ["stored", "stored", "refused", "stored", "stored"]

    def test_two_writers_at_once_deadlock_never(self, engine: Engine) -> None:
        guards = [_guard(engine) for _ in range(30)]
        writers = [PositionWriter(engine, flush_s=0.0, max_rows=40) for _ in range(2)]
        for one in writers:
            one.start()

        def send(writer: PositionWriter, turn: int) -> None:
            for second in range(turn, 40, 2):
                order = guards if turn else guards[::-1]
                _written(writer, [fix(second, who=g.id) for g in order])

        threads = [threading.Thread(target=send, args=(one, turn)) for turn, one in enumerate(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        for one in writers:
            one.stop()
        for g in guards:
            assert len(_track(engine, g.id)) == 40
            assert _shown(engine, g.id).captured_at == fix(39).captured_at

    def test_what_waits_is_written_when_the_writer_stops(self, engine: Engine) -> None:
        who = _guard(engine)
        writer = PositionWriter(engine, flush_s=30)
        writer.start()
        answer, then = promise()
        writer.submit([fix(0, who=who.id)], then)
        writer.stop()
        assert answer.result(timeout=40)[0].kind is Kind.STORED


def fix_of(one: Fix, who: uuid.UUID) -> Fix:
    from dataclasses import replace

    return replace(one, responder_id=who)
