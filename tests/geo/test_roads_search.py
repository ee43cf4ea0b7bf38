"""The search, against a plain Dijkstra that knows nothing of streets, shapes or arrays."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.distance import metres_between
from geo.roads.access import Rules
from geo.roads.graph import Graph
from geo.roads.search import Net, corners_to_origin, many_to_one
from geo.roads.snapping import Snaps
from geo.roads.speeds import JUNCTION_S, SIGNAL_S
from tests.geo.streets import Town, at

ONEWAYS = st.sampled_from(["no", "yes", "-1"])
Edges = dict[object, list[tuple[object, float, float]]]


def plain_dijkstra(edges: Edges, start: object) -> dict[object, tuple[float, float]]:
    """Seconds and metres from ``start`` to everything; the textbook's algorithm with a heap."""
    best: dict[object, tuple[float, float]] = {}
    heap = [(0.0, 0.0, 0, start)]
    count = 0
    while heap:
        seconds, metres, _, node = heapq.heappop(heap)
        if node in best:
            continue
        best[node] = (seconds, metres)
        for other, more_s, more_m in edges[node]:
            count += 1
            heapq.heappush(heap, (seconds + more_s, metres + more_m, count, other))
    return best


@dataclass
class Case:
    """A town of random streets, somebody on them, and a place to go to."""

    town: Town
    graph: Graph
    means: str
    origins: list[tuple[int, float]]
    target: tuple[int, float]

    @property
    def is_level(self) -> bool:
        """No steps, no lights: whoever walks is equally fast everywhere."""
        kinds = {tags["highway"] for _, tags in self.town.ways}
        return "steps" not in kinds and not any("highway" in tags for tags in self.town.node_tags.values())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(2, 14))
    cells = st.tuples(st.integers(0, 9), st.integers(0, 9))
    places = draw(st.lists(cells, min_size=count, max_size=count, unique=True))
    town = Town({n: (x * 97.0, y * 103.0) for n, (x, y) in enumerate(places)})
    kinds = st.sampled_from(["residential", "secondary", "service", "trunk", "footway", "steps"])
    town.way(0, 1, oneway=draw(ONEWAYS))
    for _ in range(draw(st.integers(0, 12))):
        drawn = draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=6))
        # a way may come back to where it was, but does not stand still
        nodes = [drawn[0], *(b for a, b in pairwise(drawn) if a != b)]
        if len(nodes) > 1:
            town.way(*nodes, highway=draw(kinds), oneway=draw(ONEWAYS))
    for node in draw(st.sets(st.integers(0, count - 1), max_size=4)):
        town.tag(node, **draw(st.sampled_from([{"highway": "traffic_signals"}, {"barrier": "bollard"}])))
    means = draw(st.sampled_from(["foot", "bicycle", "car"]))
    graph = town.graph("drive" if means == "car" else "walk")
    spot = st.tuples(st.integers(0, graph.streets - 1), st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
    return Case(town, graph, means, draw(st.lists(spot, min_size=1, max_size=8)), draw(spot))


def oracle(case: Case) -> list[tuple[float, float]]:
    """(seconds, metres) per origin: both places become nodes, and each passes on to the next corner by itself."""
    graph, pace = case.graph, case.graph.paces[case.means]
    edges: Edges = defaultdict(list)
    marks = [*case.origins, case.target]
    for e in range(graph.streets):
        stops: list[tuple[float, object]] = [(0.0, int(graph.u[e])), (1.0, int(graph.v[e]))]
        stops += [(share, ("mark", n)) for n, (street, share) in enumerate(marks) if street == e]
        forward, backward = float(pace.forward[e]), float(pace.backward[e])
        for share, one in stops:
            for other_share, other in stops:
                if one == other and share == other_share:
                    continue
                # corners are passed, so their delay is paid on arrival; marks are free
                delay = float(pace.delay[other]) if isinstance(other, int) else 0.0
                part = other_share - share
                metres = abs(part) * float(graph.metres[e])
                if part >= 0 and math.isfinite(forward):
                    edges[one].append((other, part * forward + delay, metres))
                if part <= 0 and math.isfinite(backward):
                    edges[one].append((other, -part * backward + delay, metres))
    goal = ("mark", len(case.origins))
    answers = []
    for n in range(len(case.origins)):
        # nobody travels by way of another one's place, but that would cost nothing either
        answers.append(plain_dijkstra(edges, ("mark", n)).get(goal, (math.inf, math.inf)))
    return answers


def snaps(spots: list[tuple[int, float]]) -> Snaps:
    street = np.array([e for e, _ in spots], dtype=np.int32)
    return Snaps(street, np.array([share for _, share in spots]), np.zeros(len(spots)))


@settings(max_examples=400)
@given(cases(), st.sampled_from([20.0, 90.0, 400.0, math.inf]))
def test_times_are_those_of_a_plain_dijkstra(case: Case, limit_s: float) -> None:
    net = Net(case.graph, case.means, towards=True)
    ways, _ = many_to_one(net, snaps(case.origins), snaps([case.target]), limit_s=limit_s)
    for n, (seconds, metres) in enumerate(oracle(case)):
        if seconds > limit_s * (1 + 1e-6):
            assert ways.seconds[n] == math.inf == ways.metres[n]
        elif seconds < limit_s * (1 - 1e-6):
            assert ways.seconds[n] == pytest.approx(seconds, rel=1e-5, abs=1e-4)
            # of two equally fast ways either may be told, so the oracle's metres bind only where time is length
            if case.means == "foot" and case.is_level:
                assert ways.metres[n] == pytest.approx(metres, rel=1e-5, abs=1e-3)
                assert metres == pytest.approx(seconds * 1.4, rel=1e-5, abs=1e-3)


@settings(max_examples=100)
@given(cases())
def test_a_search_can_be_followed_street_by_street(case: Case) -> None:
    net = Net(case.graph, case.means, towards=True)
    ways, reach = many_to_one(net, snaps(case.origins), snaps([case.target]), limit_s=math.inf)
    pace, graph = case.graph.paces[case.means], case.graph
    for n, corner in enumerate(ways.corner.tolist()):
        if corner < 0 or not math.isfinite(ways.seconds[n]):
            continue
        path = np.array(corners_to_origin(net, corner, reach))
        streets = net.streets_of(path[1:], path[:-1])
        total = 0.0
        for street, here, there in zip(streets.tolist(), path[:-1].tolist(), path[1:].tolist(), strict=True):
            assert {int(graph.u[street]), int(graph.v[street])} == {here, there}
            total += float(pace.delay[there]) + min(
                float(side[street]) for side, end in ((pace.forward, graph.v), (pace.backward, graph.u))
                if end[street] == there
            )  # fmt: skip
        assert total == pytest.approx(reach.seconds[corner] - reach.seconds[path[-1]], rel=1e-5, abs=1e-4)


def uncontracted(town: Town, means: str) -> Edges:
    """Node to node straight from the ways: nothing is joined, cut or numbered anew."""
    edges: Edges = defaultdict(list)
    roads = town.roads()
    arms: dict[int, int] = defaultdict(int)
    steps: list[tuple[int, int, Rules]] = []
    for way in roads.ways:
        open_ = way.rules.car if means == "car" else way.rules.foot
        nodes = way.nodes.tolist() if open_ else []
        for a, b in pairwise(nodes):
            steps.append((a, b, way.rules))
            arms[a] += 1
            arms[b] += 1
    for a, b, rules in steps:
        metres = metres_between(at(*town.nodes[a]), at(*town.nodes[b]))
        mps = rules.kmh / 3.6 if means == "car" else 1.4
        for one, other, is_open in ((a, b, rules.forward), (b, a, rules.backward)):
            if means != "car" or is_open:
                delay = JUNCTION_S[means] if arms[other] >= 3 else 0.0
                if other in roads.nodes and roads.nodes[other].signals:
                    delay = max(delay, SIGNAL_S[means])
                edges[one].append((other, metres / mps + delay, metres))
    return edges


@st.composite
def signalled_towns(draw: st.DrawFn) -> Town:
    count = draw(st.integers(3, 12))
    cells = st.tuples(st.integers(0, 9), st.integers(0, 9))
    places = draw(st.lists(cells, min_size=count, max_size=count, unique=True))
    town = Town({n: (x * 97.0, y * 103.0) for n, (x, y) in enumerate(places)})
    for _ in range(draw(st.integers(1, 8))):
        nodes = draw(st.permutations(range(count)))[: draw(st.integers(2, min(6, count)))]
        town.way(
            *nodes,
            highway=draw(st.sampled_from(["residential", "primary"])),
            oneway=draw(ONEWAYS),
        )
    for node in draw(st.sets(st.integers(0, count - 1), max_size=4)):
        town.tag(node, highway="traffic_signals")
    return town


@settings(max_examples=150)
@given(signalled_towns(), st.sampled_from(["foot", "car"]))
def test_joining_nodes_to_streets_changes_no_time(town: Town, means: str) -> None:
    graph = town.graph("drive" if means == "car" else "walk")
    edges = uncontracted(town, means)
    net = Net(graph, means, towards=False)
    number = {}
    for n, (x, y) in enumerate(zip(graph.node_x.tolist(), graph.node_y.tolist(), strict=True)):
        number[x, y] = n
    own = {
        node: number[place]
        for way in town.roads().ways
        for node, place in zip(way.nodes, zip(way.lons, way.lats, strict=True), strict=True)
        if place in number
    }
    for node, start in own.items():
        reach = net.search(np.array([start]), np.array([0.0]), limit_s=math.inf)
        expected = plain_dijkstra(edges, node)
        for other, there in own.items():
            if other != node:
                seconds = expected.get(other, (math.inf, 0.0))[0]
                assert reach.seconds[there] == pytest.approx(seconds, rel=1e-4)
