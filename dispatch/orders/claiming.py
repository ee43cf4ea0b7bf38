"""Getting hold of a responder, so that nobody waits in a circle and nobody is had twice."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dispatch.aid import lending
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from geo.responders import service as responders
from geo.responders.model import Responder
from kit.errors import NotFound

#: shorter than the server's deadlock time-out of 1 s: who would wait in a circle goes on to the next man instead
_PATIENCE_MS = 700
_LOCK_NOT_AVAILABLE = "55P03"

#: the predicate of ux_orders_one_open_per_responder
_IS_OPEN = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN))))
# four statements in one trip; the last one sees what was committed by whoever held these people before
_BEGIN = text(
    f"SAVEPOINT claim; SET LOCAL lock_timeout = '{_PATIENCE_MS}ms';"
    " SELECT set_config('pingan.held', coalesce(string_agg(CAST(id AS text), ','), ''), true)"
    " FROM unnest(CAST(:ids AS uuid[])) AS id"
    " WHERE pg_try_advisory_xact_lock(hashtextextended('responder:' || CAST(id AS text), 0));"
    " SELECT responder_id FROM responder_index"
    " WHERE responder_id = ANY(CAST(string_to_array(current_setting('pingan.held'), ',') AS uuid[])) AND on_duty"
)
_END = text("SET LOCAL lock_timeout TO DEFAULT; RELEASE SAVEPOINT claim")
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended('responder:' || CAST(:id AS text), 0))")
_WHO = text(
    """
    SELECT r.id, r.station_id, r.account_id, r.organization_id,
           ST_X(i.position::geometry) AS lon, ST_Y(i.position::geometry) AS lat
    FROM responders r LEFT JOIN responder_index i ON i.responder_id = r.id
    WHERE r.id = ANY(:ids) AND r.active
    """
)


def find_who(session: Session, responder_id: uuid.UUID) -> Row[Any] | None:
    """Account, organization and last position of an active responder."""
    return list_who(session, [responder_id]).get(responder_id)


def list_who(session: Session, responder_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Row[Any]]:
    """``find_who`` for several; who is not active is not among them."""
    return {row.id: row for row in session.execute(_WHO, {"ids": list(responder_ids)})}


def claim(session: Session, wanted: Sequence[dict[str, Any]]) -> list[Order]:
    """Insert these orders and mark their responders engaged; left out is whom somebody else has or is about to have,
    and who was taken off duty since he was recommended.

    The partial unique index decides. What would block for long is given up and undone to the savepoint: of several
    each is then tried by himself.
    """
    if not wanted:
        return []
    session.flush()
    held = set(session.scalars(_BEGIN, {"ids": [values["responder_id"] for values in wanted]}))
    wanted = [values for values in wanted if values["responder_id"] in held]
    try:
        orders = _insert(session, wanted) if wanted else []
    except OperationalError as exc:
        if getattr(exc.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
            raise
        session.execute(text("ROLLBACK TO SAVEPOINT claim"))
        return [] if len(wanted) == 1 else [order for values in wanted for order in claim(session, [values])]
    session.execute(_END)
    return orders


def _insert(session: Session, wanted: Sequence[dict[str, Any]]) -> list[Order]:
    statement = (
        insert(Order).on_conflict_do_nothing(index_elements=[Order.responder_id], index_where=_IS_OPEN).returning(Order)
    )
    orders = list(session.scalars(statement, wanted))
    responders.set_all_engaged(session, [order.responder_id for order in orders], engaged=True)
    return orders


def hold(session: Session, responder_id: uuid.UUID) -> None:
    """Keep others from claiming him until the transaction ends; waits for a claim that is under way."""
    session.execute(_HOLD, {"id": str(responder_id)})


def find_kind(session: Session, responder_id: uuid.UUID, incident: Incident, *, at: datetime) -> str:
    """The kind of an active responder of the incident's station, or of one that lends such people to it; raises
    NotFound."""
    query = select(Responder.kind, Responder.station_id).where(Responder.id == responder_id, Responder.active)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    own = found.station_id == incident.station_id
    if not own and found.station_id not in lending.list_stations(session, incident.id, found.kind, at):
        raise NotFound
    return str(found.kind)
