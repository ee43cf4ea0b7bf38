"""``pingan doctor``: what is wrong with this installation and how to mend it."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor")(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Say what is wrong with this installation and how to mend it; exit 1 if something must be mended."""
    from cli.finding import State
    from cli.findings import examine

    found = examine()
    broken = [finding for finding in found if finding.state is State.BROKEN]
    if as_json:
        typer.echo(json.dumps({"ok": not broken, "findings": [f.as_dict() for f in found]}, ensure_ascii=False))
    else:
        for finding in found:
            typer.echo(f"{finding.state.value:6}  {finding.what:15}  {finding.detail}")
            if finding.mend:
                typer.echo(f"{'':25}→ {finding.mend}")
        typer.echo("Something must be mended." if broken else "All is well.")
    raise typer.Exit(1 if broken else 0)
