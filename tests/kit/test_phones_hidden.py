"""What is kept for ever holds no telephone number, however it was typed."""

from __future__ import annotations

import pytest

from kit.phones import HIDDEN, hide_number, hide_numbers


@pytest.mark.parametrize(
    "number",
    ["13800000001", "138 0000 0001", "138-0000-0001", "+86 138 0000 0001", "8613800000001", "１３８" + "０" * 7 + "１"],
)
def test_a_mobile_number_is_hidden_however_it_is_grouped(number: str) -> None:
    assert hide_numbers(f"已回拨{number}，未接") == f"已回拨{HIDDEN}，未接"


@pytest.mark.parametrize(
    "number",
    [
        "021-64100000",
        "02164100000",
        "(021)64100000",
        "（021）6410 0000",
        "+86 21 6410 0000",
        "0571 8888 0000",
        "０２１－６４１０００００",
    ],
)
def test_a_landline_is_hidden_with_its_area_code(number: str) -> None:
    assert hide_numbers(f"已回拨{number}，未接") == f"已回拨{HIDDEN}，未接"


def test_a_local_number_is_hidden_behind_a_word_that_says_what_it_is() -> None:
    assert hide_numbers("回拨6410 0000未接，座机：64100000") == f"回拨{HIDDEN}未接，座机：{HIDDEN}"
    assert hide_numbers("见 64100000 号卷") == "见 64100000 号卷"


@pytest.mark.parametrize(
    "number", ["021-64100000", "02164100000", "64100000", "6410-0000", "（021）64100000", "+862164100000"]
)
def test_one_known_landline_is_hidden_also_without_its_area_code(number: str) -> None:
    assert hide_number(f"来电{number}，速联系", "+862164100000") == f"来电{HIDDEN}，速联系"
    assert hide_number("车牌 9641000001", "+862164100000") == "车牌 9641000001"


@pytest.mark.parametrize(
    "text",
    [
        "JJ202611240001",
        "110",
        "沪A12345",
        "310112199001011234",
        "12345678901",
        "20261124",
        "2026-11-24 08:00:00",
        "0123456",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert hide_numbers(f"见 {text} 号") == f"见 {text} 号"
