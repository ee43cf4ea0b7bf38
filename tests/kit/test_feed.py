"""The log of the live screens: numbers without gaps, nothing without its commit."""

import threading
import uuid
from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kit import feed
from kit.feed import FeedEvent, Projection

STATION = "station:0001"


def _everywhere(_: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    for id_ in ids:
        yield Projection(audience=STATION, entity="probe", entity_id=id_, value={"id": str(id_)})
        yield Projection(audience="account:0001", entity="probe", entity_id=id_, value=None)


@pytest.fixture(autouse=True)
def projector() -> Iterator[None]:
    feed.register("probe", _everywhere)
    yield
    feed._projectors.pop("probe")


def numbers(session: Session, audience: str = STATION) -> list[int]:
    return list(session.scalars(select(FeedEvent.seq).where(FeedEvent.audience == audience).order_by(FeedEvent.seq)))


def test_a_change_reaches_every_audience_that_sees_it(session: Session) -> None:
    feed.changed(session, "probe", uuid.uuid4())
    session.commit()
    assert numbers(session) == [1]
    assert numbers(session, "account:0001") == [1]


def test_an_entity_changed_twice_in_one_transaction_is_told_once(session: Session) -> None:
    probe = uuid.uuid4()
    feed.changed(session, "probe", probe)
    feed.changed(session, "probe", probe)
    session.commit()
    assert numbers(session) == [1]


def test_what_is_rolled_back_leaves_no_event_and_no_gap(session: Session) -> None:
    feed.changed(session, "probe", uuid.uuid4())
    session.rollback()
    feed.changed(session, "probe", uuid.uuid4())
    session.commit()
    assert numbers(session) == [1]


def test_an_entity_without_a_projector_is_a_mistake_of_the_programmer(session: Session) -> None:
    with pytest.raises(LookupError):
        feed.changed(session, "nobody", uuid.uuid4())


def test_numbers_have_no_gap_when_many_write_at_once(committed_database: Engine) -> None:
    def write(count: int) -> None:
        for turn in range(count):
            with Session(committed_database) as session:
                feed.changed(session, "probe", uuid.uuid4())
                if turn % 5 == 4:
                    session.rollback()
                else:
                    session.commit()

    writers = [threading.Thread(target=write, args=(20,)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with Session(committed_database) as session:
        assert numbers(session) == list(range(1, 8 * 16 + 1))


def test_what_changed_before_a_savepoint_is_told_when_only_that_is_undone(session: Session) -> None:
    feed.changed(session, "probe", uuid.uuid4())
    session.begin_nested().rollback()
    session.commit()
    assert numbers(session) == [1]
