"""How a proposed swap looks to the consoles of its station: there until it is decided or has lapsed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.orders.lent import nameless
from dispatch.swaps.labels import LABELS, say_why
from dispatch.swaps.model import SwapProposal
from dispatch.swaps.states import SwapState
from geo.responders.model import Responder
from kit.feed import Projection, station_audience

ENTITY = "swap"


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    query = select(SwapProposal).where(SwapProposal.id.in_(ids)).order_by(SwapProposal.id)
    swaps = list(session.scalars(query, execution_options={"populate_existing": True}))
    for swap, value in zip(swaps, show(session, swaps), strict=True):
        yield Projection(
            audience=station_audience(swap.station_id),
            entity=ENTITY,
            entity_id=swap.id,
            value=value if swap.state == SwapState.PROPOSED else None,
        )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """Ids of the station's open proposals."""
    kind, _, owner = audience.partition(":")
    if kind != "station":
        return []
    query = select(SwapProposal.id).where(
        SwapProposal.station_id == uuid.UUID(owner), SwapProposal.state == SwapState.PROPOSED
    )
    return list(session.scalars(query.order_by(SwapProposal.proposed_at, SwapProposal.id)))


def show(session: Session, swaps: Sequence[SwapProposal]) -> list[dict[str, Any]]:
    """JSON of each, in the order given."""
    ids = {id_ for swap in swaps for id_ in (swap.responder_id, swap.to_responder_id)}
    people = {r.id: r for r in session.scalars(select(Responder).where(Responder.id.in_(ids)))}
    return [_view(swap, people[swap.responder_id], people[swap.to_responder_id]) for swap in swaps]


def _view(swap: SwapProposal, goes: Responder, other: Responder) -> dict[str, Any]:
    return {
        "id": str(swap.id),
        "incident_id": str(swap.incident_id),
        "order_id": str(swap.order_id),
        "state": swap.state,
        "label": LABELS[SwapState(swap.state)][0],
        "cause": swap.cause,
        "why": say_why(swap.cause, expected_s=swap.expected_s, eta_s=swap.eta_s),
        "responder": _who(goes),
        # somebody of a neighbour has a name from his acceptance on
        "to_responder": _who(other) if other.station_id == swap.station_id else _without_name(other),
        "expected_s": round(swap.expected_s, 1),
        "eta_s": round(swap.eta_s, 1),
        "proposed_at": swap.proposed_at.isoformat(),
        "lapses_at": swap.lapses_at.isoformat(),
        "decided_at": swap.decided_at.isoformat() if swap.decided_at else None,
        "decided_by": str(swap.decided_by) if swap.decided_by else None,
        "new_order_id": str(swap.new_order_id) if swap.new_order_id else None,
    }


def _without_name(responder: Responder) -> dict[str, Any]:
    return {**_who(responder), "name": nameless(responder.kind), "call_sign": None}


def _who(responder: Responder) -> dict[str, Any]:
    return {
        "id": str(responder.id),
        "kind": responder.kind,
        "name": responder.name,
        "call_sign": responder.call_sign,
    }
