from __future__ import annotations

import json

import pytest

from geo.crs import Gcj02, Position
from geo.places.errors import PlacesRefused
from geo.places.files import read_places


def refused(raw: str | bytes, **options: str) -> list[tuple[str, str]]:
    with pytest.raises(PlacesRefused) as caught:
        read_places(raw if isinstance(raw, bytes) else raw.encode(), **options)
    return [(fault.code, fault.message) for fault in caught.value.faults]


class TestCsv:
    def test_a_chinese_header_in_gb18030_is_read(self) -> None:
        raw = "名称,地址,别名,经度,纬度,坐标系\n吴泾派出所,剑川路951号,老吴泾；所里,121.46,31.04,WGS84\n".encode(
            "gb18030"
        )
        (place,) = read_places(raw)
        assert (place.name, place.address, place.aliases) == ("吴泾派出所", "剑川路951号", ("老吴泾", "所里"))
        assert (place.position, place.category) == (Position(121.46, 31.04), "other")

    def test_a_point_of_a_chinese_map_is_converted(self) -> None:
        (place,) = read_places(b"name,lon,lat,crs\nx,121.46,31.04,gcj02\n")
        assert place.position == Gcj02(121.46, 31.04).to_wgs84()

    def test_the_datum_is_never_guessed(self) -> None:
        assert refused("name,lon,lat\nx,121.46,31.04\n") == [("missing", "缺少列：坐标系")]
        assert len(read_places(b"name,lon,lat\nx,121.46,31.04\n", crs="wgs84")) == 1

    def test_every_faulty_row_is_named_with_its_reason(self) -> None:
        rows = (
            "name,lon,lat,crs,address\n"
            ",121.46,31.04,wgs84,\n"
            "好,121.46,31.04,wgs84,\n"
            "反,31.04,121.46,wgs84,\n"
            "零,0,0,wgs84,\n"
            "字,abc,31,wgs84,\n"
            "数,nan,31,wgs84,\n"
            "系,121.46,31.04,epsg,\n"
            "好,121.46,31.04,wgs84,\n"
            f"长,121.46,31.04,wgs84,{'长' * 201}\n"
        )
        assert refused(rows) == [
            ("missing", "第 2 行：缺少名称"),
            ("coordinate-swapped", "第 4 行：经度和纬度可能填反，请核对"),
            ("coordinate-implausible", "第 5 行：坐标为 0，定位可能未成功，请重新定位"),
            ("type", "第 6 行：经度、纬度须为数值"),
            ("coordinate-not-finite", "第 7 行：坐标须为有限数值"),
            ("crs-required", "第 8 行：须注明坐标系：wgs84、gcj02 或 bd09"),
            ("name-taken", "第 9 行：文件中有同名同址的地点"),
            ("too-long", "第 10 行：地址过长，不超过 200 字"),
        ]

    def test_an_empty_file_and_an_unreadable_one_are_refused(self) -> None:
        assert refused("name,lon,lat,crs\n") == [("missing", "文件中没有任何地点")]
        assert refused(b"\xff\xff\xff\x81") == [("encoding", "文件须为 UTF-8 或 GB 18030 编码")]


class TestGeoJson:
    def test_points_of_a_collection_are_wgs84(self) -> None:
        feature = {
            "type": "Feature",
            "properties": {"name": "甲", "类别": "shop", "aliases": ["乙", "丙"]},
            "geometry": {"type": "Point", "coordinates": [121.46, 31.04, 5]},
        }
        (place,) = read_places(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
        assert (place.name, place.category, place.aliases) == ("甲", "shop", ("乙", "丙"))
        assert place.position == Position(121.46, 31.04)

    def test_what_is_no_point_is_named(self) -> None:
        feature = {"type": "Feature", "properties": {"name": "面"}, "geometry": {"type": "Polygon", "coordinates": []}}
        assert refused(json.dumps({"type": "FeatureCollection", "features": [feature, 7]})) == [
            ("type", "第 1 行：经度、纬度须为数值"),
            ("missing", "第 2 行：缺少名称"),
        ]

    def test_broken_json_is_refused(self) -> None:
        assert refused("{") == [("invalid-json", "文件不是有效的 JSON")]
