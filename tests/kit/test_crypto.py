import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from kit.crypto import Vault, mask_name, mask_phone

VAULT = Vault("ab" * 32)
OTHER = Vault("cd" * 32)


@given(st.text(max_size=100).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)))
def test_what_is_sealed_opens_again(text: str) -> None:
    assert VAULT.open(VAULT.seal(text, context="a.b"), context="a.b") == text


def test_a_box_does_not_open_in_another_column() -> None:
    box = VAULT.seal("13800000001", context="accounts.phone")
    with pytest.raises(InvalidTag):
        VAULT.open(box, context="incidents.caller_phone")


def test_a_box_does_not_open_with_another_key() -> None:
    with pytest.raises(InvalidTag):
        OTHER.open(VAULT.seal("13800000001", context="a"), context="a")


def test_a_changed_box_does_not_open() -> None:
    box = bytearray(VAULT.seal("13800000001", context="a"))
    box[-1] ^= 1
    with pytest.raises(InvalidTag):
        VAULT.open(bytes(box), context="a")


def test_two_boxes_of_one_text_differ_but_its_index_is_the_same() -> None:
    assert VAULT.seal("x", context="a") != VAULT.seal("x", context="a")
    assert VAULT.index("x") == VAULT.index("x") != OTHER.index("x")


def test_a_phone_shows_three_and_four_digits() -> None:
    assert mask_phone("+8613812345678") == "138****5678"


def test_a_landline_shows_its_area_code_as_people_write_it() -> None:
    assert mask_phone("+862164501234") == "021****1234"


def test_a_short_number_is_hidden_whole() -> None:
    assert mask_phone("110") == "****"


def test_a_name_shows_its_first_character() -> None:
    assert mask_name("张三丰") == "张**"
    assert mask_name("") == ""
