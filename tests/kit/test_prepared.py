"""A statement that is planned once per connection answers as it would if it were sent anew."""

from __future__ import annotations

import uuid

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from kit.prepared import Prepared

_SUM = Prepared("SELECT :one + :other AS sum, :one AS one, '%'::text AS sign", one="int", other="int")
_AMONG = Prepared("SELECT CAST(:id AS uuid) = ANY(:ids) AS among", id="uuid", ids="uuid[]")


def test_values_go_to_the_places_of_their_names(session: Session) -> None:
    for one, other in ((1, 2), (30, 4)):
        assert _SUM.fetch_all(session, {"other": other, "one": one, "nobody_asks": "x"}) == [(one + other, one, "%")]


def test_ids_and_lists_of_them_are_what_they_are(session: Session) -> None:
    me, you = uuid.uuid4(), uuid.uuid4()
    for ids, among in (([me, you], True), ([you], False), ([], False)):
        written = "{" + ",".join(map(str, ids)) + "}"
        assert _AMONG.fetch_all(session, {"id": me, "ids": written}) == [(among,)]


def test_it_is_prepared_once_per_connection_and_survives_a_rollback(engine: Engine) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE name = :name")
    for _ in range(2):
        with engine.connect() as connection, Session(connection) as session:
            _SUM.fetch_all(session, {"one": 1, "other": 1})
            _SUM.fetch_all(session, {"one": 1, "other": 1})
            session.rollback()
            assert session.execute(prepared, {"name": _SUM.name}).scalar_one() == 1
            assert _SUM.fetch_all(session, {"one": 2, "other": 2}) == [(4, 2, "%")]
