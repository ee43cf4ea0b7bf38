"""Do we and pgRouting rank the same people first? On a real extract of OpenStreetMap.

pgRouting is given its own network: every segment between two points of the ways in PostGIS, cut by PostGIS, joined
where coordinates are equal; it snaps by PostGIS's own nearest-segment search, within what pgRouting itself finds to be
the largest part whose corners all reach each other. The rules of the road
(speeds, one-ways, seconds at lights and crossings) are the same, nothing else is. Incidents and responders are drawn
at random within the extract. Compared twice: without the seconds at corners, where both must agree to the second, and
with them; pgRouting spreads a corner's seconds over the last segment where we take them at the corner, so parts of
them differ. Told per means: Spearman's rank correlation of the seconds (median and worst incident),
how often both name the same first one, and the same for the straight line against pgRouting.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from psycopg2.extras import execute_values
from scipy.stats import spearmanr
from sqlalchemy.orm import Session

from benches.ground import private_cluster
from benches.pgrouting import Peer, find_peer
from benches.report import table
from geo.crs import Position
from geo.roads.network import Network
from geo.roads.osm import DEGREE, Roads, read_roads
from geo.roads.service import build, import_roads
from geo.roads.speeds import GATE_S, JUNCTION_S, SIGNAL_S, WALK_MPS, YARD_MPS
from geo.roads.times import times_to
from geo.travel import StraightLine
from kit.actor import SYSTEM
from kit.clock import SystemClock
from kit.database import make_engine

_SEGMENTS = """
DROP TABLE IF EXISTS peer_segments, peer_corners, peer_points;
CREATE TABLE peer_segments AS
    SELECT row_number() OVER () AS id, (d.s).geom AS line, oneway, car_kmh,
           ST_AsText(ST_StartPoint((d.s).geom)) AS a, ST_AsText(ST_EndPoint((d.s).geom)) AS b
    FROM road_ways, LATERAL (SELECT ST_DumpSegments(line) AS s) AS d WHERE {which};
CREATE TABLE peer_corners AS
    SELECT row_number() OVER () AS id, place,
           greatest(max(delay_s), CASE WHEN count(*) >= 3 THEN {junction} END, 0) AS s
    FROM (SELECT a AS place FROM peer_segments UNION ALL SELECT b FROM peer_segments) AS ends
    LEFT JOIN peer_delays USING (place) GROUP BY place;
ALTER TABLE peer_segments ADD source bigint, ADD target bigint, ADD cost float8, ADD reverse_cost float8;
UPDATE peer_segments p SET source = u.id, target = v.id,
    cost = CASE WHEN {forward} THEN ST_Length(line::geography) / {mps} + v.s ELSE -1 END,
    reverse_cost = CASE WHEN {backward} THEN ST_Length(line::geography) / {mps} + u.s ELSE -1 END
    FROM peer_corners u, peer_corners v WHERE u.place = p.a AND v.place = p.b;
ALTER TABLE peer_segments ADD main boolean;
WITH parts AS (
    SELECT node, component FROM
    pgr_strongComponents('SELECT id, source, target, cost, reverse_cost FROM peer_segments')
), largest AS (SELECT component FROM parts GROUP BY component ORDER BY count(*) DESC LIMIT 1)
UPDATE peer_segments SET main = (
    source IN (SELECT node FROM parts NATURAL JOIN largest) AND target IN (SELECT node FROM parts NATURAL JOIN largest)
);
CREATE INDEX ON peer_segments USING gist (line);
CREATE TABLE peer_points (pid bigint, edge_id bigint, fraction float8, gap_m float8);
"""
_SNAP = """
INSERT INTO peer_points
SELECT w.pid, n.id, least(greatest(ST_LineLocatePoint(ST_Transform(n.line, u.srid), ST_Transform(q.p, u.srid)),
                                      0.000001), 0.999999), n.gap_m
FROM (VALUES %s) AS w (pid, lon, lat), LATERAL (SELECT ST_SetSRID(ST_MakePoint(w.lon, w.lat), 4326) AS p) AS q (p),
-- the UTM zone of the northern half, true to angles: in degrees the nearest point of a line is another one
LATERAL (SELECT 32601 + floor((w.lon + 180) / 6)::integer AS srid) AS u,
LATERAL (
    SELECT id, line, ST_Distance(line::geography, q.p::geography) AS gap_m FROM peer_segments
    WHERE main ORDER BY line::geography <-> q.p::geography LIMIT 1
) AS n
"""
_TIMES = """
SELECT -start_pid, agg_cost FROM pgr_withPointsCost(
    'SELECT id, source, target, cost, reverse_cost FROM peer_segments',
    'SELECT pid, edge_id, fraction FROM peer_points',
    ARRAY(SELECT -pid FROM peer_points WHERE pid > 1), -1, true)
