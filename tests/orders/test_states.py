"""The table of an order's states, and that everybody who must know them does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dispatch.orders import service
from dispatch.orders.labels import LABELS
from dispatch.orders.states import ENDED, LIVE, OPEN, ORDER, UNANSWERED, WAY, OrderState
from kit.settings import CHECKOUT
from tests.support.orders import make_scene
from tests.support.people import START


def test_the_database_allows_exactly_the_edges_of_the_table(session: Session) -> None:
    rows = session.execute(text("SELECT source, target FROM state_transitions WHERE machine = 'order'")).all()
    assert {(r.source, r.target) for r in rows} == {(str(a), str(b)) for a, b in ORDER.edges()}


def test_the_database_knows_the_same_states(session: Session) -> None:
    check = session.execute(
        text(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'orders'::regclass"
            " AND conname = 'orders_state_check'"
        )
    ).scalar_one()
    assert {s for s in OrderState if f"'{s}'" in check} == set(OrderState)
    index = session.execute(
        text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ux_orders_one_open_per_responder'")
    ).scalar_one()
    assert {s for s in OrderState if f"'{s}'" in index} == OPEN


def test_every_state_has_a_label_for_command_room_helper_and_leader() -> None:
    assert set(LABELS) == set(OrderState)
    assert all(len(words) == 3 and all(words) for words in LABELS.values())


def test_every_state_is_open_or_ended_and_every_open_one_can_be_ended() -> None:
    assert set(OrderState) == OPEN | ENDED
    assert not OPEN & ENDED
    assert LIVE | UNANSWERED == OPEN
    assert all(ORDER.allows("stand_down", s) and ORDER.allows("cancel", s) for s in OPEN)
    assert ORDER.terminal() == ENDED - {OrderState.COMPLETED}
    assert WAY[0] is ORDER.initial


def test_the_drawn_diagram_is_fresh() -> None:
    drawn = Path(CHECKOUT, "docs/states/order.mmd")
    assert drawn.read_text() == ORDER.mermaid(), "write it anew: python -m dispatch.orders.states"


def test_the_database_refuses_a_step_that_the_table_does_not_know(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    order = scene.order(scene.guards[0])
    with pytest.raises(DBAPIError, match="no way from offered to arrived"), session.begin_nested():
        session.execute(text("UPDATE orders SET state = 'arrived' WHERE id = :id"), {"id": order.id})


def test_a_milestone_is_written_once(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    order = scene.order(scene.guards[0])
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(text("UPDATE order_milestones SET at = now() WHERE order_id = :id"), {"id": order.id})
