"""The document is read by Chinese integrators and by generators of clients."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from tests.api.test_openapi import DOCUMENT

OPERATIONS = [
    pytest.param(operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize("operation", OPERATIONS)
class TestOperation:
    def test_its_summary_is_a_short_chinese_phrase(self, operation: dict[str, Any]) -> None:
        summary = operation["summary"]
        assert re.search(r"[\u4e00-\u9fff]{2}", summary), summary
        assert len(summary) <= 40 and not summary.endswith(("。", "."))

    def test_its_description_is_the_endpoints_docstring(self, operation: dict[str, Any]) -> None:
        assert operation.get("description", "").strip()

    def test_its_id_is_made_of_the_noun_and_the_function(self, operation: dict[str, Any]) -> None:
        (tag,) = operation["tags"]
        assert re.fullmatch(r"[a-z][a-z0-9_]+", operation["operationId"])
        assert operation["operationId"].startswith(tag.replace(" ", "_") + "_")


@pytest.mark.parametrize("member", ["operationId", "summary"])
def test_no_two_operations_are_called_alike(member: str) -> None:
    counted = Counter(operation.values[0][member] for operation in OPERATIONS)  # type: ignore[index]
    assert not [name for name, times in counted.items() if times > 1]
