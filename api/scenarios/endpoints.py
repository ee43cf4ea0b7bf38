"""Scenarios: what an incident of one type needs; a leader changes those of his station."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from api.etag import IfMatch, set_etag
from api.fields import Word
from api.idempotency.service import Idempotent
from api.problems import PreconditionRequired, problems
from api.route import WorkRoute
from api.scenarios.schemas import ScenarioEditIn, ScenarioIn, ScenarioOut, VerbOut
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.scenarios import queries, service
from dispatch.scenarios.errors import FallbackNeeded, OnlyOneFallback, ScenarioExists, SkillUnknown, TypeAlreadyMatched
from dispatch.scenarios.model import Scenario
from dispatch.scenarios.verbs import VERBS
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1", tags=["scenarios"], route_class=WorkRoute)

Reading = Annotated[Grant, Depends(allow(Permission.SCENARIO_READ))]
Writing = Annotated[Grant, Depends(allow(Permission.SCENARIO_WRITE))]


def _all_out(session: Session, found: list[Scenario]) -> list[ScenarioOut]:
    makers = queries.list_makers(session, found)
    return [ScenarioOut.of(row, makers) for row in found]


def _out(session: Session, found: Scenario) -> ScenarioOut:
    return _all_out(session, [found])[0]


@router.get("/scenario-verbs", summary="查询允许的协助事项")
def list_verbs(grant: Reading) -> list[VerbOut]:
    """What a helper may be asked to do; nothing else is accepted in a scenario."""
    return [VerbOut(code=code, name=name) for code, name in VERBS.items()]


@router.get("/scenarios", summary="查询处置场景")
def list_scenarios(grant: Reading, session: ReadSession, station_id: UUID | None = None) -> list[ScenarioOut]:
    """The scenarios in force."""
    return _all_out(session, queries.list_scenarios(session, grant=grant, station_id=station_id))


@router.post(
    "/scenarios",
    summary="新建处置场景",
    status_code=201,
    responses=problems(ScenarioExists, SkillUnknown, TypeAlreadyMatched, OnlyOneFallback),
)
def create_scenario(
    body: ScenarioIn, grant: Writing, session: WriteSession, now: Now, command: Idempotent, response: Response
) -> ScenarioOut:
    """A scenario of one's own, for types that no other is for."""
    made = service.create(session, grant=grant, key=body.key, name=body.name, spec=body.spec, at=now)
    set_etag(response, made.version)
    return _out(session, made)


@router.get("/scenarios/{key}", summary="查看处置场景")
def get_scenario(
    key: Word, grant: Reading, session: ReadSession, response: Response, station_id: UUID | None = None
) -> ScenarioOut:
    """The version in force. A district names the station, others mean their own."""
    found = queries.get_version(session, grant=grant, key=key, station_id=station_id)
    set_etag(response, found.version)
    return _out(session, found)


@router.get("/scenarios/{key}/versions", summary="查询处置场景历史版本")
def list_versions(key: Word, grant: Reading, session: ReadSession, station_id: UUID | None = None) -> list[ScenarioOut]:
    """Every version, newest first: which instruction was in force when."""
    return _all_out(session, queries.list_versions(session, grant=grant, key=key, station_id=station_id))


@router.put(
    "/scenarios/{key}",
    summary="修改处置场景",
    responses=problems(
        StaleVersion, PreconditionRequired, SkillUnknown, TypeAlreadyMatched, FallbackNeeded, OnlyOneFallback
    ),
)
def change_scenario(
    key: Word,
    body: ScenarioEditIn,
    version: IfMatch,
    grant: Writing,
    session: WriteSession,
    now: Now,
    command: Idempotent,
    response: Response,
) -> ScenarioOut:
    """Put a new version in force; incidents under way keep the one that they began with."""
    made = service.change(session, grant=grant, key=key, name=body.name, spec=body.spec, version=version, at=now)
    set_etag(response, made.version)
    return _out(session, made)
