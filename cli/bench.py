"""``pingan bench``: how fast it is, each time beside a floor or a peer in the same run."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import CommandFailed

Json = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    benches = typer.Typer(
        help="How fast it is, beside a floor or a peer in the same run, on a database of its own.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    benches.command("push")(push)
    app.add_typer(benches, name="bench")


def push(
    rates: Annotated[str, typer.Option(help="Calls a second, one run each.")] = "5,20,50",
    seconds: Annotated[float, typer.Option(min=1, help="How long each rate is kept up.")] = 20,
    phones: Annotated[int, typer.Option(min=40, help="Phones that are connected.")] = 2000,
    processes: Annotated[int, typer.Option(min=1, help="Server processes.")] = 2,
    as_json: Json = False,
) -> None:
    """From the call to the order on the phone, beside a bare claim and a bare socket."""
    from benches import push as bench
    from benches.report import last_line

    try:
        wanted = tuple(float(rate) for rate in rates.split(","))
    except ValueError:
        raise CommandFailed("--rates takes numbers with commas between them, for example 5,20,50.") from None
    found = bench.run(bench.Plan(rates=wanted, seconds=seconds, phones=phones, processes=processes))
    print(bench.show(found))
    if as_json:
        print(last_line(found))
