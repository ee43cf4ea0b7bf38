"""Proposals and how people get on, in the database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from dispatch.orders.states import COUNTED, ENDED
from dispatch.swaps.decide import Cause, Standing, Swap, SwapInputs, Traveller, write_inputs
from dispatch.swaps.model import SwapProposal
from dispatch.swaps.states import SwapState
from kit.actor import Grant
from kit.errors import NotFound
from kit.ids import new_id
from kit.paging import Slice
from kit.reach import rows_within

#: coming nearer by less is the receiver's error
_PROGRESS_M = 30.0

_NOTE = text(
    """
    INSERT INTO travel_progress AS p (order_id, order_version, nearest_m, progressed_at)
    SELECT o.id, o.version, coalesce(ST_Distance(i.position, o.target), 'Infinity'), greatest(m.at, i.captured_at)
    FROM orders o JOIN responder_index i ON i.responder_id = o.responder_id
    JOIN order_milestones m ON m.order_id = o.id AND m.name = 'accepted'
    WHERE o.state IN ('accepted', 'en_route') AND NOT i.fixed
    ORDER BY o.id
    ON CONFLICT (order_id) DO UPDATE SET order_version = excluded.order_version, nearest_m = excluded.nearest_m,
        progressed_at = excluded.progressed_at
    WHERE excluded.order_version <> p.order_version OR excluded.nearest_m < p.nearest_m - :progress_m
    """
)
_FORGET = text(
    "DELETE FROM travel_progress p USING orders o WHERE o.id = p.order_id AND o.state NOT IN ('accepted', 'en_route')"
)
_LOOK = text(
    """
    UPDATE travel_progress SET looked_at = :at WHERE order_id IN (
        SELECT p.order_id FROM travel_progress p JOIN orders o ON o.id = p.order_id
        JOIN incidents n ON n.id = o.incident_id
        WHERE o.state IN ('accepted', 'en_route') AND n.ended_at IS NULL
          AND (p.looked_at IS NULL OR p.looked_at <= :before)
          AND NOT EXISTS (SELECT FROM swap_proposals s WHERE s.order_id = o.id
                          AND (s.state = 'proposed' OR s.decided_at > :recently))
        ORDER BY p.looked_at NULLS FIRST, p.order_id LIMIT :limit FOR UPDATE OF p SKIP LOCKED)
    RETURNING order_id
    """
)
_WATCHED = text(
    """
    SELECT o.id, o.state, o.incident_id, o.need_id, o.responder_id, p.progressed_at, i.captured_at, m.at AS accepted_at,
           ST_Distance(i.position, o.target) AS direct_m,
           (SELECT max(s.decided_at) FROM swap_proposals s WHERE s.order_id = o.id) AS decided_at
    FROM orders o JOIN travel_progress p ON p.order_id = o.id
    JOIN responder_index i ON i.responder_id = o.responder_id
    JOIN order_milestones m ON m.order_id = o.id AND m.name = 'accepted'
    WHERE o.id = ANY(:ids) ORDER BY o.id
    """
)
_STANDING = text(
    """
    SELECT s.id, s.state, s.cause, s.proposed_at, s.lapses_at,
           o.state IN ('accepted', 'en_route') AND n.ended_at IS NULL AS travelling,
           coalesce(p.nearest_m <= :near_m, false) AS near,
           coalesce(x.on_duty AND NOT x.engaged, false) AS other_free,
           p.progressed_at, i.captured_at,
           coalesce(w.state = ANY(:counted), false) AS new_order_counts,
           coalesce(w.state = ANY(:ended), false) AS new_order_ended
    FROM swap_proposals s JOIN orders o ON o.id = s.order_id JOIN incidents n ON n.id = s.incident_id
    LEFT JOIN travel_progress p ON p.order_id = s.order_id
    LEFT JOIN responder_index i ON i.responder_id = s.responder_id
    LEFT JOIN responder_index x ON x.responder_id = s.to_responder_id
    LEFT JOIN orders w ON w.id = s.new_order_id
    WHERE s.state IN ('proposed', 'accepted') ORDER BY s.id
    """
)
_AUTOMATIC = text(
    """
    SELECT s.id FROM swap_proposals s JOIN incidents i ON i.id = s.incident_id
    JOIN scenarios c ON c.id = i.scenario_id
    WHERE s.state = 'proposed' AND c.spec ->> 'swap' = 'automatic' ORDER BY s.proposed_at, s.id LIMIT 1
    """
)


def note_progress(session: Session) -> None:
    """Remember of everybody on his way how near he has come; forget those who travel no more."""
    session.execute(_FORGET)
    session.execute(_NOTE, {"progress_m": _PROGRESS_M})


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A live order and how it gets on. ``direct_m``: straight from his last place to his target."""

    order_id: uuid.UUID
    incident_id: uuid.UUID
    need_id: uuid.UUID
    responder_id: uuid.UUID
    direct_m: float | None
    traveller: Traveller


