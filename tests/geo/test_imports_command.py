"""``pingan import areas`` and ``import places`` as people type them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from kit.migrate import CHECKOUT
from tests.geo.test_areas import polygon, square
from tests.geo.test_areas_import import TOWNS, collection, feature
from tests.support.database import Clone


def pingan(clone: Clone, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PINGAN_DATABASE_URL": clone.app_url}
    return subprocess.run(
        [CHECKOUT / "pingan", "import", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def ask(clone: Clone, query: str) -> Any:
    engine = create_engine(clone.app_url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(query)).scalar_one()
    finally:
        engine.dispose()


@pytest.mark.skipif(not TOWNS.exists(), reason="the public outlines of Shanghai's towns are not beside the checkout")
def test_real_towns_become_stations_and_twice_is_safe(committed_clone: Clone) -> None:
    done = pingan(committed_clone, "areas", TOWNS, "--district", "上海试验分局")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "", "progress goes to stderr"
    assert "8 added; 8 new stations in 上海试验分局" in done.stderr
    again = pingan(committed_clone, "areas", TOWNS, "--district", "上海试验分局")
    assert "8 unchanged; 0 new stations" in again.stderr
    assert ask(committed_clone, "SELECT count(*) FROM areas WHERE attribution LIKE '%OpenStreetMap%'") == 8
    assert ask(committed_clone, "SELECT name FROM stations WHERE name LIKE '张江%'") == "张江派出所"


def test_a_faulty_area_imports_nothing(committed_clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "areas.json"
    file.write_text(
        json.dumps(collection(feature("好镇", polygon(square())), feature("坏镇", polygon(square()[:-1])))),
        encoding="utf-8",
    )
    done = pingan(committed_clone, "areas", file)
    assert done.returncode == 1
    assert "第 2 个区域“坏镇”：边界没有闭合" in done.stderr
    assert "nothing was imported" in done.stderr.splitlines()[-1]
    assert ask(committed_clone, "SELECT count(*) FROM stations") == 0


def test_places_are_imported_from_a_roster(committed_clone: Clone, tmp_path: Path) -> None:
    areas, places = tmp_path / "areas.json", tmp_path / "places.csv"
    areas.write_text(json.dumps(collection(feature("好镇", polygon(square())))), encoding="utf-8")
    assert pingan(committed_clone, "areas", areas, "--dry-run").returncode == 0
    assert ask(committed_clone, "SELECT count(*) FROM stations") == 0
    assert pingan(committed_clone, "areas", areas).returncode == 0
    places.write_text("名称,地址,经度,纬度\n永德小学,永德路1号,121.46,31.04\n坏点,,0,0\n", encoding="gb18030")
    faulty = pingan(committed_clone, "places", places, "--crs", "wgs84")
    assert faulty.returncode == 1
    assert "第 3 行：坐标为 0" in faulty.stderr
    places.write_text("名称,地址,经度,纬度\n永德小学,永德路1号,121.46,31.04\n", encoding="gb18030")
    done = pingan(committed_clone, "places", places, "--crs", "wgs84", "--attribution", "本所")
    assert done.returncode == 0, done.stderr
    assert "imported 1 places, 1 of them new" in done.stderr
    assert ask(committed_clone, "SELECT words FROM places") == "永德小学\n永德路1号"
