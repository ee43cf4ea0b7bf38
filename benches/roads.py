"""One to many by road, on an invented city of 250 000 crossings, beside its floor and beside pgRouting.

The floor is SciPy's bare ``dijkstra`` over the same arrays, from the same place to the same limit: what is left to us
is snapping everybody, reading the answers and measuring the ways. The peer is pgRouting's ``pgr_dijkstraCost`` over
the same streets, where the extension is installed on this machine (Debian: postgresql-15-pgrouting). Every answer is
compared with a plain Dijkstra of this file before anything is timed. The other peer is OSRM, where a Python of 3.12 or
newer has its wheel. All in one run; read the ratios.
"""

from __future__ import annotations

import heapq
import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy.orm import Session

from benches import osrm
from benches.ground import private_cluster
from benches.pgrouting import Peer, find_peer
from benches.report import table
from benches.town_of_streets import BLOCK_M, EAST, LAT, LON, NORTH, write_city
from geo.crs import Position
from geo.roads.isochrones import areas_on
from geo.roads.network import Network
from geo.roads.osm import read_roads
from geo.roads.routes import route_on
from geo.roads.search import Net, many_to_one, seeds_towards
from geo.roads.service import build, import_roads
from geo.roads.snapping import Snaps, snap
from geo.roads.store import RoadStore
from geo.roads.times import times_to
from geo.travel import StraightLine
from kit.actor import SYSTEM
from kit.clock import SystemClock
from kit.database import make_engine

MEANS = "car"


class Questions:
    """Incidents in the middle of the city, each with responders around it, ``radius_m`` at most."""

    def __init__(self, crossings: int, responders: int, rounds: int, radius_m: float) -> None:
        chance = random.Random(2)
        width = round(crossings**0.5) * BLOCK_M
        self.all: list[tuple[Position, list[Position]]] = []
        for _ in range(rounds):
            x, y = chance.uniform(0.2, 0.8) * width, chance.uniform(0.2, 0.8) * width
            people = []
            for _ in range(responders):
                angle, far = chance.uniform(0, 2 * math.pi), radius_m * math.sqrt(chance.random())
                people.append(place(x + far * math.cos(angle), y + far * math.sin(angle)))
            self.all.append((place(x, y), people))


def place(x: float, y: float) -> Position:
    return Position(LON + x * EAST, LAT + y * NORTH)


def plain(net: Net, target: Snaps, limit_s: float) -> dict[int, float]:
    """Seconds from having passed each node to the target: a heap, dictionaries, and the arrays' numbers."""
    graph, pace = net.graph, net.graph.paces[MEANS]
    into: dict[int, list[tuple[int, float]]] = {}
    for u, v, forward, backward in zip(
        graph.u.tolist(), graph.v.tolist(), pace.forward.tolist(), pace.backward.tolist(), strict=True
    ):
        into.setdefault(v, []).append((u, forward + float(pace.delay[v])))
        into.setdefault(u, []).append((v, backward + float(pace.delay[u])))
    seeds = seeds_towards(net, target)
    heap = [(s, int(n)) for n, s in zip(seeds.nodes, seeds.seconds, strict=True)]
    heapq.heapify(heap)
    best: dict[int, float] = {}
    while heap:
        far, node = heapq.heappop(heap)
        if node in best or far > limit_s:
            continue
        best[node] = far
        for other, more in into.get(node, ()):
            heapq.heappush(heap, (far + more, other))
    return best


def check(network: Network, questions: Questions, limit_s: float, rounds: int = 3) -> int:
    """Compare so many whole searches with the plain one; how many nodes were compared. Stops on a difference."""
    graph, net = network.graph_of(MEANS), network.net(MEANS, towards=True)
    compared = 0
    for target, people in questions.all[:rounds]:
        goal, origins = snap(graph, [target]), snap(graph, people)
        _, reach = many_to_one(net, origins.pick(origins.on), goal, limit_s=limit_s)
        expected = plain(net, goal, limit_s)
        found = np.flatnonzero(np.isfinite(reach.seconds))
        edge = 1e-3
        for node in found.tolist():
            assert abs(expected.get(node, limit_s) - reach.seconds[node]) <= edge, "not the plain Dijkstra's answer"
        missed = [
            node for node, far in expected.items() if far < limit_s - edge and not np.isfinite(reach.seconds[node])
        ]
        assert not missed, "a node within the limit was not found"
        compared += len(expected)
    return compared


