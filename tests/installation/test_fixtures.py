"""What the database fixtures promise to every other test."""

from __future__ import annotations

import time

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.support.database import TestServer


class TestSession:
    def test_nothing_is_left_of_a_commit_inside(self, session: Session, engine: Engine) -> None:
        session.execute(text("CREATE TEMPORARY TABLE witness (n int) ON COMMIT PRESERVE ROWS"))
        session.execute(text("INSERT INTO witness VALUES (1)"))
        session.commit()
        session.execute(text("INSERT INTO witness VALUES (2)"))
        session.rollback()
        assert session.scalar(text("SELECT sum(n) FROM witness")) == 1

    def test_the_programs_role_is_used(self, session: Session) -> None:
        assert session.scalar(text("SELECT current_user")) == "pingan_app"

    def test_postgis_is_real(self, session: Session) -> None:
        metres = session.scalar(
            text("SELECT ST_Distance('POINT(121.45 31.04)'::geography, 'POINT(121.46 31.04)'::geography)")
        )
        assert 950 < metres < 960


class TestCommittedDatabase:
    def test_a_clone_takes_less_than_half_a_second(self, test_server: TestServer) -> None:
        taken_s = []
        for _ in range(3):
            before = time.perf_counter()
            with test_server.cloned():
                taken_s.append(time.perf_counter() - before)
        # the machine may be busy with other tests
        assert min(taken_s) < 0.5

    def test_commits_are_seen_by_other_connections(self, committed_database: Engine) -> None:
        with committed_database.connect() as one, committed_database.connect() as other:
            first = one.scalar(text("SELECT pg_backend_pid()"))
            second = other.scalar(text("SELECT pg_backend_pid()"))
        assert first != second

    def test_every_test_has_its_own(self, committed_database: Engine, engine: Engine) -> None:
        assert committed_database.url.database != engine.url.database
