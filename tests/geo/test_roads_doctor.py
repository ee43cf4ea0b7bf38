"""The doctor and the file of the roads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cli.finding import State
from cli.finding_roads import road_file
from geo.roads.network import path_of
from geo.roads.service import import_roads
from geo.roads.store import roads_folder
from kit.actor import SYSTEM
from kit.settings import get_settings
from tests.geo.streets import grid
from tests.support.database import Clone
from tests.support.people import START


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, committed_clone: Clone) -> Iterator[Path]:
    """An installation on this test's own database, with a data folder of its own."""
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path))
    monkeypatch.setenv("PINGAN_DATABASE_URL", committed_clone.app_url)
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def test_the_file_of_the_roads_is_missed_after_a_restore_and_found_after_the_import(
    home: Path, committed_database: Engine
) -> None:
    assert road_file().state is State.NOTE
    town = grid(3)
    folder = roads_folder()
    assert folder == home / "roads"

    def take() -> str:
        with Session(committed_database) as session:
            done = import_roads(
                session, roads=town.roads(), network=town.network(), folder=folder, source="town.osm",
                actor=SYSTEM, at=START,
            )  # fmt: skip
            session.commit()
            return done.digest

    file = path_of(folder, take())
    assert road_file().state is State.OK
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    assert road_file().state is State.BROKEN
    file.unlink()
    missing = road_file()
    assert missing.state is State.BROKEN
    assert "town.osm" in missing.mend
    take()
    assert (road_file().state, file.read_bytes()) == (State.OK, whole)