"""
_RULES = {
    "foot": {"which": "foot", "forward": "true", "backward": "true", "mps": str(WALK_MPS)},
    "car": {"which": "car", "forward": "oneway >= 0", "backward": "oneway <= 0", "mps": "(car_kmh / 3.6)"},
}


def without_delays(network: Network) -> Network:
    """The same streets, corners that cost nothing."""
    graphs = {
        name: replace(
            graph, paces={means: replace(pace, delay=np.zeros_like(pace.delay)) for means, pace in graph.paces.items()}
        )
        for name, graph in network.graphs.items()
    }
    return Network(graphs=graphs, names=network.names, hours=network.hours)


def load(peer: Peer, roads: Roads, means: str, *, delays: bool) -> None:
    """pgRouting's own network of one means."""
    places = {
        node: (x / DEGREE, y / DEGREE)
        for way in roads.ways
        for node, x, y in zip(way.nodes, way.lons, way.lats, strict=True)
        if node in roads.nodes
    }
    rows = [
        (*places[node], max(SIGNAL_S[means] * rules.signals, GATE_S[means] * rules.gate))
        for node, rules in roads.nodes.items()
        if delays and node in places
    ]
    with peer.connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS peer_delays; CREATE TABLE peer_delays (place text, delay_s float8)")
        template = "(ST_AsText(ST_MakePoint(%s, %s)), %s)"
        if rows:
            execute_values(cursor, "INSERT INTO peer_delays VALUES %s", rows, template=template)
        cursor.execute(_SEGMENTS.format(junction=JUNCTION_S[means] if delays else 0.0, **_RULES[means]))


def ask_peer(peer: Peer, means: str, people: list[Position], scene: Position) -> dict[int, float]:
    """Seconds by the number of whoever has a way."""
    rows = [(n + 1, place.lon, place.lat) for n, place in enumerate([scene, *people])]
    with peer.connection.cursor() as cursor:
        cursor.execute("TRUNCATE peer_points")
        execute_values(cursor, _SNAP, rows)
        cursor.execute("SELECT pid, gap_m FROM peer_points")
        gaps = dict(cursor.fetchall())
    times = peer.ask(_TIMES, ())
    beside = gaps[1] / YARD_MPS["foot"]
    return {pid - 2: seconds + beside + gaps[pid] / YARD_MPS[means] for pid, seconds in times.items()}


def compare(peer: Peer, network: Network, means: str, incidents: int, people_each: int) -> dict[str, Any]:
    """Rank correlations over random incidents; only people for whom both have a way by road count."""
    graph = network.graph_of(means)
    west, east = float(graph.node_x.min()) / DEGREE, float(graph.node_x.max()) / DEGREE
    south, north = float(graph.node_y.min()) / DEGREE, float(graph.node_y.max()) / DEGREE
    chance = random.Random(7)
    ranks: list[float] = []
    straight_ranks: list[float] = []
    apart: list[float] = []
    firsts = straight_firsts = pairs = without = 0

    def anywhere() -> Position:
        return Position(chance.uniform(west, east), chance.uniform(south, north))

    while len(ranks) < incidents:
        scene, people = anywhere(), [anywhere() for _ in range(people_each)]
        straight = StraightLine().estimate(None, people, scene, [means] * people_each)
        ours = times_to(network, means, people, scene, straight)
        by_road = [n for n, travel in enumerate(ours) if travel.basis == "road"]
        if len(by_road) < 10:
            continue
        theirs = ask_peer(peer, means, people, scene)
        both = [n for n in by_road if n in theirs]
        without += len(by_road) - len(both)
        if len(both) < 10:
            continue
        pairs += len(both)
        one, other = [ours[n].seconds for n in both], [theirs[n] for n in both]
        line = [straight[n].seconds for n in both]
        ranks.append(float(spearmanr(one, other).statistic))
        straight_ranks.append(float(spearmanr(line, other).statistic))
        firsts += one.index(min(one)) == other.index(min(other))
        straight_firsts += line.index(min(line)) == other.index(min(other))
        apart += [abs(a - b) for a, b in zip(one, other, strict=True)]
    return {
        "incidents": len(ranks),
        "pairs": pairs,
        "spearman_median": round(statistics.median(ranks), 4),
        "spearman_worst": round(min(ranks), 4),
        "same_first": round(firsts / len(ranks), 3),
        "apart_median_s": round(statistics.median(apart), 2),
        "within_1_s": round(sum(a <= 1 for a in apart) / len(apart), 3),
        "no_way_for_peer": without,
        "straight_spearman_median": round(statistics.median(straight_ranks), 4),
        "straight_same_first": round(straight_firsts / len(ranks), 3),
    }


def run(file: Path, incidents: int, people_each: int) -> dict[str, Any]:
    """Both engines over one file, in a cluster of this run alone."""
    with private_cluster() as info, tempfile.TemporaryDirectory(prefix="pingan-bench-") as folder:
        home = Path(folder)
        peer = find_peer(info)
        if peer is None:
            raise SystemExit("pgRouting is not installed here (Debian: apt-get install postgresql-15-pgrouting)")
        roads = read_roads(file)
        network = build(roads)
        engine = make_engine(info.app_url, pool_size=1, application="bench")
        with Session(engine) as session:
            import_roads(
                session, roads=roads, network=network, folder=home / "roads", source=file.name, actor=SYSTEM,
                at=SystemClock().now(),
            )  # fmt: skip
            session.commit()
        engine.dispose()
        found = {}
        for means in ("foot", "car"):
            for delays, ours in ((False, without_delays(network)), (True, network)):
                load(peer, roads, means, delays=delays)
                name = f"{means}, {'all rules' if delays else 'corners free'}"
                found[name] = compare(peer, ours, means, incidents, people_each)
        peer.connection.close()
    return {"bench": "road_ranks", "file": file.name, **found}


def show(found: dict[str, Any]) -> str:
    """The tables, a column per means and set of rules."""
    runs = {name: figures for name, figures in found.items() if isinstance(figures, dict)}
    keys = next(iter(runs.values()))
    return table(("what", *runs), [(key, *(figures[key] for figures in runs.values())) for key in keys])