def bare(net: Net) -> csr_array:
    """The arrays that our search goes over, without the row where it starts."""
    size, nodes = net._entries, net.graph.nodes
    parts = (net._data[:size].copy(), net._indices[:size].copy(), net._starts[:-1].copy())
    return csr_array(parts, shape=(nodes, nodes))


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 3),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000, 3),
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    before = time.perf_counter()
    answer = work()
    return time.perf_counter() - before, answer


def measure(network: Network, questions: Questions, limit_s: float) -> dict[str, Any]:
    """Floor, our search, and our whole answer, turn by turn."""
    graph, net = network.graph_of(MEANS), network.net(MEANS, towards=True)
    matrix = bare(net)
    floors, searches, wholes, snapping = [], [], [], []
    for target, people in questions.all:
        goal = snap(graph, [target])
        if not goal.on[0]:
            continue
        corner = int(graph.u[goal.street[0]])
        floors.append(timed(lambda c=corner: dijkstra(matrix, indices=c, limit=limit_s))[0])  # type: ignore[misc]
        took, origins = timed(lambda people=people: snap(graph, people))  # type: ignore[misc]
        snapping.append(took)
        own = origins.pick(origins.on)
        searches.append(timed(lambda own=own, goal=goal: many_to_one(net, own, goal, limit_s=limit_s))[0])  # type: ignore[misc]
        straight = StraightLine().estimate(None, people, target, [MEANS] * len(people))
        wholes.append(timed(lambda a=people, b=target, c=straight: times_to(network, MEANS, a, b, c))[0])  # type: ignore[misc]
    return {"floor": spread(floors), "search": spread(searches), "snap": spread(snapping), "whole": spread(wholes)}


def run(
    crossings: int, responders: int, rounds: int, radius_m: float, limit_s: float, osrm_python: str | None
) -> dict[str, Any]:
    """Import the city into a cluster of this run alone, as the command does, then ask."""
    with private_cluster() as info, tempfile.TemporaryDirectory(prefix="pingan-bench-") as folder:
        home = Path(folder)
        file = home / "city.osm.pbf"
        write_city(file, crossings)
        read_s, roads = timed(lambda: read_roads(file))
        build_s, network = timed(lambda: build(roads))
        engine = make_engine(info.app_url, pool_size=2, application="bench")
        with Session(engine) as session:
            store_s, _ = timed(
                lambda: import_roads(
                    session, roads=roads, network=network, folder=home / "roads", source=file.name, actor=SYSTEM,
                    at=SystemClock().now(),
                )
            )  # fmt: skip
            session.commit()
            load_s, loaded = timed(lambda: RoadStore(home / "roads").find(session))
        assert loaded is not None
        graph = loaded.graph_of(MEANS)
        questions = Questions(crossings, responders, rounds, radius_m)
        compared = check(loaded, questions, limit_s)
        found = measure(loaded, questions, limit_s)
        peer = find_peer(info)
        beside = measure_peer(peer, loaded, questions, radius_m) if peer is not None else None
        tools = osrm.find_tools(osrm_python)
        routed = measure_osrm(tools, file, loaded, questions) if tools is not None else None
        middle, people = questions.all[0]
        route_ms = statistics.median(timed(lambda p=p: route_on(loaded, p, middle, means=MEANS))[0] for p in people)  # type: ignore[misc]
        areas_s, _ = timed(lambda: areas_on(loaded, [(middle, MEANS)], [3, 5, 8], towards=True))
        engine.dispose()
    return {
        "bench": "roads",
        "nodes": graph.nodes,
        "streets": graph.streets,
        "responders": responders,
        "limit_s": limit_s,
        "checked_nodes": compared,
        **{f"{name}_{key}": value for name, values in found.items() for key, value in values.items()},
        "search_ratio": round(found["search"]["p50_ms"] / found["floor"]["p50_ms"], 2),
        "whole_ratio": round(found["whole"]["p50_ms"] / found["floor"]["p50_ms"], 2),
        "pgrouting_p50_ms": beside["p50_ms"] if beside else None,
        "pgrouting_ratio": round(beside["p50_ms"] / found["search"]["p50_ms"], 1) if beside else None,
        "osrm_p50_ms": routed["p50_ms"] if routed else None,
        "osrm_p99_ms": routed["p99_ms"] if routed else None,
        "osrm_ratio": round(routed["p50_ms"] / found["whole"]["p50_ms"], 2) if routed else None,
        "osrm_rank_agreement": routed["rank_agreement"] if routed else None,
        "route_p50_ms": round(route_ms * 1000, 3),
        "areas_ms": round(areas_s * 1000, 1),
        "read_s": round(read_s, 2),
        "build_s": round(build_s, 2),
        "store_s": round(store_s, 2),
        "load_s": round(load_s, 2),
    }


