"""The command's verbs, and what happens when one fails."""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import sys
from types import FrameType

import typer

from cli.console import Terminated, say, sentence

#: modules of this package in the order of the help page; each has ``register(app)``
VERBS = (
    "demo",
    "test",
    "serve",
    "worker",
    "migrate",
    "database",
    "imports",
    "replay",
    "simulate",
    "bench",
    "user",
    "webhook",
    "web",
    "doctor",
)


def build() -> typer.Typer:
    """The whole command."""
    app = typer.Typer(
        name="pingan",
        help="平安联盟: the nearest guards, safe-houses and patrols to every 110 incident,"
        " from the call to the reviewed closure.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in VERBS:
        module = f"cli.{name}"
        # a verb of a later issue is absent, not a stub
        if importlib.util.find_spec(module):
            importlib.import_module(module).register(app)
    return app


def run() -> None:
    """Run the command line. A failure is one sentence on stderr and a non-zero exit."""
    # so that what was started is also stopped when a service manager ends us
    signal.signal(signal.SIGTERM, _terminate)
    try:
        build()(prog_name="pingan")
    except Exception as error:
        if os.environ.get("PINGAN_DEBUG") == "1":
            raise
        say(f"pingan: {sentence(error)}")
        sys.exit(1)


def _terminate(_: int, __: FrameType | None) -> None:
    raise Terminated(128 + signal.SIGTERM)


def app() -> None:
    """The entry point of an installed package."""
    run()
