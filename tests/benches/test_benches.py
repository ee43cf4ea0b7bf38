"""Each bench runs as a user runs it, only smaller; what it finds is not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benches.nearest import Everybody
from benches.report import in_ms, percentile, table
from geo.crs import Position

CHECKOUT = Path(__file__).parents[2]


def _bench(*arguments: str) -> tuple[list[str], dict[str, Any]]:
    """The lines of the table, and the object of the last line."""
    command = [sys.executable, "-m", "cli", "bench", *arguments, "--json"]
    bench = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        said, complaints = bench.communicate()
    except BaseException:
        # told, not killed: it ends the database and the programs that it has started
        bench.terminate()
        bench.communicate()
        raise
    assert bench.returncode == 0, complaints
    *lines, last = said.splitlines()
    return lines, json.loads(last)


def test_the_push_is_told_beside_its_floor_and_nothing_is_lost() -> None:
    lines, found = _bench("push", "--rates", "2,4", "--seconds", "2", "--phones", "40", "--processes", "1")
    assert found["bench"] == "push"
    assert [run["rate"] for run in found["runs"]] == [2, 4]
    for run in found["runs"]:
        assert run.keys() == {
            "rate", "p50_ms", "p99_ms", "floor_p50_ms", "floor_p99_ms", "ratio_p99", "sent", "lost",
        }  # fmt: skip
        assert run["sent"] > 0
        assert run["lost"] == 0
        assert 0 < run["floor_p50_ms"] <= run["floor_p99_ms"]
    assert len(lines) == 1 + len(found["runs"])


def test_claims_are_told_beside_a_bare_insert() -> None:
    _, found = _bench("claim", "--claims", "6", "--threads", "2")
    assert found["floor"]["per_s"] > 0
    assert found["accept_ratio_p50"] > 0


def test_positions_are_told_beside_a_bare_update_and_all_are_stored() -> None:
    _, found = _bench("positions", "--responders", "50", "--seconds", "0.1")
    assert found["not_stored"] == 0
    assert found["writer_rows_s"] > 0


def test_the_nearest_are_checked_and_told_beside_raw_sql_and_redis() -> None:
    lines, found = _bench("nearest", "--sizes", "1000,1500", "--seconds", "0.1")
    assert [one["n"] for one in found["sizes"]] == [1000, 1500]
    for one in found["sizes"]:
        assert one["ours_per_s"] > 0 and one["raw_per_s"] > 0 and one["p99_ms"] > 0
        assert (one["redis_per_s"] is not None) == found["redis"]
    assert found["redis"] or "redis-server is not installed" in lines[-1]


@pytest.mark.parametrize("cheat", ["a farther one", "wrong metres"])
def test_an_answer_that_is_not_right_stops_the_bench(cheat: str) -> None:
    everybody = Everybody([("near", 121.0, 31.0), ("middle", 121.01, 31.0), ("far", 121.1, 31.0)])
    here = Position(121.0, 31.0)
    near, middle, far = zip(everybody.ids, everybody.metres(here).tolist(), strict=True)
    everybody.check(here, 2, {"ours": [near, middle], "redis": [near, middle]})
    answer = [near, far] if cheat == "a farther one" else [near, ("middle", middle[1] + 1)]
    with pytest.raises(AssertionError, match="ours"):
        everybody.check(here, 2, {"ours": answer})


def test_single_fixes_are_counted_in_the_table_and_none_is_lost() -> None:
    _, found = _bench("ingest", "--phones", "16", "--seconds", "1", "--processes", "1")
    assert found["sent"] == found["rows"] > 0
    assert found["lost"] == found["away"] == 0
    assert found["rate_per_s"] > 0 and found["raw_per_s"] > 0
    assert found["lag_p99_ms"] > 0 and found["knn_p99_ms"] > 0


def test_roads_are_compared_with_a_plain_search_before_they_are_timed() -> None:
    _, found = _bench("roads", "--crossings", "400", "--responders", "10", "--rounds", "4", "--radius-m", "400")
    assert found["checked_nodes"] > 0
    assert found["whole_p50_ms"] > 0


def test_the_choice_is_checked_before_it_is_timed() -> None:
    _, found = _bench(
        "match", "--crossings", "400", "--responders", "40", "--requests", "4", "--incidents", "20",
        "--joint-responders", "30", "--rounds", "2",
    )  # fmt: skip
    assert found["single_p99_ms"] >= found["single_p50_ms"] > 0
    assert found["by_road_share"] > 0
    assert found["joint_ms"] > 0
    assert 1.0 <= found["joint_cost_ratio"] <= 1.01
    assert found["joint_unserved"] == found["oracle_unserved"] == 0


def test_a_fanout_is_told_beside_a_bare_broadcast_of_the_same_bytes() -> None:
    _, found = _bench("fanout", "--consoles", "3", "--responders", "40", "--seconds", "2", "--parsing", "1")
    assert (found["consoles"], found["responders"]) == (3, 40)
    assert found["age_p99_ms"] > 0
    assert found["bytes_per_console_s"] > 0 and found["bare_bytes_per_console_s"] > 0
    assert found["stalled_others_closed"] == 0
    assert "cpu_ratio" in found


def test_a_map_is_told_beside_nobody_moving_and_the_bare_library() -> None:
    lines, found = _bench("map", "--responders", "40", "--seconds", "0.5")
    assert (found["bench"], found["responders"]) == ("map", 40)
    assert len(lines) >= 1 + 2 + 4 + 4
    for case, views in (("bare", 2), ("idle", 4), ("moving", 4)):
        assert len(found[case]) == views
        for one in found[case].values():
            assert one["fps"] > 0 and 0 < one["frame_p50_ms"] <= one["frame_p99_ms"]
            assert one["long_tasks_per_s"] >= 0 and one["busy"] >= 0
    assert not any(one["positions_per_s"] for one in found["idle"].values())
    assert found["ratio_p99_to_idle"] > 0 and found["ratio_p99_to_bare"] > 0


@pytest.mark.parametrize(
    ("arguments", "example"), [(("push", "--rates", "fast"), "5,20,50"), (("nearest", "--sizes", "3"), "10000,100000")]
)
def test_numbers_that_are_none_are_refused_with_an_example(arguments: tuple[str, ...], example: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "bench", *arguments],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert example in done.stderr


@pytest.mark.parametrize(("percent", "expected"), [(1, 1.02), (50, 2.0), (99, 2.98)])
def test_a_percentile_lies_between_its_neighbours(percent: int, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0], percent) == pytest.approx(expected)
    assert percentile([expected], percent) == expected


def test_nothing_has_no_percentile() -> None:
    assert in_ms([], 99) is None


def test_a_table_has_numbers_under_each_other() -> None:
    assert table(("what", "ms"), [("ours", 10.5), ("floor", None)]) == "what     ms\nours   10.5\nfloor     –"
