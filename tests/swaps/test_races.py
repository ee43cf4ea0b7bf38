"""Two taps, an arrival and the machine at once, on real connections."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.invariants import list_violations
from dispatch.orders import service as orders
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from dispatch.swaps import service as swaps
from dispatch.swaps.model import SwapProposal
from geo.responders.model import ResponderIndex
from kit.database import make_session_factory
from tests.orders.test_races import all_at_once
from tests.support.orders import a_need, make_scene
from tests.support.people import START, east, point

LATER = START + timedelta(seconds=260)


@pytest.mark.parametrize("round_", range(3))
def test_of_two_taps_and_an_arrival_one_thing_happens_and_nobody_has_two_orders(
    committed_database: Engine, round_: int
) -> None:
    factory = make_session_factory(committed_database)
    with factory() as session:
        scene = make_scene(session, a_need("patrol_unit"), a_need(radius_m=2000), guards=2, step_m=500)
        orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        goes, other = scene.guards
        order_id = scene.order(goes).id
        orders.accept(session, grant=scene.grant(goes), order_id=order_id, at=START)
        for login, metres in ((goes, 900), (other, 80)):
            assert login.responder is not None
            session.execute(
                update(ResponderIndex)
                .where(ResponderIndex.responder_id == login.responder.id)
                .values(position=point(east(metres)), captured_at=LATER, received_at=LATER)
            )
        assert swaps.tick(session, LATER) == 1
        session.commit()
        swap_id = session.scalars(select(SwapProposal.id)).one()
        deciding, going = grant(scene.dispatcher.actor, Permission.SWAP_DECIDE), scene.grant(goes)

    def tap(session: Session) -> object:
        return swaps.accept(session, grant=deciding, swap_id=swap_id, at=LATER)

    results = all_at_once(
        factory,
        tap,
        tap,
        lambda s: orders.arrive(s, grant=going, order_id=order_id, at=LATER),
        lambda s: swaps.tick(s, LATER + timedelta(seconds=2)),
    )
    with factory() as session:
        states = sorted(session.scalars(select(Order.state).where(Order.mode == "offer")))
        open_ = list(session.scalars(select(Order.responder_id).where(Order.state.in_(OPEN))))
        assert len(open_) == len(set(open_))
        assert list_violations(session) == []
    # he arrived first, or was sent back first: never both
    assert (states, results[:3]) in (
        (["offered", "stood_down"], ["ok", "ok", "order-stood-down"]),
        (["arrived"], ["swap-over", "swap-over", "ok"]),
    )
