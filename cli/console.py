"""What the command says: progress to stderr, results to stdout, one sentence for a failure."""

from __future__ import annotations

import sys

from kit.errors import PinganError


class CommandFailed(PinganError):
    """The command could not do its work."""


class Terminated(SystemExit):
    """SIGTERM came: what is running is ended in good order. For a service that is the usual end."""


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def sentence(error: BaseException) -> str:
    """What went wrong in one sentence: without a traceback, without values, without passwords."""
    if isinstance(error, PinganError):
        return error.detail
    kind = type(error).__name__
    module = type(error).__module__.partition(".")[0]
    if module == "sqlalchemy" and getattr(error, "orig", None) is not None:
        # the statement and its values are in the text of the outer error, not in the driver's first line
        return f"The database refused: {_first_line(error.orig)}"  # type: ignore[attr-defined]
    if module == "psycopg2":
        return f"The database refused: {_first_line(error)}"
    if kind == "ValidationError" and hasattr(error, "errors"):
        faults = [f"PINGAN_{'_'.join(map(str, f['loc'])).upper()}: {f['msg']}" for f in error.errors()]
        return f"A setting is not right ({'; '.join(faults)})."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    return f"Unexpected {kind}: {_first_line(error)} (PINGAN_DEBUG=1 shows where.)"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else "no message."
