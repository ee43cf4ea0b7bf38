"""Files of outlines become stations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.jurisdictions.service import AreasRefused, import_areas, station_name
from geo.areas.errors import CrsNotAllowed, GeometryTypeNotAllowed
from geo.areas.model import Area
from geo.areas.service import owner_of
from geo.crs import Position
from kit.actor import SYSTEM
from kit.ids import new_id
from kit.migrate import CHECKOUT
from kit.tenancy import Organization, Station
from tests.geo.test_areas import polygon, square
from tests.support.people import START

TOWNS = Path(CHECKOUT).parent / "shared" / "data" / "shanghai-towns.wgs84.json"


def feature(name: str | None, geometry: Any) -> dict[str, Any]:
    properties = {"name": name, "id": new_id().hex} if name else {}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def take(session: Session, file: Any, district: str = "试验分局") -> Any:
    return import_areas(session, file, district_name=district, actor=SYSTEM, at=START)


@pytest.mark.parametrize(
    ("area", "station"),
    [("大宁路街道", "大宁路派出所"), ("张江镇", "张江派出所"), ("吴泾派出所", "吴泾派出所"), ("小镇", "小镇派出所")],
)
def test_a_station_is_named_after_its_area(area: str, station: str) -> None:
    assert station_name(area) == station


def test_each_area_becomes_a_station_with_its_jurisdiction_and_its_police(session: Session) -> None:
    done = take(session, collection(feature("甲甲镇", polygon(square())), attribution="© 某", license="ODbL-1.0"))
    (station,) = done.founded
    assert station.name == "甲甲派出所"
    area = session.execute(select(Area).where(Area.station_id == station.id)).scalar_one()
    assert (area.kind, area.name, area.attribution) == ("jurisdiction", "甲甲镇", "© 某，ODbL-1.0")
    kinds = session.execute(select(Organization.kind).where(Organization.station_id == station.id)).scalars().all()
    assert kinds == ["police"]


def test_importing_again_changes_only_what_differs(session: Session) -> None:
    first = collection(feature("乙乙镇", polygon(square())), feature("丙丙镇", polygon(square(LON_2))))
    take(session, first)
    again = take(session, first)
    assert (again.founded, dict(again.areas)) == ([], {"unchanged": 2})
    first["features"][1]["geometry"] = polygon(square(LON_2, size=0.02))
    assert dict(take(session, first).areas) == {"unchanged": 1, "changed": 1}


def test_every_faulty_feature_is_named_and_nothing_is_imported(session: Session) -> None:
    bow_tie = polygon([[121.0, 31.0], [121.2, 31.2], [121.2, 31.0], [121.0, 31.2], [121.0, 31.0]])
    stations = select(func.count()).select_from(Station)
    before = session.execute(stations).scalar_one()
    with pytest.raises(AreasRefused) as caught:
        take(
            session,
            collection(
                feature("好镇", polygon(square())),
                feature("坏镇", bow_tie),
                feature(None, polygon(square())),
                feature("点镇", {"type": "Point", "coordinates": [121, 31]}),
                feature("好镇", polygon(square())),
            ),
        )
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [
        ("/features/1", "polygon-invalid"),
        ("/features/2", "outline-refused"),
        ("/features/3", "geometry-type-not-allowed"),
        ("/features/4", "name-taken"),
    ]
    assert caught.value.faults[0].message.startswith("第 2 个区域“坏镇”：边界自相交")
    assert session.execute(stations).scalar_one() == before


def test_a_station_of_another_district_is_not_taken_over(session: Session) -> None:
    file = collection(feature("丁丁镇", polygon(square())))
    take(session, file, "东分局")
    with pytest.raises(AreasRefused) as caught:
        take(session, file, "西分局")
    assert caught.value.faults[0].code == "name-taken"


def test_what_is_no_collection_is_refused(session: Session) -> None:
    with pytest.raises(GeometryTypeNotAllowed):
        take(session, feature("戊戊镇", polygon(square())))
    with pytest.raises(CrsNotAllowed):
        take(session, collection(feature("戊戊镇", polygon(square())), crs={"type": "name"}))


@pytest.mark.skipif(not TOWNS.exists(), reason="the public outlines of Shanghai's towns are not beside the checkout")
def test_the_towns_of_shanghai_become_stations_that_own_their_label_points(session: Session) -> None:
    file = json.loads(TOWNS.read_text())
    done = take(session, file, "上海试验分局")
    assert dict(done.areas) == {"added": len(file["features"])}
    by_name = {station.name: station.id for station in done.founded}
    assert len(by_name) == len(file["features"])
    for one in file["features"]:
        owner = owner_of(session, Position(*one["properties"]["labelPoint"]))
        assert owner is not None
        assert owner.station_id == by_name[station_name(one["properties"]["referenceAdminName"])]


LON_2 = 121.6
