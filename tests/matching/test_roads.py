"""The matcher goes by road as soon as there are roads, through the same door as every dispatch."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.matching.model import Need, Recommendation
from dispatch.matching.service import recompute
from dispatch.orders import service
from geo.roads.store import STORE
from tests.geo import streets
from tests.geo.streets import Town
from tests.geo.test_roads_import import take
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import LAT, LON, START


@pytest.fixture
def scene(session: Session) -> Scene:
    """Two guards, 100 m and 150 m east of the incident, as the crow flies."""
    return make_scene(session, a_need("patrol_unit"), a_need("guard"), guards=2, police=1)


def build_streets(session: Session, folder: Path) -> None:
    """The nearer guard stands behind a canal: 1 100 m round. The farther one has 210 m to go."""
    x, y = (LON - streets.LON) / streets.EAST, (LAT - streets.LAT) / streets.NORTH
    places = [(0, 0), (0, 500), (100, 500), (100, 0), (150, 0), (150, -30), (0, -30)]
    town = Town({n: (x + east, y + north) for n, (east, north) in enumerate(places)})
    take(session, town.way(0, 1, 2, 3).way(4, 5, 6, 0), folder)


def recommendation(session: Session) -> Recommendation:
    """That for the guards."""
    return session.scalars(
        select(Recommendation).join(Need, Need.id == Recommendation.need_id).where(Need.kind == "guard")
    ).one()


def test_without_roads_the_nearest_by_air_is_asked(scene: Scene, session: Session) -> None:
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert set(scene.states()) == {"p0", "g0"}
    assert recommendation(session).result["chosen"][0]["basis"] == "straight_line"


def test_with_roads_who_is_there_first_is_asked_and_the_answer_says_why(
    scene: Scene, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STORE, "_folder", tmp_path)
    build_streets(session, tmp_path)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert set(scene.states()) == {"p0", "g1"}
    stored = recommendation(session)
    first = stored.result["chosen"][0]
    assert first["basis"] == "road"
    assert first["travel_m"] == pytest.approx(210, abs=2)
    assert recompute(stored) == stored.result, "the stored seconds suffice, whatever becomes of the roads"
