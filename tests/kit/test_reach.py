"""Whose rows a grant reaches: nothing by default."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import ColumnElement, literal
from sqlalchemy.dialects import postgresql

from kit.actor import Actor, Grant, Reach, Role
from kit.reach import rows_within
from kit.tenancy import Organization

ME = Actor(
    role=Role.LEADER,
    account_id=uuid.uuid4(),
    district_id=uuid.uuid4(),
    station_id=uuid.uuid4(),
    organization_id=uuid.uuid4(),
)
COLUMNS: dict[str, Any] = {
    "own": Organization.id,
    "assigned": Organization.id,
    "organization": Organization.id,
    "station": Organization.station_id,
    "district": Organization.district_id,
}
IDS = {
    Reach.OWN: ME.account_id,
    Reach.ASSIGNED: ME.account_id,
    Reach.ORGANIZATION: ME.organization_id,
    Reach.STATION: ME.station_id,
    Reach.DISTRICT: ME.district_id,
}


def grant(reach: Reach, actor: Actor = ME) -> Grant:
    return Grant(actor=actor, permission="station.read", reach=reach)


def sql(condition: ColumnElement[bool]) -> str:
    return str(condition.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("reach", IDS)
def test_a_column_is_compared_with_the_actors_own_id_of_that_kind(reach: Reach) -> None:
    assert str(IDS[reach]) in sql(rows_within(grant(reach), **COLUMNS))


@pytest.mark.parametrize("reach", IDS)
def test_a_reach_for_which_the_noun_names_nothing_reaches_no_row(reach: Reach) -> None:
    others = {name: column for name, column in COLUMNS.items() if name != reach.value}
    assert sql(rows_within(grant(reach), **others)) == "false"


@pytest.mark.parametrize("reach", IDS)
def test_an_actor_without_the_id_reaches_no_row(reach: Reach) -> None:
    nobody = replace(ME, account_id=None, district_id=None, station_id=None, organization_id=None)
    assert sql(rows_within(grant(reach, nobody), **COLUMNS)) == "false"


def test_a_condition_stands_as_it_is() -> None:
    mine = literal(1) == literal(1)
    assert rows_within(grant(Reach.ASSIGNED), assigned=mine) is mine


def test_the_machine_reaches_every_row() -> None:
    assert sql(rows_within(grant(Reach.ANY))) == "true"


def test_an_aid_adds_to_the_stations_own_rows_where_the_noun_names_it() -> None:
    own = sql(rows_within(grant(Reach.STATION), **COLUMNS))
    assert sql(rows_within(grant(Reach.STATION_AND_AID), **COLUMNS)) == own
    lent = literal(1) == literal(1)
    both = sql(rows_within(grant(Reach.STATION_AND_AID), **COLUMNS, aid=lent))
    assert both == f"{own} OR {sql(lent)}"
    assert sql(rows_within(grant(Reach.STATION), **COLUMNS, aid=lent)) == own
    nobody = replace(ME, station_id=None)
    assert sql(rows_within(grant(Reach.STATION_AND_AID, nobody), **COLUMNS, aid=lent)) == "false"
