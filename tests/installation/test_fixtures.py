"""What the database fixtures promise to every other test."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session


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
    def test_commits_are_seen_by_other_connections(self, committed_database: Engine) -> None:
        with committed_database.connect() as one, committed_database.connect() as other:
            first = one.scalar(text("SELECT pg_backend_pid()"))
            second = other.scalar(text("SELECT pg_backend_pid()"))
        assert first != second

    def test_every_test_has_its_own(self, committed_database: Engine, engine: Engine) -> None:
        assert committed_database.url.database != engine.url.database
