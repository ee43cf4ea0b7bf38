"""Who sees where whom: consoles everybody on duty in their station, and who was lent to it while he is at it; officers
the helpers on their incidents."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from dispatch.orders.model import Order
from geo.positions import shown
from geo.responders.model import ResponderIndex
from notifications.live.positions import PositionRequest, Positions
from notifications.live.socket import Viewer

#: while these last, the officer on the incident sees where the helper is
_UNDER_WAY = ("accepted", "en_route", "arrived")

_COLUMNS = (
    ResponderIndex.responder_id,
    ResponderIndex.station_id,
    ResponderIndex.received_at,
    shown.CAPTURED_AT.label("captured"),
    shown.JSON.label("json"),
)


def read_positions(session: Session, request: PositionRequest) -> Positions:
    """What moved in the stations looked at, and where the officers' helpers are. Only who is on duty and moves."""
    by_station: dict[uuid.UUID, dict[str, tuple[str, str]]] = {}
    newest: datetime | None = None
    for row in _list_rows(session, request):
        by_station.setdefault(row.station_id, {})[str(row.responder_id)] = _shown(row)
        newest = row.received_at if newest is None else max(newest, row.received_at)
    return Positions(
        by_station=by_station,
        by_officer=_list_helpers(session, request.officer_account_ids),
        lent_to=_list_lent(session, request.station_ids | request.whole_station_ids),
        newest=newest,
    )


def list_shown_to(session: Session, viewer: Viewer) -> list[str]:
    """Where everybody is whom this viewer's socket would show him, as JSON."""
    whole = {viewer.station_id} if viewer.console and viewer.station_id is not None else set()
    request = PositionRequest(
        station_ids=frozenset(),
        since=None,
        whole_station_ids=frozenset(whole),
        officer_account_ids=frozenset({viewer.account_id} if viewer.officer else ()),
    )
    return [json for _, json in read_positions(session, request).for_viewer(viewer).values()]


def _list_rows(session: Session, request: PositionRequest) -> list[Any]:
    rows: list[Any] = []
    if request.whole_station_ids:
        rows += session.execute(_moving(ResponderIndex.station_id.in_(request.whole_station_ids)))
    if request.station_ids and request.since is not None:
        moved = _moving(ResponderIndex.station_id.in_(request.station_ids))
        rows += session.execute(moved.where(ResponderIndex.received_at > request.since))
    return rows


def _moving(where: ColumnElement[bool]) -> Any:
    return select(*_COLUMNS).where(
        where, ResponderIndex.on_duty, ~ResponderIndex.fixed, ResponderIndex.captured_at.is_not(None)
    )


def _list_lent(session: Session, hosts: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, tuple[str, str]]]:
    """By host: those of other stations who have accepted and not finished there. Nothing of them before or after."""
    if not hosts:
        return {}
    at_work = select(Order.station_id, Order.responder_id).where(
        Order.aid_id.is_not(None), Order.state.in_(_UNDER_WAY), Order.station_id.in_(hosts)
    )
    pairs = session.execute(at_work).all()
    if not pairs:
        return {}
    rows = session.execute(_moving(ResponderIndex.responder_id.in_({pair.responder_id for pair in pairs})))
    known = {row.responder_id: _shown(row) for row in rows}
    found: dict[uuid.UUID, dict[str, tuple[str, str]]] = {}
    for station_id, responder_id in pairs:
        if responder_id in known:
            found.setdefault(station_id, {})[str(responder_id)] = known[responder_id]
    return found


def _list_helpers(session: Session, officers: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, tuple[str, str]]]:
    if not officers:
        return {}
    his, theirs = aliased(Order), aliased(Order)
    pairs: Sequence[Any] = session.execute(
        select(his.account_id, theirs.responder_id)
        .join(theirs, theirs.incident_id == his.incident_id)
        .where(
            his.account_id.in_(officers),
            his.state.in_(_UNDER_WAY),
            theirs.state.in_(_UNDER_WAY),
            theirs.id != his.id,
        )
    ).all()
    if not pairs:
        return {}
    rows = session.execute(_moving(ResponderIndex.responder_id.in_({pair.responder_id for pair in pairs})))
    known = {row.responder_id: _shown(row) for row in rows}
    found: dict[uuid.UUID, dict[str, tuple[str, str]]] = {}
    for account_id, responder_id in pairs:
        if responder_id in known:
            found.setdefault(account_id, {})[str(responder_id)] = known[responder_id]
    return found


def _shown(row: Any) -> tuple[str, str]:
    """(captured at, JSON)."""
    return row.captured, row.json
