"""From a bare machine to the command: what ``./pingan`` itself does, with nothing but bash and Python."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kit.settings import CHECKOUT

TOOLS = ("bash", "env", "readlink", "dirname", "sha256sum", "cut", "cat", "rm", "mv", "grep", "flock", "id", "stat")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real script, no libraries to install and a command that tells its arguments."""
    root = tmp_path / "a checkout"
    (root / "cli").mkdir(parents=True)
    shutil.copy(CHECKOUT / "pingan", root)
    (root / "requirements.lock").write_text("")
    (root / "cli" / "__init__.py").touch()
    (root / "cli" / "__main__.py").write_text("import sys; print(sys.prefix, *sys.argv[1:])")
    return root


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH with a few tools and neither Python nor a package manager."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def pingan(checkout: Path, *arguments: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "pingan", *arguments],
        cwd="/",
        env={"PATH": path, "HOME": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def add_python(machine: Path, name: str, version: str, *, ensurepip: bool) -> None:
    """A Python that only answers what the script asks of it."""
    minor = int(version.split(".")[1])
    (machine / name).write_text(
        "#!/bin/bash\n"
        'case "$2" in\n'
        f"  *version_info\\ \\<*) exit {0 if minor >= 11 else 1} ;;\n"
        f"  *ensurepip*) exit {0 if ensurepip else 1} ;;\n"
        f'  *) echo "python{version}" ;;\n'
        "esac\n"
    )
    (machine / name).chmod(0o755)


class TestEnvironment:
    def test_is_made_once_and_the_second_run_makes_nothing(self, checkout: Path) -> None:
        first = pingan(checkout, "say", "two words")
        assert first.returncode == 0, first.stderr
        assert first.stdout.strip() == f"{checkout / '.venv'} say two words"
        assert "making the environment" in first.stderr
        second = pingan(checkout, "say")
        assert second.stderr == ""

    def test_two_at_once_make_it_once(self, checkout: Path) -> None:
        both = [
            subprocess.Popen(
                [checkout / "pingan", "say"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/"
            )
            for _ in range(2)
        ]
        said = [process.communicate(timeout=60) for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        assert sum("making the environment" in stderr for _, stderr in said) == 1, said

    def test_one_that_was_killed_while_installing_starts_from_an_empty_environment(self, checkout: Path) -> None:
        process = subprocess.Popen(
            [checkout / "pingan", "say"], stderr=subprocess.DEVNULL, cwd="/", start_new_session=True
        )
        until = time.monotonic() + 30
        while not (checkout / ".venv" / "bin").exists() and time.monotonic() < until:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (checkout / ".venv" / ".pingan-installing").touch()
        (checkout / ".venv" / "half").touch()
        again = pingan(checkout, "say")
        assert again.returncode == 0, again.stderr
        assert not (checkout / ".venv" / "half").exists()

    def test_a_changed_lock_is_installed_and_a_wrong_hash_refused(self, checkout: Path) -> None:
        assert pingan(checkout, "say").returncode == 0
        wheel = checkout / "thing-1-py3-none-any.whl"
        wheel.write_bytes(b"not what was locked")
        (checkout / "requirements.lock").write_text(f"thing @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
        done = pingan(checkout, "say")
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.splitlines()[-1].startswith("pingan: The libraries could not be installed")
        assert not (checkout / ".venv" / ".pingan-installing").exists()


class TestPython:
    @pytest.fixture(autouse=True)
    def looks_only_on_the_path(self, checkout: Path) -> None:
        script = checkout / "pingan"
        text = script.read_text()
        assert " /usr/bin/python3;" in text
        script.write_text(text.replace(" /usr/bin/python3;", ";"))

    def test_none_at_all_names_the_command(self, checkout: Path, machine: Path) -> None:
        done = pingan(checkout, "say", path=str(machine))
        assert done.returncode == 1
        assert "apt-get install -y python3 python3-venv" in done.stderr

    def test_one_without_ensurepip_names_the_command(self, checkout: Path, machine: Path) -> None:
        add_python(machine, "python3", "3.11", ensurepip=False)
        done = pingan(checkout, "say", path=str(machine))
        assert done.returncode == 1
        assert re.search(r"ensurepip is missing.* Run: .*apt-get install -y python3-venv$", done.stderr.strip())

    def test_one_that_is_too_old_is_none(self, checkout: Path, machine: Path) -> None:
        add_python(machine, "python3", "3.9", ensurepip=True)
        done = pingan(checkout, "say", path=str(machine))
        assert done.returncode == 1
        assert "No Python 3.11 or newer" in done.stderr

    def test_what_is_missing_is_installed_where_that_is_allowed(self, checkout: Path, machine: Path) -> None:
        add_python(machine, "python3", "3.11", ensurepip=False)
        asked = machine.parent / "asked"
        for name, text in {
            # the package makes Python able to make environments: here by putting the real one in place
            "apt-get": f'echo "$@" >>"{asked}"; ln -sf /usr/bin/python3 "{machine}/python3"',
            "apt-cache": "exit 0",
            "sudo": 'shift; [ "$1" = true ] || exec "$@"',
            "ln": 'exec /bin/ln "$@"',
        }.items():
            (machine / name).write_text(f"#!/bin/bash\n{text}\n")
            (machine / name).chmod(0o755)
        done = pingan(checkout, "say", path=str(machine))
        assert done.returncode == 0, done.stderr
        assert asked.read_text().split()[-2:] == ["--no-install-recommends", "python3-venv"]

    @pytest.mark.parametrize(("candidate", "first"), [("(none)", "update"), ("3.11.2-1", "install")])
    def test_package_lists_are_read_when_they_do_not_offer_it(
        self, checkout: Path, machine: Path, candidate: str, first: str
    ) -> None:
        add_python(machine, "python3", "3.11", ensurepip=False)
        asked = machine.parent / "asked"
        for name, text in {
            "apt-get": f'echo "$@" >>"{asked}"',
            "apt-cache": f"echo '  Candidate: {candidate}'",
            "sudo": 'shift; [ "$1" = true ] || exec "$@"',
        }.items():
            (machine / name).write_text(f"#!/bin/bash\n{text}\n")
            (machine / name).chmod(0o755)
        done = pingan(checkout, "say", path=str(machine))
        assert done.returncode == 1
        assert first in asked.read_text().splitlines()[0].split()


class TestLock:
    def test_names_no_host(self) -> None:
        lock = (CHECKOUT / "requirements.lock").read_text()
        assert "://" not in lock
        assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links|--trusted-host)", lock, re.MULTILINE)

    def test_pins_every_library_with_its_hash(self) -> None:
        lock = (CHECKOUT / "requirements.lock").read_text().replace("\\\n", " ")
        lines = [line for line in lock.splitlines() if line and not line.lstrip().startswith("#")]
        assert len(lines) > 50
        assert all("==" in line and "--hash=sha256:" in line for line in lines)

    def test_no_script_of_the_installation_names_a_registry(self) -> None:
        for path in (CHECKOUT / "pingan", CHECKOUT / ".ci" / "run", *(CHECKOUT / "kit" / "cluster").iterdir()):
            if path.is_file():
                assert "https://" not in path.read_text()
