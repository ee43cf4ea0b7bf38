"""``pingan web``: the three web apps, built where they are served from."""

from __future__ import annotations

from typing import Annotated

import typer

group = typer.Typer(help="The web apps: build them, renew the types of the API.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="web")


@group.command()
def build(
    again: Annotated[bool, typer.Option("--again", help="Also when nothing has changed.")] = False,
) -> None:
    """Build the web apps if their sources have changed. Takes Node from the machine, else from our environment."""
    from cli.console import say
    from cli.web_build import ensure_built

    say("built" if ensure_built(say, again=again) else "nothing has changed since the last build")


@group.command()
def types() -> None:
    """Write the API's types anew (web/packages/api/src/schema.d.ts) from this checkout's API; needs no server."""
    from cli.console import say
    from cli.web_build import ensure_libraries, run_node
    from cli.web_openapi import TYPES, write_openapi

    node = ensure_libraries(say)
    write_openapi()
    run_node(node, "types", "--output", str(TYPES))
    say(f"wrote {TYPES}")


@group.command()
def check() -> None:
    """Check the types of the web apps and run their unit tests."""
    from cli.console import say
    from cli.web_build import ensure_libraries, run_node

    node = ensure_libraries(say)
    run_node(node, "check", capture=False)
    run_node(node, "test", capture=False)
