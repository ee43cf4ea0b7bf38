"""The whole product in one command: a database, a server, a worker, a town of people, one incident."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kit.settings import CHECKOUT
from tests.support.database import Clone

CALLS = """\
40.0883549,-75.3821004,EMS: ABDOMINAL PAINS,2016-01-15 12:01,UPPER MERION,DEKALB PIKE & ALLENDALE RD
40.0902242,-75.3803233,EMS: FALL VICTIM,2016-01-15 12:01,UPPER MERION,POWELL ST & E SPRUCE ST
40.0874893,-75.3843191,Traffic: VEHICLE ACCIDENT -,2016-01-15 12:06,UPPER MERION,BRYN MAWR AVE & OLD LANCASTER RD
40.0861148,-75.3819785,Fire: FIRE ALARM,2016-01-15 12:09,UPPER MERION,REAL ST
40.0890000,-75.3830000,Traffic: DISABLED VEHICLE -,2016-01-15 12:11,UPPER MERION,MAIN ST
"""


def run(clone: Clone, home: Path, *arguments: str) -> tuple[int, list[str], str]:
    """Exit code, lines of stdout, stderr. No terminal, and nothing to read."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PINGAN_")},
        "PINGAN_HOME": str(home),
        "PINGAN_DATABASE_URL": clone.app_url,
        "PINGAN_OWNER_DATABASE_URL": clone.owner_url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=170,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.timeout(180)
def test_one_incident_goes_the_whole_way_from_the_call_to_the_reviewed_closure(
    committed_clone: Clone, tmp_path: Path
) -> None:
    code, lines, progress = run(committed_clone, tmp_path, "demo", "--once", "--seed", "1", "--port", "0")
    assert code == 0, progress[-3000:]
    result: dict[str, Any] = json.loads(lines[-1])
    assert list(result) == ["incident", "state", "milestones", "orders", "rating", "seconds"]
    assert result["state"] == "closed"
    assert {"received", "dispatched", "arrived", "handled", "feedback", "closed"} <= set(result["milestones"])
    at = result["milestones"]
    assert at["received"] == min(at.values()) and at["closed"] == max(at.values())
    states = [order["state"] for order in result["orders"] if order["mode"] == "offer"]
    assert "rated" in states, "somebody helped and was rated"
    assert "stood_down" in states, "more were asked than needed, and told when it was enough"
    assert {"rated", "stood_down", "declined"} >= set(states)
    assert [o["kind"] for o in result["orders"] if o["mode"] == "command"] == ["patrol_unit"]
    assert result["rating"]["count"] == states.count("rated")


@pytest.mark.timeout(180)
def test_past_calls_are_played_again_and_counted(committed_clone: Clone, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(CALLS)
    arguments = ("--columns", "lat,lon,type,time,township,address", "--timezone", "America/New_York")
    code, lines, progress = run(
        committed_clone, tmp_path, "replay", str(calls), *arguments,
        "--responders", "30", "--concurrency", "3", "--seed", "2",
    )  # fmt: skip
    assert code == 0, progress[-3000:]
    result: dict[str, Any] = json.loads(lines[-1])
    assert result["calls"] == 5
    assert result["closed"] + result["unstaffed"] == 5, progress[-3000:]
    assert result["closed"] >= 3
    assert result["intervals_s"]["police_offer_to_receipt"]["n"] >= 3
    assert result["alerts_per_incident"] > 0


def test_a_port_that_is_taken_is_said_so(committed_clone: Clone, tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, lines, progress = run(committed_clone, tmp_path, "demo", "--once", "--port", str(port))
    assert code == 1
    assert lines == []
    assert f"Port {port} is taken" in progress.splitlines()[-1]


def test_a_file_without_calls_is_refused_before_anything_starts(committed_clone: Clone, tmp_path: Path) -> None:
    empty = tmp_path / "calls.csv"
    empty.write_text("lat,lon,type,time\n")
    code, _, progress = run(committed_clone, tmp_path, "replay", str(empty))
    assert code == 1
    assert "no call" in progress.splitlines()[-1]
