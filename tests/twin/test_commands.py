"""The two verbs, from the command line to the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.console import CommandFailed
from cli.main import build
from simulation.twin import tune

CALLS = "lat,lon,type,time,township\n" + "".join(
    f"31.04{n % 10},121.46{n % 7},TRAFFIC ACCIDENT,2026-05-0{1 + n % 9} {8 + n % 12}:1{n % 6},{side}\n"
    for n, side in enumerate(["WEST", "EAST"] * 20)
)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(build(), list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_simulate_prints_what_it_was_made_from_and_says_the_same_twice(tmp_path: Path) -> None:
    common = ("simulate", "--incidents", "20", "--guards", "20", "--streets", "straight", "--seed", "5")
    printed = [run(*common, "--policy", "ours", "--policy", "nearest", "--out", str(tmp_path / n)) for n in "ab"]
    assert printed[0] == printed[1]
    inputs = json.loads(printed[0].splitlines()[-1])
    assert (inputs["seed"], inputs["incidents"], inputs["source"]) == (5, 20, "invented town")
    for name in ("result.csv", "result.png"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_past_calls_are_played_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(CALLS)
    printed = run(
        "replay", str(file), "--what-if", "--responders", "20", "--township", "east", "--repeat", "2",
        "--policy", "ours", "--policy", "broadcast",
    )  # fmt: skip
    inputs = json.loads(printed.splitlines()[-1])
    assert (inputs["incidents"], inputs["repeat"], inputs["source"]) == (40, 2, "calls.csv")
    assert "ours less broadcast" in printed


def test_tuning_proposes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("TARGETS", (0.2, 0.9)), ("RADII", (500,)), ("FACTORS", (2.0,)), ("WITHIN_S", (20,))):
        monkeypatch.setattr(tune, name, few)
    file = tmp_path / "calls.csv"
    file.write_text(CALLS)
    printed = run(
        "simulate", "--tune", "--calls", str(file), "--guards", "20", "--streets", "straight", "--out", str(tmp_path)
    )  # fmt: skip
    assert "<- knee" in printed
    assert "proposed: target_chance" in printed
    assert (tmp_path / "tuning.png").exists()


def test_a_policy_that_is_not_one_is_one_sentence() -> None:
    with pytest.raises(CommandFailed, match="there is no policy"):
        run("simulate", "--policy", "fastest")
