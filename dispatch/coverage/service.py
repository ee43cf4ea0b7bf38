"""Where no helper is in time, by hour, and where a new safe-house (平安屋) would change that."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from dispatch.coverage import repository
from dispatch.coverage.cells import MOST_CELLS, cell_of, cells_around, cells_within, centre_of, points_of
from dispatch.coverage.greedy import greedy_cover
from dispatch.coverage.values import Cell, Coverage, Proposal, Source, weigh
from geo.crs import Position
from geo.responders.hours import DAYS, SHANGHAI, is_open
from geo.roads.lengths import metres_per_degree
from geo.roads.network import Network
from geo.roads.queries import list_free_places
from geo.roads.reaching import first_seconds
from geo.roads.store import STORE, RoadStore
from geo.travel import SPEED_MPS
from kit.actor import Grant
from kit.errors import NotFound

HELPERS = ("guard", "safe_house")
#: helpers walk
_MEANS = "foot"
_DUTIES, _INCIDENTS = timedelta(days=28), timedelta(days=365)
#: a post or house counts at an hour at which it is staffed on half of the days
_STAFFED = 0.5
#: calls of the hour before and after belong to the hour as well
_AROUND_H = 1
#: without a drawn jurisdiction: so many rings of cells around what is known
_RINGS = 3
_MOST_CANDIDATES, _MOST_NAMES = 300, 5


@dataclass(frozen=True, kw_only=True)
class Asked:
    """``hour``: of the local day, as the past weeks were; None: now. ``fresh_s``: older places of people are none."""

    target_s: float
    hour: int | None
    fresh_s: float


def cover(session: Session, grant: Grant, asked: Asked, *, at: datetime, store: RoadStore = STORE) -> Coverage:
    """The station's ground in cells, each reached in time or not. Raises NotFound for who has no station."""
    coverage, _ = _cover(session, grant, asked, at=at, network=store.find(session))
    return coverage


def cover_day(
    session: Session, grant: Grant, asked: Asked, *, at: datetime, store: RoadStore = STORE
) -> list[Coverage]:
    """``cover`` for each hour of the local day, as the past weeks were; the hour that was asked plays no part."""
    network = store.find(session)
    return [_cover(session, grant, replace(asked, hour=hour), at=at, network=network)[0] for hour in range(24)]


def propose(
    session: Session, grant: Grant, asked: Asked, count: int, *, at: datetime, store: RoadStore = STORE
) -> tuple[Coverage, list[Proposal]]:
    """The cells in which ``count`` new safe-houses would reach most of what nobody reaches; the best first."""
    network = store.find(session)
    coverage, when = _cover(session, grant, asked, at=at, network=network)
    weights = weigh(coverage.cells)
    open_ = {cell.cell: weights[cell.cell] for cell in coverage.cells if not cell.reached and weights[cell.cell] > 0}
    candidates = _candidates(coverage, open_, asked.target_s)
    covers = _covers(network, candidates, asked.target_s, when)
    picks = greedy_cover(open_, covers, count)
    centres = {cell: centre_of(cell) for cell, _ in covers}
    assert grant.actor.district_id is not None
    names = _names(session, grant.actor.district_id, [centres[pick.candidate] for pick in picks])
    whole = sum(weights.values())
    reached = whole - sum(weights[cell.cell] for cell in coverage.cells if not cell.reached)
    still, proposals = set(open_), []
    for pick in picks:
        own = {cell for cell in dict(covers)[pick.candidate] if cell in still}
        still -= own
        reached += pick.gain
        proposals.append(
            Proposal(
                cell=pick.candidate,
                centre=centres[pick.candidate],
                names=names.get(pick.candidate, ()),
                cells=len(own),
                incidents=pick.gain,
                share_after=round(reached / whole, 4),
            )
        )
    return coverage, proposals


