from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from geo.areas import repository, service
from geo.areas.errors import (
    AreaNameTaken,
    CrsNotAllowed,
    GeometryEmpty,
    GeometryTooComplex,
    GeometryTypeNotAllowed,
    JurisdictionOfDistrict,
    OutlineRefused,
    OwnerMissing,
    PolygonInvalid,
    RingNotClosed,
)
from geo.areas.outline import read_outline
from geo.crs import Position
from kit.actor import Role
from kit.errors import NotFound, StaleVersion
from kit.tenancy import Station
from tests.support.people import LAT, LON, START, make_district, make_station, staff


def square(lon: float = LON, lat: float = LAT, size: float = 0.01) -> list[list[float]]:
    """A ring whose south-west corner is the given point."""
    return [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def own(session: Session, station: Station, geometry: dict[str, Any], name: str = "辖区") -> None:
    district = staff(session, Role.DISTRICT_ADMIN, station)
    service.draw(
        session,
        grant=grant(district.actor, Permission.AREA_WRITE),
        station_id=station.id,
        kind="jurisdiction",
        name=name,
        geometry=geometry,
        attribution=None,
        at=START,
    )


class TestReadingAnOutline:
    @pytest.mark.parametrize(
        ("geometry", "refusal"),
        [
            (None, GeometryTypeNotAllowed),
            ({"type": "Point", "coordinates": [LON, LAT]}, GeometryTypeNotAllowed),
            ({"type": "GeometryCollection", "geometries": [polygon(square())]}, GeometryTypeNotAllowed),
            (polygon(square()) | {"crs": {"properties": {"name": "EPSG:3857"}}}, CrsNotAllowed),
            ({"type": "Polygon", "coordinates": []}, GeometryEmpty),
            ({"type": "Polygon"}, GeometryEmpty),
            ({"type": "Polygon", "coordinates": [[]]}, GeometryEmpty),
            ({"type": "MultiPolygon", "coordinates": [[]]}, GeometryEmpty),
            (polygon(square()[:-1]), RingNotClosed),
            (polygon([[LON, LAT], [LON + 1, LAT], [LON, LAT]]), PolygonInvalid),
            (polygon([[LON + i / 1e5, LAT] for i in range(5001)]), GeometryTooComplex),
            (polygon([[LAT, LON], *square()[1:]]), OutlineRefused),
            (polygon([[200.0, LAT], *square()[1:]]), OutlineRefused),
            (polygon([["121", LAT], *square()[1:]]), OutlineRefused),  # type: ignore[list-item]
            (polygon([[float("nan"), LAT], *square()[1:]]), OutlineRefused),
            (polygon([[True, LAT], *square()[1:]]), OutlineRefused),
        ],
    )
    def test_what_is_no_outline_is_refused_by_name(self, geometry: Any, refusal: type[OutlineRefused]) -> None:
        with pytest.raises(refusal) as caught:
            read_outline(geometry)
        assert caught.value.faults[0].pointer.startswith("/geometry")
        assert any("一" <= char <= "鿿" for char in caught.value.message)

    def test_a_polygon_becomes_a_multipolygon_without_altitudes(self) -> None:
        ring = [[*point, 4.5] for point in square(1, 1, 1)]
        assert read_outline(polygon(ring)).ewkt == (
            "SRID=4326;MULTIPOLYGON(((1.0 1.0, 2.0 1.0, 2.0 2.0, 1.0 2.0, 1.0 1.0)))"
        )


class TestValidity:
    def test_a_bow_tie_is_refused_with_its_reason_and_place(self, session: Session) -> None:
        bow_tie = [[121.0, 31.0], [121.2, 31.2], [121.2, 31.0], [121.0, 31.2], [121.0, 31.0]]
        with pytest.raises(PolygonInvalid) as caught:
            service.check_outline(session, read_outline(polygon(bow_tie)))
        assert caught.value.message == "边界自相交（121.100000, 31.100000 附近）"

    def test_a_hole_outside_its_shell_is_refused(self, session: Session) -> None:
        with pytest.raises(PolygonInvalid) as caught:
            service.check_outline(session, read_outline(polygon(square(), square(LON + 1))))
        assert caught.value.message.startswith("内环在外环之外")

    def test_a_hole_inside_is_fine(self, session: Session) -> None:
        hole = square(LON + 0.002, LAT + 0.002, 0.002)
        service.check_outline(session, read_outline(polygon(square(), hole)))


class TestOwnership:
    def test_a_point_belongs_to_the_station_whose_jurisdiction_holds_it(self, session: Session) -> None:
        west, east = make_station(session), make_station(session)
        own(session, west, polygon(square()))
        own(session, east, polygon(square(LON + 0.01)))
        assert service.owner_of(session, Position(LON + 0.005, LAT + 0.005)) == service.Ownership(west.id, False)
        assert service.owner_of(session, Position(LON + 0.015, LAT + 0.005)) == service.Ownership(east.id, False)

    def test_a_point_on_the_boundary_goes_to_the_lowest_id_and_says_that_it_is_a_tie(self, session: Session) -> None:
        stations = [make_station(session), make_station(session)]
        for station, lon in zip(stations, (LON, LON + 0.01), strict=True):
            own(session, station, polygon(square(lon)))
        lowest = min(station.id for station in stations)
        assert service.owner_of(session, Position(LON + 0.01, LAT + 0.005)) == service.Ownership(lowest, True)

    def test_a_station_draws_no_jurisdiction_for_itself(self, session: Session) -> None:
        station = make_station(session)
        own(session, station, polygon(square()))
        leader = staff(session, Role.LEADER, station)
        may = grant(leader.actor, Permission.AREA_WRITE)
        (area,) = repository.list_visible(session, may)
        change: dict[str, Any] = {"name": "大一点", "geometry": polygon(square(size=0.1)), "attribution": None}
        with pytest.raises(JurisdictionOfDistrict):
            service.redraw(session, grant=may, area_id=area.id, version=1, at=START, **change)
        with pytest.raises(JurisdictionOfDistrict):
            service.erase(session, grant=may, area_id=area.id, version=1, at=START)
        with pytest.raises(JurisdictionOfDistrict):
            service.draw(session, grant=may, station_id=None, kind="jurisdiction", at=START, **change)

    def test_two_areas_of_one_station_are_no_tie(self, session: Session) -> None:
        station = make_station(session)
        own(session, station, polygon(square()), "东")
        own(session, station, polygon(square(LON + 0.005)), "西")
        assert service.owner_of(session, Position(LON + 0.007, LAT + 0.005)) == service.Ownership(station.id, False)

    def test_a_hole_belongs_to_nobody(self, session: Session) -> None:
        own(session, make_station(session), polygon(square(), square(LON + 0.004, LAT + 0.004, 0.002)))
        assert service.owner_of(session, Position(LON + 0.005, LAT + 0.005)) is None

    def test_a_beat_owns_no_point(self, session: Session) -> None:
        leader = staff(session, Role.LEADER, make_station(session))
        service.draw(
            session,
            grant=grant(leader.actor, Permission.AREA_WRITE),
            station_id=None,
            kind="beat",
            name="一号巡区",
            geometry=polygon(square(100.0, 30.0)),
            attribution=None,
            at=START,
        )
        assert service.owner_of(session, Position(100.005, 30.005)) is None

    def test_only_stations_of_the_district_are_asked(self, session: Session) -> None:
        station, other = make_station(session), make_district(session)
        own(session, station, polygon(square(100.0, 30.0)))
        point = Position(100.005, 30.005)
        assert service.owner_of(session, point, district_id=station.district_id) is not None
        assert service.owner_of(session, point, district_id=other.id) is None

    def test_asking_uses_the_spatial_index(self, session: Session) -> None:
        station = make_station(session)
        # so many that reading all jurisdictions would take longer
        session.execute(
            text(
                "INSERT INTO areas (id, district_id, station_id, kind, name, outline)"
                " SELECT gen_random_uuid(), :district_id, :station_id, 'jurisdiction', n::text,"
                " ST_Multi(ST_MakeEnvelope(n / 100.0, 0, n / 100.0 + 0.01, 0.01, 4326)) FROM generate_series(1, 2000) n"
            ),
            {"district_id": station.district_id, "station_id": station.id},
        )
        plan = session.execute(
            text(
                "EXPLAIN SELECT station_id FROM areas WHERE kind = 'jurisdiction'"
                " AND ST_Covers(outline, ST_GeomFromEWKT('SRID=4326;POINT(121 31)'))"
            )
        ).scalars()
        assert "gx_areas_outline" in "\n".join(plan)


class TestDrawing:
    def test_a_leader_draws_for_his_own_station_only(self, session: Session) -> None:
        leader = staff(session, Role.LEADER, make_station(session))
        with pytest.raises(OwnerMissing):
            service.draw(
                session,
                grant=grant(leader.actor, Permission.AREA_WRITE),
                station_id=make_station(session).id,
                kind="beat",
                name="别所",
                geometry=polygon(square()),
                attribution=None,
                at=START,
            )

    def test_two_areas_of_one_kind_cannot_share_a_name(self, session: Session) -> None:
        station = make_station(session)
        own(session, station, polygon(square()))
        with pytest.raises(AreaNameTaken):
            own(session, station, polygon(square()))

    def test_an_edit_of_an_old_version_is_refused(self, session: Session) -> None:
        leader = staff(session, Role.LEADER, make_station(session))
        may = grant(leader.actor, Permission.AREA_WRITE)
        area = service.draw(
            session, grant=may, station_id=None, kind="beat", name="巡区", geometry=polygon(square()),
            attribution=None, at=START,
        )  # fmt: skip
        change: dict[str, Any] = {"name": "新", "geometry": polygon(square(size=0.02)), "attribution": None}
        service.redraw(session, grant=may, area_id=area.id, version=1, at=START, **change)
        with pytest.raises(StaleVersion) as caught:
            service.redraw(session, grant=may, area_id=area.id, version=1, at=START, **change)
        assert caught.value.extra == {"version": 2}
        stranger = staff(session, Role.LEADER, make_station(session))
        with pytest.raises(NotFound):
            service.erase(
                session, grant=grant(stranger.actor, Permission.AREA_WRITE), area_id=area.id, version=2, at=START
            )
