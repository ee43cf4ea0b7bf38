"""Figures: how fast, how well, how evenly; and the incidents behind each of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.figures.asked import Asking
from api.figures.schemas import (
    AssistLineOut,
    BurdenOut,
    ClosingLineOut,
    FiguresOut,
    HourOut,
    IntervalLineOut,
    MissedLineOut,
    OwnFiguresOut,
    table,
)
from api.incidents.answers import IncidentOut
from api.paging import Page, Slicing, write_cursor
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.access.table import grant as grant_of
from dispatch.figures import queries
from dispatch.figures.queries import Table
from dispatch.figures.scope import By, NotByPerson, PeriodEmpty, PeriodTooLong, TooManyIncidents
from dispatch.incidents import queries as incidents
from dispatch.incidents.queries import Filter
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["figures"], route_class=WorkRoute)

_Read = Annotated[Grant, Depends(allow(Permission.FIGURE_READ))]
_Assists = Annotated[Grant, Depends(allow(Permission.ASSIST_FIGURE_READ))]
_Own = Annotated[Grant, Depends(allow(Permission.FIGURE_OWN))]
_By = Annotated[By, Query(description="what the lines are told apart by")]
_REFUSALS = problems(PeriodTooLong, PeriodEmpty, TooManyIncidents, NotByPerson)


@router.get("/figures/intervals", summary="统计各环节用时", responses=_REFUSALS)
def list_intervals(grant: _Read, session: ReadSession, asked: Asking, by: _By = By.ALL) -> FiguresOut[IntervalLineOut]:
    """Signing, setting out, arriving and the rest: percentiles of what was measured, and the police bands."""
    scope = asked.scope(queries.usual_sort(session, grant))
    lines = queries.list_intervals(session, grant, scope, by)
    return FiguresOut[IntervalLineOut](**table(scope, by, map(IntervalLineOut.model_validate, lines)))


@router.get("/figures/assists", summary="统计力量响应与评价", responses=_REFUSALS)
def list_assists(
    grant: _Assists, session: ReadSession, asked: Asking, now: Now, by: _By = By.ORGANIZATION
) -> FiguresOut[AssistLineOut]:
    """How helpers answered, came and were rated; organizations and people ranked. A company sees its own people."""
    scope = asked.scope(queries.usual_sort(session, grant))
    lines = queries.list_assists(session, grant, scope, by, now=now)
    return FiguresOut[AssistLineOut](**table(scope, by, map(AssistLineOut.model_validate, lines)))


@router.get("/figures/closings", summary="统计办结、完整度与超时", responses=_REFUSALS)
def list_closings(
    grant: _Read, session: ReadSession, asked: Asking, now: Now, by: _By = By.ALL
) -> FiguresOut[ClosingLineOut]:
    """How incidents ended, how much of their course was measured, what was late and what is overdue now."""
    scope = asked.scope(queries.usual_sort(session, grant))
    lines = queries.list_closings(session, grant, scope, by, now=now)
    return FiguresOut[ClosingLineOut](**table(scope, by, map(ClosingLineOut.model_validate, lines)))


@router.get("/figures/missed", summary="统计应派未派", responses=_REFUSALS)
def list_missed(grant: _Read, session: ReadSession, asked: Asking, by: _By = By.ALL) -> FiguresOut[MissedLineOut]:
    """Incidents whose scenario asks for helpers and where not one was asked, and why."""
    scope = asked.scope(queries.usual_sort(session, grant))
    lines = queries.list_missed(session, grant, scope, by)
    return FiguresOut[MissedLineOut](**table(scope, by, map(MissedLineOut.model_validate, lines)))


@router.get("/figures/burden", summary="统计请求负担与公平", responses=_REFUSALS)
def get_burden(grant: _Assists, session: ReadSession, asked: Asking, now: Now) -> BurdenOut:
    """Offers per duty hour, and how unevenly they lie."""
    scope = asked.scope(queries.usual_sort(session, grant))
    return BurdenOut.model_validate(queries.get_burden(session, grant, scope, now=now))


@router.get("/figures/coverage", summary="统计分时段在岗力量", responses=_REFUSALS)
def list_coverage(grant: _Read, session: ReadSession, asked: Asking, now: Now) -> FiguresOut[HourOut]:
    """How many of each kind were on duty at each hour of the week, beside how many calls came."""
    scope = asked.scope(queries.usual_sort(session, grant))
    hours = queries.list_coverage(session, grant, scope, now=now)
    return FiguresOut[HourOut](**table(scope, By.ALL, map(HourOut.model_validate, hours)))


@router.get("/figures/incidents", summary="查询统计数字对应的警情", responses=_REFUSALS)
def list_behind(
    grant: _Read,
    session: ReadSession,
    asked: Asking,
    now: Now,
    part: Slicing,
    lines: Annotated[Table, Query(alias="table")],
    of: Annotated[str, Query(max_length=64, description="a name of the line's `sets`", examples=["late"])],
    by: _By = By.ALL,
    group: Annotated[str, Query(max_length=64, description="key of the line's group")] = "all",
    interval: Annotated[str | None, Query(max_length=32, description="of the table `intervals`")] = None,
) -> Page[IncidentOut]:
    """The very incidents that a number counts, latest first; the same scope gives the same incidents."""
    listing = grant_of(grant.actor, Permission.INCIDENT_LIST)
    scope = asked.scope(queries.usual_sort(session, grant))
    ids = queries.find_behind(session, grant, scope, table=lines, by=by, group=group, of=of, interval=interval, now=now)
    views, after = incidents.list_incidents(session, grant=listing, only=Filter(ids=ids), slice_=part)
    return Page(
        items=[IncidentOut.model_validate(view) for view in views], next_cursor=write_cursor(after) if after else None
    )


@router.get("/me/figures", summary="查询本人统计", responses=problems(PeriodTooLong, PeriodEmpty, TooManyIncidents))
def get_own(grant: _Own, session: ReadSession, asked: Asking, now: Now) -> OwnFiguresOut:
    """One's own answers, times, ratings and duty hours, by the same rules as everybody's."""
    scope = asked.scope(queries.usual_sort(session, grant))
    own = queries.get_own(session, grant, scope, now=now)
    return OwnFiguresOut.model_validate({"start": scope.start, "end": scope.end, "sort": scope.sort, **vars(own)})
