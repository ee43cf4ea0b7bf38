"""The command as people type it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli import findings
from cli.finding import State
from cli.findings import examine
from cli.test import default_arguments
from kit.settings import CHECKOUT

PINGAN = CHECKOUT / "pingan"


def pingan(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PINGAN, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class TestHelp:
    def test_lists_the_verbs_and_works_from_any_folder(self, tmp_path: Path) -> None:
        (tmp_path / "typer.py").write_text("raise SystemExit('somebody else')")
        done = pingan("--help", cwd=tmp_path)
        assert done.returncode == 0
        for verb in ("test", "serve", "worker", "migrate", "db", "doctor"):
            assert re.search(rf"^  {verb} ", done.stdout, re.MULTILINE)

    @pytest.mark.parametrize("verb", ["test", "serve", "worker", "migrate", "db", "db backup", "db restore", "doctor"])
    def test_every_verb_explains_itself(self, verb: str, tmp_path: Path) -> None:
        done = pingan(*verb.split(), "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert f"Usage: pingan {verb}" in done.stdout

    def test_loads_nothing_that_takes_long(self) -> None:
        listing = "import sys; from cli.main import build; build(); print(*{m.partition('.')[0] for m in sys.modules})"
        done = subprocess.run([sys.executable, "-c", listing], cwd=CHECKOUT, capture_output=True, text=True, check=True)
        heavy = {"sqlalchemy", "fastapi", "uvicorn", "firebase_admin", "shapely", "numpy", "scipy", "matplotlib"}
        assert not heavy & set(done.stdout.split())


class TestFailure:
    def test_is_one_sentence_and_a_code(self, tmp_path: Path) -> None:
        done = pingan("db", "restore", "--yes", "nothing", cwd=tmp_path, PINGAN_DATABASE_URL="postgres://h/d")
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.splitlines() == [
            "pingan: PINGAN_DATABASE_URL names an outside server; start, stop and restore it where it runs."
        ]

    def test_of_a_setting_names_it_without_its_value(self, tmp_path: Path) -> None:
        done = pingan("db", "status", cwd=tmp_path, PINGAN_PORT="tea", PINGAN_HOME=str(tmp_path))
        assert done.returncode == 1
        assert "PINGAN_PORT" in done.stderr
        assert "tea" not in done.stderr
        assert "Traceback" not in done.stderr

    def test_shows_where_when_asked(self, tmp_path: Path) -> None:
        done = pingan("db", "status", cwd=tmp_path, PINGAN_PORT="tea", PINGAN_HOME=str(tmp_path), PINGAN_DEBUG="1")
        assert "Traceback" in done.stderr

    def test_to_reach_the_database_tells_no_password(self, tmp_path: Path) -> None:
        url = "postgresql://app:opensesame@127.0.0.1:9/pingan"
        done = pingan("migrate", cwd=tmp_path, PINGAN_DATABASE_URL=url, PINGAN_HOME=str(tmp_path))
        assert done.returncode == 1
        assert "The database refused" in done.stderr
        assert "opensesame" not in done.stderr

    def test_of_an_unmigrated_database_names_the_command(self, home: Path, tmp_path: Path) -> None:
        done = pingan("serve", cwd=tmp_path, PINGAN_HOME=str(home))
        assert done.returncode == 1
        assert "Run: ./pingan migrate" in done.stderr


class TestDatabaseVerbs:
    def test_a_day_in_the_life(self, home: Path, tmp_path: Path) -> None:
        def db(*arguments: str) -> subprocess.CompletedProcess[str]:
            return pingan(*arguments, cwd=tmp_path, PINGAN_HOME=str(home))

        assert db("db", "status").returncode == 1
        assert db("db", "start").returncode == 0
        assert db("migrate").returncode == 0
        assert "already" in db("migrate").stderr
        running = db("db", "status")
        assert running.returncode == 0
        assert "running (PostgreSQL" in running.stdout
        assert db("db", "backup", "copy").returncode == 0
        assert (tmp_path / "copy").stat().st_size > 0
        assert db("db", "restore", "--yes", "copy").returncode == 0
        assert db("db", "stop").returncode == 0
        assert db("db", "status").returncode == 1


class TestDoctor:
    def test_names_what_is_broken_and_how_to_mend_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        home = tmp_path / "home"
        (home / "keys").mkdir(parents=True, mode=0o700)
        (home / "keys" / "data_key").write_text("too short")
        (home / "keys" / "data_key").chmod(0o644)
        monkeypatch.setenv("PINGAN_HOME", str(home))
        monkeypatch.delenv("PINGAN_DATA_KEY")
        monkeypatch.setenv("PINGAN_FCM_PROJECT_ID", "pingan")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            monkeypatch.setenv("PINGAN_PORT", str(taken.getsockname()[1]))
            found = {finding.what: finding for finding in examine()}
        for what in ("keys", "port", "push"):
            assert found[what].state is State.BROKEN
            assert found[what].mend
        assert found["libraries"].state is State.OK

    def test_a_lock_older_than_the_project_is_stale(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copy(CHECKOUT / "requirements.lock", tmp_path)
        project = (CHECKOUT / "pyproject.toml").read_text()
        (tmp_path / "pyproject.toml").write_text(project.replace("dependencies = [", 'dependencies = ["new-thing",', 1))
        monkeypatch.setattr(findings, "CHECKOUT", tmp_path)
        [found] = [finding for finding in examine() if finding.what == "libraries"]
        assert found.state is State.BROKEN
        assert "new-thing" in found.detail

    def test_exits_with_one_when_something_must_be_mended(self, tmp_path: Path) -> None:
        done = pingan("doctor", "--json", cwd=tmp_path, PINGAN_FCM_PROJECT_ID="pingan")
        said = json.loads(done.stdout)
        assert done.returncode == 1
        assert said["ok"] is False
        assert [f["what"] for f in said["findings"] if f["state"] == "broken"].count("push") == 1


class TestRunningTheTests:
    def test_uses_at_most_four_processes(self) -> None:
        assert default_arguments(64) == ["-n", "4", "--dist", "loadscope"]
        assert default_arguments(2) == ["-n", "3", "--dist", "loadscope"]

    def test_uses_none_beside_itself_on_a_small_machine(self) -> None:
        assert default_arguments(1) == []

    def test_arguments_are_passed_on(self, tmp_path: Path) -> None:
        done = pingan("test", "--collect-only", "-q", "tests/installation/test_settings.py", cwd=tmp_path)
        assert done.returncode == 0
        assert "TestKeys::test_are_made_once_and_kept" in done.stdout

    def test_ci_runs_exactly_what_people_run(self) -> None:
        assert (CHECKOUT / ".ci" / "run").read_text().splitlines()[-1] == "exec ./pingan test"
