from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import DuplicateMember, InvalidJson
from api.strict_json import loads


@pytest.mark.parametrize(
    "raw",
    [
        b'{"lat": NaN}',
        b'{"lon": Infinity}',
        b'{"lon": 1e400}',
        b"{",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[" * 21 + b"]" * 21,
        b"1" * 5000,
    ],
)
def test_what_is_not_sound_json_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidJson):
        loads(raw)


def test_a_member_named_twice_is_refused() -> None:
    with pytest.raises(DuplicateMember):
        loads(b'{"lat": 1, "lat": 2}')


def test_brackets_inside_a_string_are_not_depth() -> None:
    assert loads(b'{"a": "' + b"[" * 50 + b'\\""}') == {"a": "[" * 50 + '"'}


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_a_refusal(raw: bytes) -> None:
    with suppress(InvalidJson):
        loads(raw)
