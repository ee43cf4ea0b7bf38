"""``pingan user``: the first leader of a station, and whoever cannot wait for the web page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dispatch.accounts.model import Account
    from kit.tenancy import Station

group = typer.Typer(help="Stations and accounts: the first ones, passwords, codes, revocation.", no_args_is_help=True)


class RoleName(StrEnum):
    """The roles of accounts."""

    GUARD = "guard"
    KEEPER = "keeper"
    OFFICER = "officer"
    DISPATCHER = "dispatcher"
    LEADER = "leader"
    COMPANY_MANAGER = "company_manager"
    DISTRICT_ADMIN = "district_admin"


Login = Annotated[str, typer.Argument(help="Telephone number or badge number (工号).")]
Phone = Annotated[str | None, typer.Option(help="Telephone number.")]
Badge = Annotated[str | None, typer.Option(help="Badge number (工号).")]
StationCode = Annotated[str | None, typer.Option(help="Code or name of the station.")]
PasswordStdin = Annotated[bool, typer.Option(help="Read the password from the first line of standard input.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="user")


@group.command()
def bootstrap(
    district: Annotated[str, typer.Option(help="Name of the district (分局).")],
    station: Annotated[str, typer.Option(help="Name of the station (派出所).")],
    code: Annotated[str, typer.Option(help="Code of the station, for files and commands.")],
    leader: Annotated[str, typer.Option(help="Name of the station leader (所长).")],
    phone: Phone = None,
    badge: Badge = None,
) -> None:
    """Make the first district, station and leader. Safe to run again: what is there stays."""
    from dispatch.accounts.onboarding import issue_code
    from dispatch.accounts.service import create_account
    from dispatch.tenancy import repository, service
    from kit.actor import SYSTEM, Role

    at = datetime.now(UTC)
    with _session() as session:
        parent = repository.find_district(session, district)
        parent = parent or service.found_district(session, name=district, actor=SYSTEM, at=at)
        place = repository.find_station_by_code(session, code) or service.found_station(
            session, district_id=parent.id, name=station, code=code, actor=SYSTEM, at=at
        )
        account = _find(session, phone or badge or "") or create_account(
            session,
            role=Role.LEADER,
            district_id=place.district_id,
            station_id=place.id,
            organization_id=None,
            name=leader,
            phone=phone,
            badge_no=badge,
            actor=SYSTEM,
            at=at,
        )
        made = issue_code(session, account, actor=SYSTEM, at=at).code if account.password_hash is None else None
    _tell_code(made)


@group.command()
def create(
    role: Annotated[RoleName, typer.Option(help="What the account may do.")],
    name: Annotated[str, typer.Option(help="Name of its owner.")],
    phone: Phone = None,
    badge: Badge = None,
    station: StationCode = None,
    district: Annotated[str | None, typer.Option(help="Name of the district, for a district_admin.")] = None,
    organization: Annotated[str | None, typer.Option(help="Name of the organization at the station.")] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Open an account. Without a password, a one-time code is printed with which its owner sets one."""
    from cli.console import CommandFailed
    from dispatch.accounts.onboarding import issue_code
    from dispatch.accounts.service import create_account
    from dispatch.tenancy import repository
    from kit.actor import SYSTEM, Role

    at = datetime.now(UTC)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with _session() as session:
        place = _station(session, station) if role is not RoleName.DISTRICT_ADMIN else None
        parent = repository.find_district(session, district or "") if place is None else None
        if place is None and parent is None:
            raise CommandFailed("Name an existing district with --district.")
        company = None
        if organization is not None and place is not None:
            company = repository.find_organization_by_name(session, place.id, organization)
            if company is None:
                raise CommandFailed("This station has no organization of that name.")
        if company is None and role in (RoleName.GUARD, RoleName.KEEPER, RoleName.COMPANY_MANAGER):
            raise CommandFailed("This role belongs to an organization: name it with --organization.")
        district_id = place.district_id if place is not None else parent.id  # type: ignore[union-attr]
        account = create_account(
            session,
            role=Role(role.value),
            district_id=district_id,
            station_id=place.id if place is not None else None,
            organization_id=company.id if company is not None else None,
            name=name,
            phone=phone,
            badge_no=badge,
            password=password,
            actor=SYSTEM,
            at=at,
        )
        made = issue_code(session, account, actor=SYSTEM, at=at).code if password is None else None
    _tell_code(made)


