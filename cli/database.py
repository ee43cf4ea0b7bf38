"""``pingan db``: the private server, backups, a shell."""

from __future__ import annotations

import signal
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kit.cluster.programs import Programs

MIB = 1 << 20

group = typer.Typer(
    help="The private database server: start, stop, back up, restore, look inside.", no_args_is_help=True
)


class As(StrEnum):
    """Whose rights a shell has."""

    APP = "app"
    OWNER = "owner"
    SUPERUSER = "superuser"


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="db")


@group.command()
def start() -> None:
    """Start the private server; it runs until `db stop`. Made first if there is none."""
    from cli.console import say
    from cli.installation import private_cluster

    info = private_cluster().start()
    say(f"the database server runs; its socket is in {info.socket_folder}")


@group.command()
def stop() -> None:
    """Stop the private server, in use or not."""
    from cli.console import say
    from cli.installation import private_cluster

    say("stopped" if private_cluster().stop() else "it was not running")


@group.command()
def status() -> None:
    """Say whether the server runs and at which migration the database is; exit 1 if it does not run."""
    from cli.console import sentence
    from cli.installation import has_outside_server, private_cluster
    from kit.migrate import find_current, find_head
    from kit.settings import get_settings

    settings = get_settings()
    if not has_outside_server():
        cluster = private_cluster()
        if not cluster.is_running():
            typer.echo(f"not running ({cluster.data})" if cluster.exists() else "not made yet")
            raise typer.Exit(1)
        typer.echo(f"running (PostgreSQL {cluster.major()}, {cluster.data})")
    try:
        current = find_current(settings.database_url)
    except Exception as error:
        typer.echo(sentence(error))
        raise typer.Exit(1) from None
    typer.echo(f"migration: {current or 'none'}, newest: {find_head()}")


@group.command()
def shell(
    role: Annotated[As, typer.Option("--as", help="Whose rights: app, owner or superuser.")] = As.APP,
) -> None:
    """Open psql on the database."""
    from cli.installation import running_database
    from kit.cluster.backup import client_environment

    with running_database() as settings:
        environment = client_environment(_dsn(settings, role))
        # Ctrl-C is for psql: it cancels a query
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        done = subprocess.run([_programs()["psql"]], env=environment, check=False)
    raise typer.Exit(done.returncode)


@group.command()
def backup(file: Annotated[Path, typer.Argument(help="File to write.")]) -> None:
    """Write the whole database to FILE, while it is in use."""
    from cli.console import say
    from cli.installation import has_outside_server, private_cluster
    from kit.cluster.backup import dump
    from kit.settings import get_settings

    if has_outside_server():
        size = dump(_programs(), _dsn(get_settings(), As.OWNER), file.absolute())
    else:
        size = private_cluster().backup(file)
    say(f"{file}: {size / MIB:.1f} MiB")


@group.command()
def restore(
    file: Annotated[Path, typer.Argument(help="File that `db backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace the database by the one in FILE; a file that cannot be read changes nothing."""
    from cli.console import say
    from cli.installation import private_cluster

    cluster = private_cluster()
    if not yes:
        typer.confirm("This replaces everything that is in the database now. Go on?", abort=True, err=True)
    cluster.restore(file)
    say(f"restored from {file}; if it is from an older version, run: ./pingan migrate")


def _programs() -> Programs:
    from cli.console import say
    from cli.installation import has_outside_server, private_cluster
    from kit.cluster.packages import ensure_programs

    return ensure_programs(None, say) if has_outside_server() else private_cluster().programs()


def _dsn(settings: Any, role: As) -> dict[str, Any]:
    from sqlalchemy import make_url

    from cli.console import CommandFailed
    from cli.installation import has_outside_server, private_cluster
    from kit.cluster.provision import SUPERUSER

    if role is As.SUPERUSER:
        info = None if has_outside_server() else private_cluster().find_info()
        if info is None:
            raise CommandFailed("The superuser of an outside server is not known here; use psql there.")
        return info.dsn(SUPERUSER)
    url = make_url(settings.owner_database_url if role is As.OWNER else settings.database_url)
    return {
        "host": url.host or url.query.get("host", ""),
        "port": url.port or url.query.get("port", 5432),
        "user": url.username or "",
        "password": url.password or "",
        "dbname": url.database or "",
    }