def take_watched(session: Session, at: datetime, *, every: timedelta, again: timedelta, limit: int) -> list[Watched]:
    """Live orders that nobody has looked at for ``every``, and about which nothing was decided within ``again``."""
    values = {"at": at, "before": at - every, "recently": at - again, "limit": limit}
    ids = list(session.scalars(_LOOK, values))
    return [_watched(row) for row in session.execute(_WATCHED, {"ids": ids})] if ids else []


def _watched(row: Row[Any]) -> Watched:
    traveller = Traveller(
        state=row.state,
        accepted_at=row.accepted_at,
        remaining_s=None,
        remaining_m=None,
        progressed_at=row.progressed_at,
        captured_at=row.captured_at,
        decided_at=row.decided_at,
    )
    return Watched(
        order_id=row.id,
        incident_id=row.incident_id,
        need_id=row.need_id,
        responder_id=row.responder_id,
        direct_m=row.direct_m,
        traveller=traveller,
    )


def list_standing(session: Session, *, near_m: float) -> list[tuple[uuid.UUID, Standing]]:
    """Proposals that go on, with all that decides how they end."""
    values = {"near_m": near_m, "counted": [str(s) for s in COUNTED], "ended": [str(s) for s in ENDED]}
    return [
        (
            row.id,
            Standing(
                state=row.state,
                cause=Cause(row.cause),
                proposed_at=row.proposed_at,
                lapses_at=row.lapses_at,
                travelling=row.travelling,
                near=row.near,
                other_free=row.other_free,
                progressed_at=row.progressed_at,
                captured_at=row.captured_at,
                new_order_counts=row.new_order_counts,
                new_order_ended=row.new_order_ended,
            ),
        )
        for row in session.execute(_STANDING, values)
    ]


def find_automatic(session: Session) -> uuid.UUID | None:
    """The oldest open proposal of a scenario that lets swaps happen by themselves."""
    found: uuid.UUID | None = session.scalar(_AUTOMATIC)
    return found


def add_once(
    session: Session, watched: Watched, incident: Incident, swap: Swap, inputs: SwapInputs, *, lapses_at: datetime
) -> uuid.UUID | None:
    """The new proposal's id; None: the order has an open one."""
    values = {
        "id": new_id(),
        "district_id": incident.district_id,
        "station_id": incident.station_id,
        "incident_id": incident.id,
        "order_id": watched.order_id,
        "responder_id": watched.responder_id,
        "to_responder_id": swap.to_responder_id,
        "cause": str(swap.cause),
        "expected_s": swap.expected_s,
        "eta_s": swap.eta_s,
        "inputs": write_inputs(inputs),
        "proposed_at": inputs.now,
        "lapses_at": lapses_at,
    }
    statement = insert(SwapProposal).values(values).on_conflict_do_nothing().returning(SwapProposal.id)
    added: uuid.UUID | None = session.scalar(statement)
    return added


def visible(grant: Grant) -> ColumnElement[bool]:
    """The proposals that the grant reaches."""
    return rows_within(grant, station=SwapProposal.station_id)


def get_visible(session: Session, swap_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> SwapProposal:
    """Raises NotFound, also for a proposal that the grant does not reach."""
    query = select(SwapProposal).where(SwapProposal.id == swap_id, visible(grant))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    swap = session.scalar(query)
    if swap is None:
        raise NotFound
    return swap


def lock_free(session: Session, swap_id: uuid.UUID) -> SwapProposal | None:
    """The proposal as it is now, held; None: somebody else decides on it at this moment."""
    query = select(SwapProposal).where(SwapProposal.id == swap_id).with_for_update(key_share=True, skip_locked=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def list_swaps(session: Session, grant: Grant, *, open_only: bool, part: Slice) -> list[SwapProposal]:
    """Newest first, one more than asked for."""
    query = select(SwapProposal).where(visible(grant))
    if open_only:
        query = query.where(SwapProposal.state == SwapState.PROPOSED)
    return list(session.scalars(part.newest_first(query, SwapProposal.proposed_at, SwapProposal.id)))