@group.command("list")
def list_(
    station: StationCode = None, role: Annotated[RoleName | None, typer.Option(help="Only this role.")] = None
) -> None:
    """List accounts, numbers masked."""
    from dispatch.access.table import Permission, grant
    from dispatch.accounts import repository
    from dispatch.accounts.logins import masked_phone
    from kit.actor import SYSTEM
    from kit.paging import Slice, next_after

    everybody, part = grant(SYSTEM, Permission.ACCOUNT_READ), Slice(limit=500)
    with _session() as session:
        place = _station(session, station) if station is not None else None
        while True:
            rows = repository.list_visible(session, everybody, part=part, role=role.value if role else None)
            for row in rows[: part.limit]:
                if place is None or row.station_id == place.id:
                    state = "active" if row.active else "closed"
                    print("\t".join((row.role, row.name, masked_phone(row) or "-", row.badge_no or "-", state)))
            after = next_after(rows, limit=part.limit, at="created_at")
            if after is None:
                return
            part = Slice(limit=part.limit, after=after)


@group.command()
def passwd(login: Login, password_stdin: PasswordStdin = False) -> None:
    """Set a password; every login of the account ends."""
    from dispatch.accounts.onboarding import reset_password
    from kit.actor import SYSTEM

    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    )
    with _session() as session:
        reset_password(session, _get(session, login), password=password, actor=SYSTEM, at=datetime.now(UTC))


@group.command()
def code(login: Login) -> None:
    """Print a one-time code with which the owner sets a password; an earlier code ends."""
    from dispatch.accounts.onboarding import issue_code
    from kit.actor import SYSTEM

    with _session() as session:
        made = issue_code(session, _get(session, login), actor=SYSTEM, at=datetime.now(UTC)).code
    _tell_code(made)


@group.command()
def revoke(login: Login, reason: Annotated[str, typer.Option(help="Why; kept in the record.")]) -> None:
    """End every login, device and duty of an account now."""
    from dispatch.access.table import Permission, grant
    from dispatch.accounts import management
    from kit.actor import SYSTEM

    with _session() as session:
        account = _get(session, login)
        allowed = grant(SYSTEM, Permission.ACCOUNT_REVOKE)
        management.revoke(session, grant=allowed, account_id=account.id, reason=reason, at=datetime.now(UTC))


@contextmanager
def _session() -> Iterator[Session]:
    """One unit of work on this installation's database."""
    import dispatch.projections  # noqa: F401  (ending a duty changes a screen)
    from cli.installation import require_migrated, running_database
    from kit.database import make_engine, make_session_factory, transaction

    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="pingan-user")
        try:
            with transaction(make_session_factory(engine)) as session:
                yield session
        finally:
            engine.dispose()


def _find(session: Session, login: str) -> Account | None:
    from dispatch.accounts.logins import read_login
    from dispatch.accounts.repository import find_by_login

    phone_index, badge_no = read_login(login)
    return find_by_login(session, phone_index=phone_index, badge_no=badge_no, lock=True)


def _get(session: Session, login: str) -> Account:
    from cli.console import CommandFailed

    account = _find(session, login)
    if account is None:
        raise CommandFailed("No account has this telephone number or badge number.")
    return account


def _station(session: Session, wanted: str | None) -> Station:
    from cli.console import CommandFailed
    from cli.stations import choose_station

    if not wanted:
        raise CommandFailed("Name an existing station by its code or name with --station.")
    return choose_station(session, wanted)


def _tell_code(code: str | None) -> None:
    """The code is the result: to standard output, the rest to standard error."""
    from cli.console import say

    if code is not None:
        say("one-time code, good for 72 hours:")
        print(code)
