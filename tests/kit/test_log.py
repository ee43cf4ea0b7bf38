from typing import Any

from kit.log import redact


def clean(**event: Any) -> dict[str, Any]:
    return redact(None, "info", event)


def test_private_members_never_reach_the_log() -> None:
    assert clean(event="x", caller_phone="1", lat=31.0, token="t", order_id="o") == {"event": "x", "order_id": "o"}


def test_a_mobile_number_inside_a_sentence_is_blanked() -> None:
    assert clean(event="call +8613812345678 now")["event"] == "call [phone] now"


def test_a_longer_digit_run_is_not_a_phone_number() -> None:
    assert clean(event="id 2138123456789012")["event"] == "id 2138123456789012"
