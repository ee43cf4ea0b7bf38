from enum import StrEnum

import pytest

from kit.states import StateTable, T, TransitionRefused


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


TABLE = StateTable(
    "door",
    Door.OPEN,
    (
        T("close", Door.OPEN, Door.SHUT, ("guard",)),
        T("open", Door.SHUT, Door.OPEN, ("guard", "system")),
        T("remove", Door.SHUT, Door.GONE, ("leader",)),
    ),
)


def test_an_event_leads_to_its_target() -> None:
    assert TABLE.target("close", Door.OPEN, by="guard") is Door.SHUT


def test_an_event_that_leads_nowhere_is_refused_and_names_the_state() -> None:
    with pytest.raises(TransitionRefused) as refusal:
        TABLE.target("open", Door.OPEN, by="guard")
    assert refusal.value.extra == {"state": "open"}


def test_an_event_by_the_wrong_actor_is_refused() -> None:
    with pytest.raises(TransitionRefused):
        TABLE.target("remove", Door.SHUT, by="guard")


def test_a_state_that_nothing_leaves_is_terminal() -> None:
    assert TABLE.terminal() == {Door.GONE}


def test_a_table_with_two_targets_for_one_event_is_an_error() -> None:
    rows = (T("close", Door.OPEN, Door.SHUT, ("guard",)), T("close", Door.OPEN, Door.GONE, ("guard",)))
    with pytest.raises(ValueError, match="two targets"):
        StateTable("door", Door.OPEN, rows)


def test_the_diagram_shows_every_edge_and_every_end() -> None:
    diagram = TABLE.mermaid()
    assert "open --> shut: close (guard)" in diagram
    assert "gone --> [*]" in diagram
