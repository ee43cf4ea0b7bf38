"""``pingan import roads`` as people type it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geo.roads.store import RoadStore
from kit.database import make_engine
from kit.migrate import CHECKOUT
from tests.geo.streets import grid
from tests.geo.test_imports_command import ask
from tests.support.database import Clone

REAL = CHECKOUT.parent / "shared" / "data" / "shanghai-core.osm"


def pingan(clone: Clone, home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PINGAN_DATABASE_URL": clone.app_url, "PINGAN_HOME": str(home)}
    return subprocess.run(
        [CHECKOUT / "pingan", "import", "roads", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def test_roads_are_imported_and_twice_is_safe(committed_clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "town.osm"
    file.write_text(grid(5).osm(), encoding="utf-8")
    done = pingan(committed_clone, tmp_path, file)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "", "progress goes to stderr"
    assert "read 10 ways" in done.stderr
    assert "walk: 25 crossings, 40 streets, 0.0% of them in cut-off corners" in done.stderr
    assert "imported 10 ways as" in done.stderr
    again = pingan(committed_clone, tmp_path, file)
    assert again.returncode == 0 and "nothing was changed" in again.stderr
    assert ask(committed_clone, "SELECT count(*) FROM road_networks") == 1
    engine = make_engine(committed_clone.app_url)
    with Session(engine) as session:
        network = RoadStore(tmp_path / "roads").find(session)
    engine.dispose()
    assert network is not None and network.graphs["drive"].streets == 40


def test_a_dry_run_writes_nothing(committed_clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "town.osm"
    file.write_text(grid(3).osm(), encoding="utf-8")
    done = pingan(committed_clone, tmp_path, file, "--dry-run")
    assert done.returncode == 0 and "would import 6 ways; nothing was written" in done.stderr
    assert ask(committed_clone, "SELECT count(*) FROM road_networks") == 0
    assert not (tmp_path / "roads").exists()


def test_a_faulty_file_changes_nothing(committed_clone: Clone, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.osm", tmp_path / "bad.osm"
    good.write_text(grid(3).osm(), encoding="utf-8")
    bad.write_text(grid(4).way(0, 77).osm(), encoding="utf-8")
    assert pingan(committed_clone, tmp_path, good).returncode == 0
    before = ask(committed_clone, "SELECT file_digest FROM road_networks WHERE current")
    done = pingan(committed_clone, tmp_path, bad)
    assert done.returncode == 1
    assert "道路 9：文件中没有它的 1 个节点（如 77）" in done.stderr
    assert "--clipped" in done.stderr
    assert done.stderr.splitlines()[-1] == "pingan: 1 faults in bad.osm; nothing was imported."
    assert ask(committed_clone, "SELECT file_digest FROM road_networks WHERE current") == before
    assert ask(committed_clone, "SELECT count(*) FROM road_ways") == 6


def test_a_table_of_hours_is_taken_along(committed_clone: Clone, tmp_path: Path) -> None:
    file, hours = tmp_path / "town.osm", tmp_path / "hours.csv"
    file.write_text(grid(3).osm(), encoding="utf-8")
    hours.write_text("means,day,hour,factor\ncar,workday,25,1.5\n", encoding="utf-8")
    faulty = pingan(committed_clone, tmp_path, file, "--hours", hours)
    assert faulty.returncode == 1 and "第 2 行：hour 应为 0 到 23" in faulty.stderr
    hours.write_text("means,day,hour,factor\ncar,workday,8,3.5\n", encoding="utf-8")
    assert pingan(committed_clone, tmp_path, file, "--hours", hours).returncode == 0
    engine = make_engine(committed_clone.app_url)
    with Session(engine) as session:
        network = RoadStore(tmp_path / "roads").find(session)
    engine.dispose()
    assert network is not None and network.hours["car", "workday"][8] == 3.5


@pytest.mark.skipif(not REAL.exists(), reason="the public roads of central Shanghai are not beside the checkout")
def test_real_roads_are_imported(committed_clone: Clone, tmp_path: Path) -> None:
    done = pingan(committed_clone, tmp_path, REAL)
    assert done.returncode == 0, done.stderr
    assert "read 793 ways" in done.stderr
    names = ask(committed_clone, "SELECT count(DISTINCT name) FROM road_ways")
    assert names > 100
