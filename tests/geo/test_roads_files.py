"""Files of OpenStreetMap: what is read, and what is wrong with them, element by element."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.roads.errors import RoadsRefused
from geo.roads.osm import read_roads
from tests.geo.streets import Town, grid


def written(folder: Path, content: str, name: str = "roads.osm") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def faults(path: Path, *, clipped: bool = False) -> dict[str, str]:
    with pytest.raises(RoadsRefused) as refused:
        read_roads(path, clipped=clipped)
    return {fault.pointer: fault.message for fault in refused.value.faults}


def test_what_is_read_is_what_was_built(tmp_path: Path) -> None:
    town = grid(3).way(0, 4, highway="footway").tag(4, highway="traffic_signals").tag(1, barrier="bollard")
    found = read_roads(written(tmp_path, town.osm()))
    built = town.roads()
    assert [(w.osm_id, w.kind, w.name, w.rules, w.nodes, w.lons, w.lats) for w in found.ways] == [
        (w.osm_id, w.kind, w.name, w.rules, w.nodes, w.lons, w.lats) for w in built.ways
    ]
    assert found.nodes == built.nodes


def test_the_packed_form_gives_the_same(tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium")
    plain, packed = written(tmp_path, grid(4).osm()), tmp_path / "roads.osm.pbf"
    writer = osmium.SimpleWriter(str(packed))
    for element in osmium.FileProcessor(str(plain)):
        writer.add(element)
    writer.close()
    assert read_roads(packed) == read_roads(plain)


def test_what_is_no_road_is_left_out(tmp_path: Path) -> None:
    town = grid(2)
    town.ways.append(([0, 1], {"building": "yes"}))
    town.way(0, 3, highway="construction")
    assert len(read_roads(written(tmp_path, town.osm())).ways) == 4


def test_each_faulty_way_is_told_and_nothing_is_taken(tmp_path: Path) -> None:
    town = Town({1: (0, 0), 2: (50, 0), 3: (90, 0)}).way(1, 2).way(1, 99).way(2).way(1, 3)
    content = town.osm().replace('lon="121.8009453" lat="31', 'lon="121.8009453" lat="91')
    content = content.replace("</osm>", '<way id="1"><nd ref="1"/>')
    content += '<nd ref="2"/><tag k="highway" v="service"/></way></osm>'
    found = faults(written(tmp_path, content))
    assert found == {
        "/way/1": "道路 1：文件中有两条同一编号的道路",
        "/way/2": "道路 2：文件中没有它的 1 个节点（如 99）",
        "/way/3": "道路 3：节点少于两个",
        "/way/4": "道路 4：节点 3 的坐标有误",
    }


def test_a_clipped_file_ends_its_ways_where_it_ends(tmp_path: Path) -> None:
    town = Town({n: (n * 60.0, 0) for n in range(1, 6)}).way(1, 2, 98, 3, 4, 5, 99).way(5, 97)
    path = written(tmp_path, town.osm())
    assert set(faults(path)) == {"/way/1", "/way/2"}
    found = read_roads(path, clipped=True)
    assert [(way.osm_id, way.piece, way.nodes.tolist()) for way in found.ways] == [(1, 0, [1, 2]), (1, 1, [3, 4, 5])]
    assert found.cut == 2


def test_nodes_on_null_island_are_a_fault(tmp_path: Path) -> None:
    content = grid(2).osm().replace("121.8000000", "0.0000000").replace("31.3000000", "0.0000000")
    assert any("坐标有误" in message for message in faults(written(tmp_path, content)).values())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("half.osm", grid(3).osm()[:700]),
        ("empty.osm", ""),
        ("letters.osm", grid(2).osm().replace('lat="31', 'lat="north')),
        ("words.osm.pbf", "no map"),
        ("roads.txt", grid(2).osm()),
        ("other.osm", "<html></html>"),
    ],
)
def test_what_is_no_map_is_refused(tmp_path: Path, name: str, content: str) -> None:
    assert list(faults(written(tmp_path, content, name))) == ["/file"]


def test_a_map_without_roads_is_refused(tmp_path: Path) -> None:
    content = '<?xml version="1.0"?><osm version="0.6"><node id="1" lat="31" lon="121"/></osm>'
    assert faults(written(tmp_path, content)) == {"/file": "文件中没有任何可以通行的道路"}


def test_forbidden_turns_are_counted_not_hidden(tmp_path: Path) -> None:
    relation = '<relation id="1"><tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>'
    content = grid(2).osm().replace("</osm>", relation + "</osm>")
    assert read_roads(written(tmp_path, content)).restrictions == 1
