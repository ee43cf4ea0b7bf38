"""Forbidden turns: read from relations, obeyed by cars; beside a plain Dijkstra that knows how one came to a corner."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geo.crs import Position
from geo.roads.graph import Graph, graph_from_arrays, graph_to_arrays
from geo.roads.network import Network
from geo.roads.osm import judge_turn, read_roads
from geo.roads.reaching import first_seconds
from geo.roads.routes import route_on
from geo.roads.search import Net, corners_to_origin, many_to_one
from geo.roads.service import build
from geo.roads.times import times_to
from geo.travel import StraightLine
from tests.geo.streets import Town, at
from tests.geo.test_roads_search import Case, cases, snaps

Ban = tuple[int, int, int]


def drive(graph: Graph, street: int) -> Iterator[tuple[int, int, float]]:
    """(from, to, seconds with the delay at the end) of each open direction of a street."""
    pace = graph.paces["car"]
    for one, other, seconds in (
        (int(graph.u[street]), int(graph.v[street]), float(pace.forward[street])),
        (int(graph.v[street]), int(graph.u[street]), float(pace.backward[street])),
    ):
        if math.isfinite(seconds):
            yield one, other, seconds + float(pace.delay[other])


def oracle(case: Case, bans: set[Ban]) -> list[float]:
    """Seconds of each origin: states are a corner and the street by which one came to it."""
    graph, pace = case.graph, case.graph.paces["car"]
    street, share = case.target
    ends: dict[int, float] = {}
    for node, seconds in (
        (int(graph.u[street]), share * float(pace.forward[street]) if share else 0.0),
        (int(graph.v[street]), (1 - share) * float(pace.backward[street]) if share < 1 else 0.0),
    ):
        if math.isfinite(seconds):
            ends[node] = min(ends.get(node, math.inf), seconds)
    leaving: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for e in range(graph.streets):
        for one, other, seconds in drive(graph, e):
            leaving[one].append((e, other, seconds))
    answers = []
    for own, part in case.origins:
        heap: list[tuple[float, int, int]] = []
        direct = part - share
        best = math.inf
        if own == street:
            along = float(pace.forward[own]) if direct <= 0 else float(pace.backward[own])
            best = abs(direct) * along if direct else 0.0
        for node, seconds in (
            (int(graph.v[own]), (1 - part) * float(pace.forward[own]) if part < 1 else 0.0),
            (int(graph.u[own]), part * float(pace.backward[own]) if part else 0.0),
        ):
            if math.isfinite(seconds):
                heapq.heappush(heap, (seconds + float(pace.delay[node]), node, own))
        seen: set[tuple[int, int]] = set()
        while heap:
            seconds, node, came = heapq.heappop(heap)
            if (node, came) in seen:
                continue
            seen.add((node, came))
            if node in ends and (came, node, street) not in bans:
                best = min(best, seconds + ends[node])
            for e, other, more in leaving[node]:
                if (came, node, e) not in bans:
                    heapq.heappush(heap, (seconds + more, other, e))
        answers.append(best)
    return answers


@st.composite
def banned_cases(draw: st.DrawFn) -> tuple[Case, set[Ban]]:
    case = draw(cases())
    assume(case.means == "car")
    graph = case.graph
    possible = [
        (e, node, f)
        for e in range(graph.streets)
        for _, node, _ in drive(graph, e)
        for f in range(graph.streets)
        for start, _, _ in drive(graph, f)
        if start == node
    ]
    assume(possible)
    bans = draw(st.sets(st.sampled_from(possible), min_size=1, max_size=12))
    columns = np.array(sorted(bans), dtype=np.int32).T
    banned = replace(graph, turn_in=columns[0], turn_node=columns[1], turn_out=columns[2])
    return replace(case, graph=banned), bans


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(banned_cases())
def test_times_are_those_of_a_plain_dijkstra_that_knows_how_one_came(drawn: tuple[Case, set[Ban]]) -> None:
    case, bans = drawn
    net = Net(case.graph, "car", towards=True)
    ways, reach = many_to_one(net, snaps(case.origins), snaps([case.target]), limit_s=math.inf)
    for n, expected in enumerate(oracle(case, bans)):
        # a street that begins and ends at one corner may be gone along either way round, which the oracle does not
        if case.graph.u[case.target[0]] == case.graph.v[case.target[0]]:
            continue
        assert ways.seconds[n] == pytest.approx(expected, rel=1e-5, abs=1e-4)
        if ways.corner[n] >= 0 and math.isfinite(ways.seconds[n]):
            path = np.array(corners_to_origin(net, int(ways.corner[n]), reach))
            streets = [case.origins[n][0], *net.streets_of(path[1:], path[:-1]).tolist(), case.target[0]]
            corners = net.turning.base(path).tolist()
            assert not set(zip(streets, corners, streets[1:], strict=False)) & bans


def crossing() -> Town:
    """Ways 1 south, 2 north, 3 west and 4 east of the crossing 0, and a way from the north to the west."""
    nodes = {0: (0, 0), 1: (0, -200), 2: (0, 200), 3: (-200, 0), 4: (200, 0), 5: (-200, 200)}
    town = Town({n: (float(x), float(y)) for n, (x, y) in nodes.items()})
    for n in (1, 2, 3, 4):
        town.way(n, 0)
    return town.way(2, 5, 3)


def metres(network: Network, means: str, start: Position, end: Position) -> float:
    straight = StraightLine().estimate(None, [start], end, [means])
    (way,) = times_to(network, means, [start], end, straight)
    assert way.basis == "road"
    return way.metres


SOUTH, WEST, EAST, NORTH = at(0, -100), at(-100, 0), at(100, 0), at(0, 100)


class TestCrossing:
    def test_a_car_that_must_not_turn_left_goes_on_and_turns_round_and_a_walker_turns(self) -> None:
        free, town = crossing().network(), crossing().turn("no_left_turn", 1, 0, 3)
        network = town.network()
        assert metres(free, "car", SOUTH, WEST) == pytest.approx(200, rel=1e-3)
        assert metres(network, "car", SOUTH, WEST) == pytest.approx(100 + 400 + 100, rel=1e-3)
        assert metres(network, "foot", SOUTH, WEST) == pytest.approx(200, rel=1e-3)
        # whoever comes from elsewhere turns as before
        for start in (EAST, NORTH):
            assert metres(network, "car", start, WEST) == pytest.approx(200, rel=1e-3)
        assert metres(network, "car", WEST, SOUTH) == pytest.approx(200, rel=1e-3)

    def test_only_straight_on_forbids_both_turns(self) -> None:
        network = crossing().turn("only_straight_on", 1, 0, 2).network()
        assert metres(network, "car", SOUTH, NORTH) == pytest.approx(200, rel=1e-3)
        assert metres(network, "car", SOUTH, WEST) == pytest.approx(600, rel=1e-3)
        assert metres(network, "car", SOUTH, EAST) == pytest.approx(600, rel=1e-3)

    def test_the_line_on_the_map_goes_round_as_well(self) -> None:
        network = crossing().turn("no_left_turn", 1, 0, 3).network()
        route = route_on(network, SOUTH, WEST, means="car")
        assert route is not None
        assert route.metres == pytest.approx(600, rel=1e-3)
        ends = (at(200, 0), at(0, 200))
        assert min(abs(lon - e.lon) + abs(lat - e.lat) for lon, lat in route.line for e in ends) < 1e-6

    def test_the_first_of_many_obeys_it_too(self) -> None:
        network = crossing().turn("no_left_turn", 1, 0, 3).network()
        seconds, _ = first_seconds(network, [SOUTH], [WEST, EAST], "car", limit_s=1000)
        straight = StraightLine().estimate(None, [SOUTH], WEST, ["car"])
        assert seconds[0] == pytest.approx(times_to(network, "car", [SOUTH], WEST, straight)[0].seconds, rel=1e-4)
        assert seconds[1] < seconds[0] / 2

    def test_a_way_that_passes_through_says_not_from_which_side_and_is_left_out(self) -> None:
        town = Town(crossing().nodes).way(1, 0, 2).way(3, 0).way(2, 5, 3).turn("no_left_turn", 1, 0, 2)
        assert len(town.graph("drive").turn_in) == 0

    def test_a_network_keeps_its_turns_in_the_file_and_an_older_file_has_none(self) -> None:
        graph = crossing().turn("no_left_turn", 1, 0, 3).graph("drive")
        arrays = graph_to_arrays(graph, "drive")
        assert graph_from_arrays(arrays, "drive").turn_in.tolist() == graph.turn_in.tolist() != []
        older = {name: array for name, array in arrays.items() if ".turn_" not in name}
        assert graph_from_arrays(older, "drive").turn_in.tolist() == []


class TestFile:
    def test_relations_are_read_and_those_for_others_are_not(self, tmp_path: Path) -> None:
        town = crossing().turn("no_left_turn", 1, 0, 3).turn("no_right_turn", 1, 0, 4, **{"except": "bus;emergency"})
        file = tmp_path / "town.osm"
        file.write_text(town.osm())
        roads = read_roads(file)
        assert [(turn.way, turn.node, turn.to, turn.only) for turn in roads.turns] == [(1, 0, 3, False)]
        assert metres(build(roads), "car", SOUTH, WEST) == pytest.approx(600, rel=1e-3)

    def test_what_is_not_understood_is_counted(self) -> None:
        whole = [("from", "w", 1), ("via", "n", 2), ("to", "w", 3)]
        assert judge_turn("no_left_turn", whole) is not None
        assert judge_turn("no_left_turn", whole[1:]) is None
        assert judge_turn("no_u_turn", [whole[0], ("via", "w", 9), whole[2]]) is None
        assert judge_turn("give_way", whole) is None
