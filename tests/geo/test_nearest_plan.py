"""nearest() reads its partial indexes: the plans over twenty thousand responders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.nearest import EVERYWHERE_M, KINDS, nearest, two_looks
from kit.database import make_engine
from kit.prepared import Prepared
from kit.tenancy import Station
from tests.support.people import LAT, LON, START, make_organization, make_station

PEOPLE = 20_000
#: 94 of 100 are guards; one in 500 has an AED; one in five is engaged or off duty
_RESPONDERS = text(
    """
    INSERT INTO responders (id, kind, district_id, station_id, organization_id, name, mobility, crew, opening_hours,
                            created_at)
    SELECT id, kind, :district, :station, :organization, id::text, CASE kind WHEN 'patrol_unit' THEN 'car' END,
           CASE kind WHEN 'patrol_unit' THEN 2 END, CASE kind WHEN 'safe_house' THEN '{}'::jsonb END, :at
    FROM (SELECT gen_random_uuid() AS id, CASE n % 100 WHEN 0 THEN 'patrol_unit' WHEN 1 THEN 'patrol_unit'
              WHEN 2 THEN 'safe_house' WHEN 3 THEN 'safe_house' WHEN 4 THEN 'safe_house' WHEN 5 THEN 'safe_house'
              ELSE 'guard' END AS kind
          FROM generate_series(1, :people) AS n) AS made
    """
)
_INDEX = text(
    """
    INSERT INTO responder_index (responder_id, kind, district_id, station_id, organization_id, skills, on_duty, engaged,
                                 fixed, position, captured_at, received_at)
    SELECT id, kind, district_id, station_id, organization_id,
           CASE WHEN n % 500 = 0 THEN '{aed}' WHEN n % 3 = 0 THEN '{first_aid}' ELSE '{}' END::text[],
           n % 10 <> 0, n % 10 = 1, kind = 'safe_house',
           ST_Point(:lon + sin(n * 1.7) * 0.2, :lat + cos(n * 2.3) * 0.15, 4326)::geography, :at, :at
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM responders WHERE station_id = :station)
         AS numbered
    """
)


@pytest.fixture(scope="module")
def city(owner_database_url: str) -> Iterator[tuple[Session, Station]]:
    """As the owner, who may ANALYZE; rolled back in the end."""
    engine = make_engine(owner_database_url, application="pingan-test-plan")
    with engine.connect() as connection, Session(connection) as session:
        station = make_station(session)
        organization = make_organization(session, station)
        values = {"district": station.district_id, "station": station.id, "organization": organization.id, "at": START}
        session.execute(_RESPONDERS, {**values, "people": PEOPLE})
        session.execute(_INDEX, {"lon": LON, "lat": LAT, "at": START, "station": station.id})
        session.execute(text("ANALYZE responder_index"))
        yield session, station
        session.rollback()
    engine.dispose()


def _plan(session: Session, mode: str, **question: Any) -> list[dict[str, Any]]:
    """The nodes of the plan of the very statement that nearest() sends; ``mode``: for these values, or for any."""
    asked: list[tuple[Prepared, dict[str, Any]]] = []
    fetch_all = Prepared.fetch_all

    def listen(self: Prepared, session: Session, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        asked.append((self, values))
        return fetch_all(self, session, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prepared, "fetch_all", listen)
        nearest(session, Position(LON, LAT), **question)
    # a second look follows where people stand too evenly: the first is meant
    (statement, values), *_ = asked
    return _explain(session, mode, statement, values)


def _explain(session: Session, mode: str, statement: Prepared, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = session.connection().connection.cursor()
    cursor.execute(f"SET LOCAL plan_cache_mode = force_{mode}_plan")
    cursor.execute("EXPLAIN (FORMAT JSON) " + statement.execute, statement.order(values))
    (found,) = cursor.fetchone()  # type: ignore[misc]
    nodes: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> None:
        nodes.append(node)
        for child in node.get("Plans", ()):
            walk(child)

    walk((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
    return nodes


def _indexes(nodes: list[dict[str, Any]]) -> list[str]:
    assert not [n for n in nodes if n["Node Type"] == "Seq Scan"]
    return [node["Index Name"] for node in nodes if "Index Name" in node]


@pytest.mark.parametrize(
    ("kind", "index"),
    [("guard", "gx_free_guards"), ("safe_house", "gx_free_safe_houses"), ("patrol_unit", "gx_free_patrol_units")],
)
@pytest.mark.parametrize("radius_m", [3_000.0, 40_000.0, None])
@pytest.mark.parametrize("with_station", [True, False])
@pytest.mark.parametrize("mode", ["custom", "generic"])
def test_each_kind_has_its_partial_index_and_it_is_read_in_order_of_distance(
    city: tuple[Session, Station], kind: str, index: str, radius_m: float | None, with_station: bool, mode: str
) -> None:
    session, station = city
    nodes = _plan(
        session,
        mode,
        kind=kind,
        k=10,
        radius_m=radius_m,
        station_ids=[station.id] if with_station else None,
        fresh_since=START,
    )
    assert _indexes(nodes) == [index]
    # from near to far, and no farther than it takes: nobody sorts a whole city
    assert [node["Node Type"] for node in nodes] == ["Limit", "Index Scan"]
    assert "Order By" in nodes[1]


@pytest.mark.parametrize("radius_m", [3_000.0, EVERYWHERE_M])
@pytest.mark.parametrize("mode", ["custom", "generic"])
def test_the_second_look_reads_the_same_index_for_the_radius_and_within_it(
    city: tuple[Session, Station], radius_m: float, mode: str
) -> None:
    session, _ = city
    statement = two_looks(KINDS["guard"], 10, True)
    values = {"point": Position(LON, LAT).ewkt, "outlook": Position(LON, LAT).ewkt, "radius_m": radius_m}
    assert len(statement.fetch_all(session, values)) == 10
    nodes = _explain(session, mode, statement, values)
    assert _indexes(nodes) == ["gx_free_guards", "gx_free_guards"]
    assert [node for node in nodes if node["Node Type"] == "Index Scan" and "Order By" in node]


@pytest.mark.parametrize("kind", ["guard", "safe_house"])
def test_who_has_an_aed_is_read_from_an_index_of_the_few(city: tuple[Session, Station], kind: str) -> None:
    session, station = city
    question = {"kind": kind, "k": 5, "radius_m": 3_000.0, "station_ids": [station.id], "skills": ["aed"]}
    assert _indexes(_plan(session, "custom", **question)) == ["gx_free_aed"]
    assert _indexes(_plan(session, "generic", **question)) == ["gx_free_aed"]


def test_everybody_free_or_not_is_still_read_by_index(city: tuple[Session, Station]) -> None:
    session, station = city
    nodes = _plan(session, "custom", kind="guard", k=50, radius_m=800.0, station_ids=[station.id], only_free=False)
    assert set(_indexes(nodes)) == {"gx_free_guards", "gx_not_free"}


def test_a_scene_where_somebody_stands_has_him_first(city: tuple[Session, Station]) -> None:
    """The exact place of a stored point is where an ordered scan is nearest to a rounding error."""
    session, station = city
    rows = session.execute(
        text(
            "SELECT responder_id, ST_X(position::geometry), ST_Y(position::geometry) FROM responder_index"
            " WHERE kind = 'guard' AND on_duty AND NOT engaged ORDER BY responder_id LIMIT 300"
        )
    ).all()
    for responder_id, lon, lat in rows:
        (first,) = nearest(session, Position(lon, lat), kind="guard", k=1, station_ids=[station.id])
        assert (first.responder_id, first.distance_m) == (responder_id, 0)