def measure_peer(peer: Peer, network: Network, questions: Questions, radius_m: float) -> dict[str, float]:
    """The same questions to pgRouting, on the same streets: compared on all of them, timed on those in a box of
    one and a half times the radius, as one does who knows that it reads its table anew for each question."""
    graph = network.graph_of(MEANS)
    peer.load(graph, MEANS)
    net, times = network.net(MEANS, towards=True), []
    for number, (target, people) in enumerate(questions.all[:12]):
        goal, origins = snap(graph, [target]), snap(graph, people)
        node = int(graph.v[goal.street[0]])
        starts = sorted({int(n) for n in graph.u[origins.street[origins.on]]} - {node})
        reach = net.search(np.array([node]), np.array([0.0]), limit_s=math.inf)
        if number < 2:
            for start, seconds in peer.costs(starts, node, None).items():
                assert abs(seconds - reach.seconds[start]) < 0.05 + seconds * 1e-4, "pgRouting answers otherwise"
        else:
            east, north = 1.5 * radius_m * EAST, 1.5 * radius_m * NORTH
            box = (target.lon - east, target.lat - north, target.lon + east, target.lat + north)
            took, answer = timed(lambda s=starts, n=node, b=box: peer.costs(s, n, b))  # type: ignore[misc]
            times.append(took)
            assert all(seconds > reach.seconds[start] - 0.05 for start, seconds in answer.items()), "it is faster"
    return spread(times)


def measure_osrm(tools: Path, file: Path, network: Network, questions: Questions) -> dict[str, float]:
    """The same questions to OSRM over HTTP, which includes its own snapping, as our whole answer does.

    Compared first: the order in which it has them come is ours, but for what its own speeds and corners change.
    """
    times, agreements = [], []
    with osrm.running(tools, file) as peer:
        for number, (target, people) in enumerate(questions.all):
            took, theirs = timed(lambda p=people, t=target: peer.seconds(p, t))  # type: ignore[misc]
            if number < 3:
                straight = StraightLine().estimate(None, people, target, [MEANS] * len(people))
                ours = [way.seconds for way in times_to(network, MEANS, people, target, straight)]
                agreements.append(osrm.rank_agreement(ours, theirs))
            else:
                times.append(took)
    agreement = statistics.mean(agreements)
    assert agreement > 0.9, f"OSRM has them come in another order: {agreement:.2f}"
    return {**spread(times), "rank_agreement": round(agreement, 3)}


def show(found: dict[str, Any]) -> str:
    """The tables."""
    rows = [
        ("bare SciPy dijkstra, same arrays, same limit", "floor"),
        (f"our search, {found['responders']} to one, with metres", "search"),
        ("snapping them", "snap"),
        ("our whole answer (limit by the farthest one)", "whole"),
        ("pgRouting pgr_dijkstraCost, same streets", "pgrouting"),
        ("OSRM (MLD) over HTTP, same streets, its own speeds", "osrm"),
    ]
    floor = found["floor_p50_ms"]
    lines = []
    for label, key in rows:
        p50 = found[f"{key}_p50_ms"]
        lines.append((label, p50, found.get(f"{key}_p99_ms"), p50 and round(p50 / floor, 2)))
    said = [
        f"{found['nodes']} crossings, {found['streets']} streets; "
        f"{found['checked_nodes']} times equal to a plain Dijkstra",
        f"read {found['read_s']} s, build {found['build_s']} s, store {found['store_s']} s, load {found['load_s']} s",
        table(("what", "p50 ms", "p99 ms", "of floor"), lines),
        f"one route {found['route_p50_ms']} ms; areas of 3, 5 and 8 minutes {found['areas_ms']} ms",
    ]
    if found["pgrouting_p50_ms"] is None:
        said.append("pgRouting is not installed here (Debian: postgresql-15-pgrouting): no peer in this run")
    if found["osrm_p50_ms"] is None:
        said.append("OSRM is not beside us: name a Python of 3.12 or newer that has osrm-bindings, --osrm-python PATH")
    else:
        said.append(f"OSRM's order and ours: rank correlation {found['osrm_rank_agreement']}")
    return "\n".join(said)
