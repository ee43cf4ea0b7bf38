"""A leader reads the record in Chinese: whatever the code writes into it has its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from dispatch.incidents.states import PAST_TENSE
from dispatch.orders.states import OrderState
from dispatch.records.labels import ACTIONS
from dispatch.swaps.states import SwapState
from dispatch.vocabulary import WORDS
from tests.guards.tree import named, python_files

_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
#: functions that write a line, or hand the action on to one that does
_WRITERS = {"write", "_write", "_note", "_tell", "note"}


def _first_words(node: ast.Call) -> Iterator[str]:
    for argument in node.args:
        for part in ast.walk(argument):
            if isinstance(part, ast.JoinedStr):
                return  # made of a state: below
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and _ACTION.fullmatch(part.value):
                yield part.value


def _written() -> Iterator[tuple[str, str]]:
    for path in python_files("api", "cli", "dispatch", "geo", "notifications"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _WRITERS:
                for action in _first_words(node):
                    yield action, f"{named(path)}:{node.lineno}"


def test_every_action_that_is_written_has_words() -> None:
    written = dict(_written())
    assert len(written) > 50
    assert {action: where for action, where in written.items() if action not in ACTIONS} == {}


def test_every_state_that_is_reached_has_words() -> None:
    reached = {f"order.{state}" for state in OrderState} | {f"swap.{state}" for state in SwapState}
    assert (reached | set(PAST_TENSE.values())) <= set(ACTIONS)


def test_the_words_are_in_the_vocabulary_and_no_two_say_the_same() -> None:
    assert WORDS["record_actions"] == ACTIONS
    assert len(set(ACTIONS.values())) == len(ACTIONS)