def _cover(
    session: Session, grant: Grant, asked: Asked, *, at: datetime, network: Network | None
) -> tuple[Coverage, datetime]:
    station_id = grant.actor.station_id
    if station_id is None:
        raise NotFound
    starts, source = _starts(session, grant, station_id, asked, at=at)
    incidents = repository.list_incidents(session, station_id, since=at - _INCIDENTS)
    cells = _ground(session, station_id, starts, [place for place, _ in incidents])
    counts = Counter(cell_of(place) for place, hour in incidents if _counts(hour, asked.hour))
    when = at if asked.hour is None else _next(at, asked.hour)
    places = [centre_of(cell) for cell in cells]
    seconds, by_road = first_seconds(network, starts, places, _MEANS, limit_s=asked.target_s, at=when)
    found = tuple(
        Cell(
            cell=cell,
            incidents=counts[cell],
            seconds=round(own_s, 1) if np.isfinite(own_s) else None,
            by_road=road,
        )
        for cell, own_s, road in zip(cells, seconds.tolist(), by_road.tolist(), strict=True)
    )
    coverage = Coverage(source=source, hour=asked.hour, target_s=asked.target_s, starts=len(starts), cells=found)
    return coverage, when


def _starts(
    session: Session, grant: Grant, station_id: uuid.UUID, asked: Asked, *, at: datetime
) -> tuple[list[Position], Source]:
    if asked.hour is None:
        fresh_since = at - timedelta(seconds=asked.fresh_s)
        free = [list_free_places(session, grant, kind=kind, fresh_since=fresh_since) for kind in HELPERS]
        return [place for kind in free for place, _ in kind], "present"
    posts = repository.list_post_staff(session, station_id, hour=asked.hour, since=at - _DUTIES, until=at)
    houses = repository.list_houses(session, station_id)
    monday = at.astimezone(SHANGHAI).replace(hour=asked.hour, minute=30, second=0, microsecond=0)
    week = [monday + timedelta(days=n) for n in range(len(DAYS))]
    open_ = [place for place, hours in houses if sum(is_open(hours, day) for day in week) >= _STAFFED * len(week)]
    return [place for place, people in posts if people >= _STAFFED] + open_, "history"


def _ground(
    session: Session, station_id: uuid.UUID, starts: Sequence[Position], incidents: Sequence[Position]
) -> list[str]:
    grounds = repository.list_grounds(session, station_id)
    cells = sorted({cell for ground in grounds for cell in cells_within(ground)})
    return (cells or cells_around([*starts, *incidents], rings=_RINGS))[:MOST_CELLS]


def _counts(hour: int, wanted: int | None) -> bool:
    return wanted is None or min((hour - wanted) % 24, (wanted - hour) % 24) <= _AROUND_H


def _next(at: datetime, hour: int) -> datetime:
    local = at.astimezone(SHANGHAI).replace(hour=hour, minute=0, second=0, microsecond=0)
    return local if local > at else local + timedelta(days=1)


def _candidates(coverage: Coverage, open_: Mapping[str, float], target_s: float) -> list[tuple[str, list[str]]]:
    """Cells with something open within the straight line, each with that; those around which most is open first."""
    if not open_:
        return []
    names, cells = list(open_), [cell.cell for cell in coverage.cells]
    weight = np.array(list(open_.values()))
    there, here = points_of(names), points_of(cells)
    scale = np.array(metres_per_degree(float(here[:, 1].mean())), dtype=np.float64)
    reach_m = target_s * SPEED_MPS[_MEANS]
    found: list[tuple[float, str, list[str]]] = []
    for n, cell in enumerate(cells):
        near = np.hypot(*((there - here[n]) * scale).T) <= reach_m
        if near.any():
            found.append((-float(weight[near].sum()), cell, [names[k] for k in np.flatnonzero(near).tolist()]))
    return [(cell, near_cells) for _, cell, near_cells in sorted(found)[:_MOST_CANDIDATES]]


def _covers(
    network: Network | None, candidates: Sequence[tuple[str, list[str]]], target_s: float, when: datetime
) -> list[tuple[str, frozenset[str]]]:
    covers = []
    for candidate, near in candidates:
        places = [centre_of(cell) for cell in near]
        seconds, _ = first_seconds(network, [centre_of(candidate)], places, _MEANS, limit_s=target_s, at=when)
        covers.append((candidate, frozenset(near[n] for n in np.flatnonzero(np.isfinite(seconds)).tolist())))
    return covers


def _names(session: Session, district_id: uuid.UUID, centres: Sequence[Position]) -> dict[str, tuple[str, ...]]:
    wanted = {cell_of(centre) for centre in centres}
    names: dict[str, list[str]] = {}
    for name, place in repository.list_places(session, district_id, centres):
        cell = cell_of(place)
        if cell in wanted:
            names.setdefault(cell, []).append(name)
    return {cell: tuple(found[:_MOST_NAMES]) for cell, found in names.items()}
