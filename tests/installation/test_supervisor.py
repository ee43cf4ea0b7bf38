"""Programs that are started together end together, and nobody else with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cli.console import CommandFailed
from cli.supervisor import Supervisor
from kit.settings import CHECKOUT

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]
#: starts a program of its own and writes its number down
PARENT = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A program that somebody else started."""
    process = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


class TestStopping:
    def test_ends_all_its_children_and_nobody_else(self, tmp_path: Path, bystander: subprocess.Popen[bytes]) -> None:
        with Supervisor(tmp_path) as supervisor:
            children = [supervisor.start(name, SLEEPER) for name in ("server", "worker")]
            assert all(is_alive(child.process.pid) for child in children)
        assert not any(is_alive(child.process.pid) for child in children)
        assert bystander.poll() is None

    def test_kills_the_one_that_does_not_obey(self, tmp_path: Path) -> None:
        with Supervisor(tmp_path, stop_timeout_s=0.2) as supervisor:
            child = supervisor.start("stubborn", STUBBORN)
            wait_until(lambda: "up" in child.log.read_text())
        assert child.process.returncode == -signal.SIGKILL

    def test_ends_what_a_child_started_too(self, tmp_path: Path) -> None:
        with Supervisor(tmp_path) as supervisor:
            child = supervisor.start("parent", [sys.executable, "-c", PARENT])
            wait_until(lambda: child.log.read_text().strip().isdigit())
            grandchild = int(child.log.read_text())
            assert is_alive(grandchild)
        wait_until(lambda: not is_alive(grandchild))

    def test_ends_them_also_when_the_block_fails(self, tmp_path: Path) -> None:
        with pytest.raises(ZeroDivisionError), Supervisor(tmp_path) as supervisor:
            child = supervisor.start("server", SLEEPER)
            raise ZeroDivisionError
        assert not is_alive(child.process.pid)

    def test_gives_the_signals_back(self, tmp_path: Path) -> None:
        before = signal.getsignal(signal.SIGTERM)
        with Supervisor(tmp_path):
            assert signal.getsignal(signal.SIGTERM) != before
        assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_children_do_not_outlive_their_supervisor(number: int, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cli.supervisor import Supervisor\n"
        "with Supervisor(Path(sys.argv[1])) as s:\n"
        "    print(s.start('child', [sys.executable, '-c', 'import time; time.sleep(60)']).process.pid, flush=True)\n"
        "    s.run_until_stopped()\n"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())
    assert is_alive(child)
    supervisor.send_signal(number)
    supervisor.communicate(timeout=30)
    wait_until(lambda: not is_alive(child))


class TestWatching:
    def test_a_child_that_ends_by_itself_is_named_with_its_last_words(self, tmp_path: Path) -> None:
        with (
            Supervisor(tmp_path) as supervisor,
            pytest.raises(CommandFailed, match=r"worker has ended with 3 \(no map"),
        ):
            supervisor.start("worker", [sys.executable, "-c", "import sys; print('no map'); sys.exit(3)"])
            supervisor.run_until_stopped()

    def test_output_goes_to_a_log_of_its_own_and_the_last_one_is_kept(self, tmp_path: Path) -> None:
        for word in ("first", "second"):
            with Supervisor(tmp_path) as supervisor:
                child = supervisor.start("server", [sys.executable, "-c", f"print('{word}')"])
                wait_until(child.has_ended)
        assert (tmp_path / "server.log").read_text() == "second\n"
        assert (tmp_path / "server.log.old").read_text() == "first\n"

    def test_a_module_runs_from_this_checkout_wherever_the_user_stands(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "cli").mkdir()
        (tmp_path / "cli" / "__init__.py").write_text("raise SystemExit('the wrong one')")
        monkeypatch.chdir(tmp_path)
        with Supervisor(tmp_path / "logs") as supervisor:
            child = supervisor.start_verb("help", "--help")
            wait_until(child.has_ended)
        assert "Usage: pingan" in child.log.read_text()


class _Health(BaseHTTPRequestHandler):
    answers = iter([503, 503, 200])

    def do_GET(self) -> None:
        self.send_response(next(self.answers))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class TestWaiting:
    def test_waits_until_the_server_says_that_it_is_ready(self, tmp_path: Path) -> None:
        server = HTTPServer(("127.0.0.1", 0), _Health)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with Supervisor(tmp_path) as supervisor:
            supervisor.wait_ready(f"http://127.0.0.1:{server.server_port}/health/ready", timeout_s=30)
        assert next(_Health.answers, None) is None
        server.shutdown()
        thread.join()
        server.server_close()

    def test_does_not_wait_for_one_that_has_ended(self, tmp_path: Path) -> None:
        with Supervisor(tmp_path) as supervisor, pytest.raises(CommandFailed, match="server has ended"):
            supervisor.start("server", [sys.executable, "-c", "print('address in use')"])
            supervisor.wait_ready("http://127.0.0.1:9/", timeout_s=30)

    def test_gives_up_in_the_end(self, tmp_path: Path) -> None:
        with Supervisor(tmp_path) as supervisor, pytest.raises(CommandFailed, match="does not answer"):
            supervisor.start("server", SLEEPER)
            supervisor.wait_ready("http://127.0.0.1:9/", timeout_s=0.2)
