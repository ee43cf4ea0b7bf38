"""Every state reads as words to each who sees it, and the database allows the same steps as the code."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import astuple, is_dataclass
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.states import StateTable
from tests.guards.tree import ROOT

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _table(noun: str) -> StateTable[Any]:
    states = importlib.import_module(f"dispatch.{noun}.states")
    (table,) = (value for value in vars(states).values() if isinstance(value, StateTable))
    return table


def _labels(noun: str) -> dict[StrEnum, Any]:
    for module in (f"dispatch.{noun}.labels", f"dispatch.{noun}.states"):
        if importlib.util.find_spec(module) is not None:
            found = getattr(importlib.import_module(module), "LABELS", None)
            if found is not None:
                return found  # type: ignore[no-any-return]
    raise AssertionError(f"dispatch.{noun} has no LABELS")


def _words(label: Any) -> tuple[str, ...]:
    return astuple(label) if is_dataclass(label) and not isinstance(label, type) else tuple(label)


@pytest.mark.parametrize(
    ("noun", "machine"),
    [("orders", "order"), ("incidents", "incident"), ("swaps", "swap"), ("aid", "aid"), ("pacts", "pact")],
)
class TestStates:
    def test_have_words_for_command_room_helper_and_leader(self, noun: str, machine: str) -> None:
        labels = _labels(noun)
        assert set(labels) == set(type(_table(noun).initial))  # type: ignore[call-overload]
        for state, label in labels.items():
            assert len(_words(label)) == 3, state
            assert all(_CHINESE.search(word) for word in _words(label)), state

    def test_are_those_of_the_database(self, noun: str, machine: str, session: Session) -> None:
        table = _table(noun)
        query = text("SELECT source, target FROM state_transitions WHERE machine = :machine")
        rows = {(row.source, row.target) for row in session.execute(query, {"machine": machine})}
        assert rows == {(str(source), str(target)) for source, target in table.edges()}

    def test_are_drawn(self, noun: str, machine: str) -> None:
        table = _table(noun)
        assert (ROOT / "docs" / "states" / f"{machine}.mmd").read_text() == table.mermaid()
