"""An import: whole or not at all, taken up by whoever runs, and by nobody before the commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.roads import network as files
from geo.roads.errors import NetworkDamaged
from geo.roads.hours import DEFAULT_HOURS
from geo.roads.model import RoadNetwork, RoadWay
from geo.roads.service import Imported, build, import_roads
from geo.roads.store import RoadStore
from geo.roads.times import RoadTimes
from kit.actor import SYSTEM
from kit.record import RecordEntry
from tests.geo.streets import Town, at, grid
from tests.support.people import START


def take(session: Session, town: Town, folder: Path) -> Imported:
    roads = town.roads()
    return import_roads(
        session, roads=roads, network=build(roads), folder=folder, source="town.osm", actor=SYSTEM, at=START
    )


def test_ways_are_kept_as_the_map_has_them(session: Session, tmp_path: Path) -> None:
    town = grid(2).way(0, 3, highway="service", oneway="-1", access="private", name='"剑川", 路')
    done = take(session, town, tmp_path)
    assert done.changed and done.network is not None
    kept = session.execute(select(RoadWay).where(RoadWay.osm_id == 5)).scalar_one()
    assert (kept.name, kept.kind, kept.oneway, kept.private, kept.foot, kept.car) == (
        '"剑川", 路', "service", -1, True, True, True,
    )  # fmt: skip
    assert kept.car_kmh == 5.0
    line = session.execute(text("SELECT ST_AsText(line, 5) FROM road_ways WHERE osm_id = 5")).scalar_one()
    assert line == "LINESTRING(121.8 31.3,121.80105 31.3009)"
    row = session.execute(select(RoadNetwork)).scalar_one()
    assert (row.current, row.ways, row.file_digest, row.attribution) == (
        True, 5, done.digest, "© OpenStreetMap contributors",
    )  # fmt: skip
    session.commit()
    entry = session.execute(select(RecordEntry).where(RecordEntry.action == "roads.imported")).scalar_one()
    assert (entry.subject_id, entry.detail["ways"]) == (row.id, 5)


def test_a_second_import_takes_the_place_of_the_first(session: Session, tmp_path: Path) -> None:
    first, second = take(session, grid(2), tmp_path), take(session, grid(3), tmp_path)
    assert first.digest != second.digest
    current = session.execute(select(RoadNetwork).where(RoadNetwork.current)).scalars().all()
    assert [row.file_digest for row in current] == [second.digest]
    assert session.execute(text("SELECT count(*), count(DISTINCT network_id) FROM road_ways")).one() == (6, 1)


def test_the_same_roads_again_change_nothing(session: Session, tmp_path: Path) -> None:
    first = take(session, grid(2), tmp_path)
    (tmp_path / f"{first.digest}.npz").unlink()
    again = take(session, grid(2), tmp_path)
    assert (again.changed, again.digest) == (False, first.digest)
    assert session.execute(text("SELECT count(*) FROM road_networks")).scalar_one() == 1
    assert (tmp_path / f"{first.digest}.npz").exists(), "a machine without the file gets it"


def test_the_database_takes_no_second_current_network(session: Session, tmp_path: Path) -> None:
    take(session, grid(2), tmp_path)
    take(session, grid(3), tmp_path)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE road_networks SET current = true"))


def test_files_of_networks_long_replaced_are_removed(session: Session, tmp_path: Path) -> None:
    digests = [take(session, grid(n), tmp_path).digest for n in (2, 3, 4)]
    assert {path.stem for path in tmp_path.iterdir()} == set(digests[1:])


class TestRunningServer:
    """Two programs: one that imports, one that serves."""

    @pytest.fixture
    def serving(self, committed_database: Engine) -> Iterator[Session]:
        with Session(committed_database) as session:
            yield session

    @pytest.fixture
    def importing(self, committed_database: Engine) -> Iterator[Session]:
        with Session(committed_database) as session:
            yield session

    def test_takes_up_new_roads_at_their_commit(self, serving: Session, importing: Session, tmp_path: Path) -> None:
        way = RoadTimes(store=RoadStore(tmp_path))
        origins, target = [at(0, 0)], at(200, 0)

        def basis_and_metres() -> tuple[str, int]:
            (travel,) = way.estimate(serving, origins, target, ["foot"])
            serving.rollback()
            return travel.basis, round(travel.metres)

        assert basis_and_metres() == ("straight_line", 270)
        round_about = Town({1: (0, 0), 2: (0, 100), 3: (200, 100), 4: (200, 0)}).way(1, 2, 3, 4)
        take(importing, round_about, tmp_path)
        assert basis_and_metres() == ("straight_line", 270), "what is not committed counts for nobody"
        importing.commit()
        assert basis_and_metres() == ("road", 400)
        take(importing, grid(3), tmp_path)
        assert basis_and_metres() == ("road", 400)
        importing.commit()
        assert basis_and_metres() == ("road", 200)

    def test_an_import_that_is_given_up_leaves_no_trace(
        self, serving: Session, importing: Session, tmp_path: Path
    ) -> None:
        first = take(importing, grid(2), tmp_path)
        importing.commit()
        take(importing, grid(3), tmp_path)
        importing.rollback()
        store = RoadStore(tmp_path)
        found = store.find(serving)
        assert found is not None and found.graphs["walk"].nodes == 4
        assert (tmp_path / f"{first.digest}.npz").exists()
        assert serving.execute(text("SELECT count(*) FROM road_ways")).scalar_one() == 4

    def test_is_answered_from_the_former_roads_while_new_ones_are_loaded(
        self, serving: Session, importing: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take(importing, grid(2), tmp_path)
        importing.commit()
        store = RoadStore(tmp_path)
        former = store.find(serving)
        take(importing, grid(3), tmp_path)
        importing.commit()
        serving.rollback()
        begun, go_on, read = threading.Event(), threading.Event(), files.read

        def slow(folder: Path, name: str) -> files.Network:
            begun.set()
            go_on.wait(40)
            return read(folder, name)

        monkeypatch.setattr(files, "read", slow)
        loader = threading.Thread(target=lambda: store.find(importing))
        loader.start()
        assert begun.wait(40)
        assert store.find(serving) is former
        go_on.set()
        loader.join(10)
        found = store.find(serving)
        assert found is not None and found.graphs["walk"].nodes == 9


class TestDamagedFile:
    def test_is_not_used_and_the_straight_line_is(self, session: Session, tmp_path: Path) -> None:
        done = take(session, grid(3), tmp_path)
        path = tmp_path / f"{done.digest}.npz"
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        store = RoadStore(tmp_path)
        (travel,) = RoadTimes(store=store).estimate(session, [at(0, 0)], at(200, 0), ["foot"])
        assert travel.basis == "straight_line"
        path.unlink()
        assert store.find(session) is None
        path.write_bytes(content)
        assert store.find(session) is not None, "once it is there again it counts, without a restart"

    def test_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NetworkDamaged):
            files.read(tmp_path, "0" * 64)
        name = files.write(tmp_path, b"no arrays")
        with pytest.raises(NetworkDamaged):
            files.read(tmp_path, name)


def test_a_network_is_read_as_it_was_written(tmp_path: Path) -> None:
    network = grid(4).way(0, 5, highway="footway").network()
    content = files.pack(network)
    assert content == files.pack(network)
    read = files.read(tmp_path, files.write(tmp_path, content))
    assert files.pack(read) == content
    assert list(read.names) == list(network.names) and read.hours == DEFAULT_HOURS
