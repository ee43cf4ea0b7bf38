"""What is kept for ever holds no mobile number, however it was typed."""

from __future__ import annotations

import pytest

from kit.phones import HIDDEN, hide_numbers


@pytest.mark.parametrize(
    "number",
    ["13800000001", "138 0000 0001", "138-0000-0001", "+86 138 0000 0001", "8613800000001", "１３８" + "０" * 7 + "１"],
)
def test_a_mobile_number_is_hidden_however_it_is_grouped(number: str) -> None:
    assert hide_numbers(f"已回拨{number}，未接") == f"已回拨{HIDDEN}，未接"


@pytest.mark.parametrize(
    "text", ["JJ202611240001", "110", "021-64100000", "沪A12345", "310112199001011234", "12345678901"]
)
def test_other_numbers_stay(text: str) -> None:
    assert hide_numbers(f"见 {text} 号") == f"见 {text} 号"
