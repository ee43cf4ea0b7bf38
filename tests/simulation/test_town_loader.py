"""The demo town in the database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401  (how changed entities look on screens)
from cli.town import load
from cli.town_streets import as_roads, lay
from dispatch.accounts.model import Account
from dispatch.accounts.passwords import is_password
from dispatch.tenancy import repository as tenancy
from geo.areas.model import Area
from geo.places.model import Place
from geo.responders.model import Post, Responder, ResponderIndex
from geo.roads.model import RoadNetwork, RoadWay
from geo.roads.service import build
from kit.clock import ManualClock
from kit.tenancy import Organization, Station
from simulation.people.town import DISTRICT, PASSWORD, make_town
from tests.support.people import START


def _counts(session: Session) -> dict[str, int]:
    tables = (Station, Organization, Account, Post, Responder, Area, Place)
    return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_a_town_is_made_whole_and_a_second_time_changes_nothing(session: Session) -> None:
    town = make_town()
    before = _counts(session)
    assert load(session, town, at=START)
    session.commit()
    made = _counts(session)
    gained = {name: made[name] - before[name] for name in made}
    assert gained["stations"] == 2
    assert gained["organizations"] == 7, "five companies and the police of two stations"
    assert gained["responders"] == 60 + 14 + 8
    assert gained["accounts"] == len(town.people)
    assert gained["posts"] == len(town.posts)
    assert gained["places"] == len(town.places)
    assert not load(session, town, at=START)
    session.commit()
    assert _counts(session) == made


def test_everybody_of_the_town_is_labelled_and_can_log_in(session: Session) -> None:
    load(session, make_town(), at=START)
    session.commit()
    district = tenancy.find_district(session, DISTRICT)
    assert district is not None and district.demo
    for table in (Station, Organization, Account, Post, Responder, Area, Place):
        of_the_town = select(table).where(table.district_id == district.id)
        assert all(row.demo for row in session.scalars(of_the_town))  # type: ignore[attr-defined]
    accounts = session.scalars(select(Account).where(Account.district_id == district.id)).all()
    assert is_password(PASSWORD, accounts[0].password_hash)
    assert len({account.password_hash for account in accounts}) == 1, "one slow hash, not ninety"


def test_a_guard_of_the_town_has_a_post_and_a_safe_house_stands_in_the_index(session: Session) -> None:
    load(session, make_town(), at=START)
    session.commit()
    guards = session.scalars(select(Responder).where(Responder.kind == "guard", Responder.demo)).all()
    assert all(guard.post_id is not None and guard.account_id is not None for guard in guards)
    houses = session.scalars(
        select(ResponderIndex)
        .join(Responder, Responder.id == ResponderIndex.responder_id)
        .where(Responder.kind == "safe_house", Responder.demo)
    ).all()
    assert houses and all(house.fixed and house.on_duty for house in houses)


def test_a_town_that_fails_half_way_leaves_nothing(committed_database: Engine) -> None:
    town = make_town()
    town.people[-1] = town.people[0]
    with Session(committed_database) as session:
        try:
            load(session, town, at=START)
        except Exception:
            session.rollback()
        else:
            raise AssertionError("two people with one number are refused")
        assert _counts(session)["stations"] == 0


def test_the_town_has_streets_on_its_map_and_ways_to_walk_and_imported_roads_stay(
    session: Session, tmp_path: Path
) -> None:
    town = make_town()
    assert lay(session, town.streets, tmp_path, clock=ManualClock(START))
    network = session.scalars(select(RoadNetwork).where(RoadNetwork.current)).one()
    assert network.demo and "演示" in network.attribution
    names = set(session.scalars(select(RoadWay.name)))
    assert {"剑川路", "龙吴路", "虹梅南路"} <= names
    reached = build(as_roads(town.streets))
    assert all(graph.streets == 60 and graph.snappable.all() for graph in reached.graphs.values())
    assert not lay(session, town.streets[:3], tmp_path, clock=ManualClock(START))
    assert session.scalars(select(RoadNetwork.id).where(RoadNetwork.current)).one() == network.id
