"""Tiles of the map: what is drawn is what is there, for whom it is there."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import LineString, MultiLineString, Point, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from geo.crs import Position
from geo.places import service as places
from geo.places.model import Place
from geo.posts.service import NewPost, create
from geo.roads.model import RoadWay
from geo.roads.service import import_roads
from geo.tiles import detail
from geo.tiles.address import BUFFER, EXTENT, TileAddress, TileOutOfRange
from geo.tiles.queries import Layer, draw
from kit.actor import SYSTEM, Actor, Grant, Role
from tests.geo.streets import LAT, LON, Town, at
from tests.support.mvt import Feature, read_tile
from tests.support.people import START, make_district, make_organization, make_station

WORLD = 2 * math.pi * 6_378_137.0


def mercator(lon: float, lat: float) -> tuple[float, float]:
    return lon / 360 * WORLD, math.asinh(math.tan(math.radians(lat))) / (2 * math.pi) * WORLD


def tile_at(position: Position, z: int) -> TileAddress:
    x, y = mercator(position.lon, position.lat)
    return TileAddress(z, int((x / WORLD + 0.5) * 2**z), int((0.5 - y / WORLD) * 2**z))


def bounds(tile: TileAddress) -> tuple[float, float, float, float]:
    side = WORLD / 2**tile.z
    west, north = tile.x * side - WORLD / 2, WORLD / 2 - tile.y * side
    return west, north - side, west + side, north


def on_ground(tile: TileAddress, feature: Feature) -> shapely.Geometry:
    """The feature back in metres of web mercator."""
    west, _, east, north = bounds(tile)
    unit = (east - west) / EXTENT
    paths = [[(west + x * unit, north - y * unit) for x, y in path] for path in feature.paths]
    return Point(paths[0][0]) if feature.kind == 1 else MultiLineString(paths)


def random_town(chance: random.Random) -> Town:
    nodes = {n: (chance.uniform(0, 3000), chance.uniform(0, 3000)) for n in range(1, 61)}
    town = Town(nodes)
    kinds = ("trunk", "primary", "secondary", "residential", "service", "footway")
    for number in range(40):
        named = {"name": f"第{number}路"} if number % 3 else {}
        town.way(*chance.sample(sorted(nodes), chance.choice((2, 3, 5))), highway=kinds[number % 6], **named)
    return town


@pytest.fixture
def ways(session: Session, tmp_path: Path) -> dict[int, tuple[str, LineString]]:
    """Random roads in the database; by number their class and line, in metres of web mercator."""
    town = random_town(random.Random(7))
    import_roads(
        session, roads=town.roads(), network=town.network(), folder=tmp_path, source="test", actor=SYSTEM, at=START
    )
    found = {}
    for way in session.scalars(select(RoadWay)):
        line = shapely.from_wkb(bytes(way.line.data))
        found[way.osm_id] = (way.kind, LineString([mercator(*point) for point in line.coords]))
    return found


@pytest.mark.parametrize("zoom", [10, 12, 13, 14, 15, 17])
def test_the_roads_of_a_tile_are_those_that_cross_its_square(
    session: Session, ways: dict[int, tuple[str, LineString]], zoom: int
) -> None:
    chance = random.Random(zoom)
    classes = detail.road_classes(zoom)
    drawn = 0
    for _ in range(12):
        tile = tile_at(at(chance.uniform(0, 3000), chance.uniform(0, 3000)), zoom)
        shown = {f.id: f for f in read_tile(draw(session, tile, {Layer.ROADS: system()})).get("roads", [])}
        drawn += len(shown)
        unit = WORLD / 2**zoom / EXTENT
        slack = tile.tolerance_m + 2 * unit
        inner, outer = (box(*bounds(tile)).buffer(BUFFER * unit + d, join_style="mitre") for d in (-slack, slack))
        wanted = {n: line for n, (kind, line) in ways.items() if classes is None or kind in classes}
        sure = {n for n, line in wanted.items() if line.intersection(inner).length > slack}
        possible = {n for n, line in wanted.items() if line.intersects(outer)}
        assert sure <= set(shown) <= possible
        for number, feature in shown.items():
            assert number is not None
            kind, line = ways[number]
            assert feature.properties["class"] == kind
            ground = on_ground(tile, feature)
            assert shapely.difference(ground, line.buffer(slack)).is_empty, "no line where there is no road"
            assert shapely.difference(line.intersection(inner), ground.buffer(slack)).is_empty, "none missing"
    assert drawn


def test_far_out_only_the_main_roads_are_drawn() -> None:
    for zoom in range(8, 18):
        fewer, more = detail.road_classes(zoom), detail.road_classes(zoom + 1)
        assert more is None or (fewer is not None and set(fewer) <= set(more))
    assert detail.road_classes(18) is None


def system() -> Grant:
    return grant(SYSTEM, Permission.TILE_READ)


def of_district(district_id: object) -> Grant:
    actor = Actor(role=Role.DISPATCHER, district_id=district_id)  # type: ignore[arg-type]
    return grant(actor, Permission.PLACE_READ)


def test_places_are_those_of_the_district_and_house_numbers_come_last(session: Session) -> None:
    district, other = make_district(session), make_district(session)
    chance = random.Random(3)
    for owner in (district, other):
        places.put_all(
            session,
            district_id=owner.id,
            places=[
                places.NewPlace(
                    name=f"{owner.name}{n}",
                    address="",
                    category=detail.ADDRESS if n % 2 else "shop",
                    position=at(chance.uniform(0, 900), chance.uniform(0, 900)),
                )
                for n in range(40)
            ],
            attribution=None,
            actor=SYSTEM,
            at=START,
        )
    for zoom in (12, 14, 16):
        tile = tile_at(at(450, 450), zoom)
        west, south, east, north = bounds(tile)
        shown = read_tile(draw(session, tile, {Layer.PLACES: of_district(district.id)})).get("places", [])
        margin = tile.margin_m
        wanted = set()
        for place in session.scalars(select(Place).where(Place.district_id == district.id)):
            position = Position.of(place.position)
            x, y = mercator(position.lon, position.lat)
            inside = west - margin <= x <= east + margin and south - margin <= y <= north + margin
            far = place.category == detail.ADDRESS and zoom < detail.ADDRESSES_FROM
            if inside and not far and zoom >= detail.PLACES_FROM:
                wanted.add((str(place.id), place.name, place.category))
        assert {(f.properties["id"], f.properties["name"], f.properties["kind"]) for f in shown} == wanted
        assert bool(wanted) is (zoom > 12)


def test_a_post_is_drawn_for_its_company_and_its_station_only(session: Session) -> None:
    station, stranger = make_station(session), make_station(session)
    own, rival = make_organization(session, station), make_organization(session, station)
    for company in (own, rival):
        new = NewPost(name=f"{company.name}东门", organization_id=company.id, position=Position(LON, LAT))
        create(session, grant=grant(SYSTEM, Permission.RESPONDER_WRITE), at=START, new=new)
    tile = tile_at(Position(LON, LAT), 14)

    def seen(role: Role, **ids: Any) -> set[str]:
        actor = Actor(role=role, **ids)
        content = draw(session, tile, {Layer.POSTS: grant(actor, Permission.POST_READ)})
        return {f.properties["name"] for f in read_tile(content).get("posts", [])}

    assert seen(Role.LEADER, station_id=station.id) == {f"{own.name}东门", f"{rival.name}东门"}
    assert seen(Role.COMPANY_MANAGER, station_id=station.id, organization_id=own.id) == {f"{own.name}东门"}
    assert seen(Role.LEADER, station_id=stranger.id) == set()


@pytest.mark.parametrize(("z", "x", "y"), [(7, 0, 0), (19, 0, 0), (10, 1024, 0), (10, 0, -1)])
def test_a_tile_that_there_is_not_is_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(TileOutOfRange):
        TileAddress(z, x, y)
