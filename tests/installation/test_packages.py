"""Finding the server's programs, and asking the package manager for them when it may be asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.cluster import ProgramsMissing, apt, packages, programs
from kit.cluster.programs import EXTENSIONS, NEEDED, Programs

MakeServer = Callable[..., Path]


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def make_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeServer:
    """A file tree with the servers that the test asks for, and an otherwise bare machine."""
    monkeypatch.setenv("PATH", "/nowhere")

    def make(major: int, extensions: tuple[str, ...] = EXTENSIONS) -> Path:
        prefix = tmp_path / f"usr/lib/postgresql/{major}"
        for name in NEEDED:
            write_program(prefix / "bin" / name, f"echo 'postgres (PostgreSQL) {major}.3'")
        share = tmp_path / f"usr/share/postgresql/{major}"
        write_program(prefix / "bin/pg_config", f"echo {share}")
        (share / "extension").mkdir(parents=True)
        for name in extensions:
            (share / "extension" / f"{name}.control").touch()
        return prefix / "bin"

    return make


class TestFindingPrograms:
    def test_prefers_the_newest(self, make_server: MakeServer, tmp_path: Path) -> None:
        make_server(15)
        newest = make_server(17)
        assert programs.list_installed(tmp_path)[0].bin == newest

    def test_a_newer_one_without_postgis_is_passed_over(self, make_server: MakeServer, tmp_path: Path) -> None:
        complete = make_server(15)
        make_server(17, extensions=("btree_gist",))
        assert programs.list_installed(tmp_path)[0].bin == complete

    def test_names_the_extensions_that_are_missing(self, make_server: MakeServer) -> None:
        assert Programs(make_server(16, extensions=("pgcrypto", "pg_trgm"))).missing_extensions == (
            "postgis",
            "btree_gist",
        )

    def test_a_client_without_a_server_is_no_server(self, make_server: MakeServer, tmp_path: Path) -> None:
        (make_server(15) / "initdb").unlink()
        assert programs.list_installed(tmp_path) == []


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian without PostgreSQL whose package manager writes down what it is asked for."""
    folder = tmp_path / "bin"
    asked = tmp_path / "asked"
    write_program(folder / "apt-get", f'echo "$@" >>{asked}; echo "$DEBIAN_FRONTEND" >>{asked}')
    write_program(folder / "apt-cache", "echo 'postgresql-15-postgis-3 - Geographic objects support'")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "list_installed", list)
    monkeypatch.setattr(packages, "NO_MAIN_CLUSTER", tmp_path / "etc" / "pingan.conf")
    return asked


class TestInstalling:
    @pytest.mark.parametrize(
        ("has_sudo", "command"),
        [
            (True, "sudo apt-get update && sudo apt-get install -y postgresql-15 postgresql-15-postgis-3"),
            (False, "su - -c 'apt-get update && apt-get install -y postgresql-15 postgresql-15-postgis-3'"),
        ],
    )
    def test_who_may_not_install_is_given_the_exact_command(
        self, bare_machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, has_sudo: bool, command: str
    ) -> None:
        monkeypatch.setattr(packages, "find_programs", lambda _: None)
        monkeypatch.setattr(packages, "root_prefix", lambda: None)
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        if has_sudo:
            write_program(tmp_path / "bin" / "sudo", "exit 1")
        with pytest.raises(ProgramsMissing) as refusal:
            packages.ensure_programs(None, print)
        assert refusal.value.command == command
        assert refusal.value.detail.endswith(command)
        assert not bare_machine.exists()

    def test_who_may_install_gets_both_packages_and_no_server_of_debians_own(
        self, bare_machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        fence = tmp_path / "etc" / "pingan.conf"
        write_program(
            tmp_path / "bin" / "apt-get",
            f'echo "$@" >>{bare_machine}; echo "$DEBIAN_FRONTEND" >>{bare_machine}; cat {fence} >>{bare_machine}',
        )
        installed = Programs(Path("/"))
        monkeypatch.setattr(packages, "find_programs", lambda _: installed if bare_machine.exists() else None)
        monkeypatch.setattr(packages, "root_prefix", list)
        assert packages.ensure_programs(None, print) is installed
        assert bare_machine.read_text().splitlines() == [
            "install -y --no-install-recommends postgresql-15 postgresql-15-postgis-3",
            "noninteractive",
            "create_main_cluster = false",
        ]
        assert not fence.exists()

    def test_a_failing_package_manager_is_quoted(
        self, bare_machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        write_program(tmp_path / "bin" / "apt-get", "echo 'E: Could not get lock'; exit 100")
        monkeypatch.setattr(packages, "find_programs", lambda _: None)
        monkeypatch.setattr(packages, "root_prefix", list)
        with pytest.raises(ProgramsMissing, match="Could not get lock"):
            packages.ensure_programs(None, lambda _: None)

    def test_package_lists_that_name_what_the_mirror_has_no_more_are_read_again(
        self, bare_machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        write_program(
            tmp_path / "bin" / "apt-get",
            f'echo "$@" >>{bare_machine}\n'
            f'[ "$1" = update ] || grep -q update {bare_machine} || {{ echo "E: 404  Not Found"; exit 100; }}',
        )
        installed = Programs(Path("/"))
        monkeypatch.setattr(
            packages,
            "find_programs",
            lambda _: installed if bare_machine.exists() and len(bare_machine.read_text().splitlines()) == 3 else None,
        )
        monkeypatch.setattr(packages, "root_prefix", list)
        assert packages.ensure_programs(None, lambda _: None) is installed
        assert [line.split()[0] for line in bare_machine.read_text().splitlines()] == ["install", "update", "install"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="the command depends on who asks")
    def test_root_is_not_told_to_use_sudo(self, bare_machine: Path) -> None:
        assert "sudo" not in packages.install_command()


class TestProgress:
    def test_tells_how_far_it_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apt, "EVERY_S", 0)
        said: list[str] = []
        write_program(
            tmp_path / "apt-get",
            "echo '0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.'\n"
            "echo 'Need to get 9 kB of archives.'\n"
            "for name in a b; do echo Get:1 http://mirror/ $name; done\n"
            "for name in a b; do echo Unpacking $name '(1)' ...; done",
        )
        assert apt.run_apt([str(tmp_path / "apt-get")], said.append).returncode == 0
        assert said == [
            "  Need to get 9 kB of archives.",
            "  fetching 1 of 2 packages",
            "  fetching 2 of 2 packages",
            "  unpacking 1 of 2 packages",
            "  unpacking 2 of 2 packages",
        ]

    @pytest.mark.parametrize(("line", "finishes"), [("Get:1 http://mirror/ a", False), ("Unpacking a (1) ...", True)])
    def test_an_interruption_never_leaves_packages_half_done(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, finishes: bool
    ) -> None:
        monkeypatch.setattr(apt, "EVERY_S", 0)
        write_program(tmp_path / "apt-get", f"trap 'exit 143' TERM\necho '{line}'\nsleep 1\ntouch {tmp_path}/finished")

        def interrupted(text: str) -> None:
            if text.startswith("  "):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            apt.run_apt([str(tmp_path / "apt-get")], interrupted)
        assert (tmp_path / "finished").exists() is finishes
