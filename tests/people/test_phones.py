import pytest

from kit.phones import PhoneFormat, find_phone, normalize_phone


@pytest.mark.parametrize(
    "written",
    ["13800000001", "+8613800000001", "+86 138 0000 0001", "１３８０００００００１", "138-0000-0001"],
)
def test_a_number_has_one_form_however_it_is_written(written: str) -> None:
    assert normalize_phone(written) == "+8613800000001"


@pytest.mark.parametrize(
    "written", ["13800000001; DROP", "1380000000", "138000000011", "", "٠١٢٣", "+", "call 13800000001", "1" * 400]
)
def test_what_is_not_a_number_alone_is_refused(written: str) -> None:
    assert find_phone(written) is None
    with pytest.raises(PhoneFormat) as refused:
        normalize_phone(written, pointer="/caller/phone")
    assert [f.code for f in refused.value.faults] == ["phone-format"]
    assert refused.value.faults[0].pointer == "/caller/phone"


def test_a_landline_with_area_code_is_a_number() -> None:
    assert normalize_phone("021-64501234") == "+862164501234"
