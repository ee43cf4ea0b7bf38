"""``pingan test``: everything, on real PostGIS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Annotated

import typer

MOST_PROCESSES = 4


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "test",
        context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    )(test)


def test(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Passed on to pytest; none: everything, in parallel.")
    ] = None,
) -> None:
    """Run the tests on a server of their own; databases with real data are never touched."""
    from cli.browser import ensure_browser, needs_browser
    from cli.console import say
    from kit.cluster import Cluster
    from kit.settings import CHECKOUT, default_home

    if needs_browser(arguments or ()):
        ensure_browser(say)
    # held here, so that packages are installed and the server is made before pytest captures the output
    with Cluster.for_tests(default_home(), say).lease():
        command = [sys.executable, "-m", "pytest", *(arguments or default_arguments(os.cpu_count() or 1))]
        child = subprocess.Popen(command, cwd=CHECKOUT)
        # Ctrl-C reaches pytest too; it reports what it has, and we wait for that
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            code = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    raise typer.Exit(code)


def default_arguments(processors: int) -> list[str]:
    """All tests, on a process more than there are processors, as many tests wait for others; on at most four."""
    processes = min(MOST_PROCESSES, processors + 1) if processors > 1 else 1
    # tests/conftest.py: those that share what is dear to start, such as a browser, stay together
    return ["-n", str(processes), "--dist", "loadscope"] if processes > 1 else []
