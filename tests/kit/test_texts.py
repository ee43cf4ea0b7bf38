"""Text is taken as every screen can show it and the database can hold it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.texts import TextRefused, clean_line, clean_text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "control-character"),
        ("a\x1bb", "control-character"),
        ("a\ud800", "invalid-unicode"),
        ("a\u202eb", "text-not-allowed"),
        ("a\u200bb", "text-not-allowed"),
        ("a\ufeff", "text-not-allowed"),
        ("a" + "\u0335" * 4, "text-not-allowed"),
    ],
)
def test_what_no_screen_can_show_is_refused(text: str, code: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean_text(text)
    assert refused.value.code == code


def test_composed_and_decomposed_letters_become_one() -> None:
    assert clean_text("Nguye\u0302\u0303n") == "Nguyễn"


def test_a_line_has_no_breaks_and_a_text_may() -> None:
    assert clean_text("一\n二") == "一\n二"
    for break_ in "\n\t":
        with pytest.raises(TextRefused):
            clean_line(f"一{break_}二")


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = clean_text(text)
    except TextRefused:
        return
    assert clean_text(once) == once
    once.encode()
