"""Every refusal has a stable name, a Chinese title, a hint one can act on, and a place in HTTP."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

import api
import dispatch
import geo
import kit
import notifications
from api.problems import status_of
from kit.errors import PinganError

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SLUG = re.compile(r"[a-z]+(-[a-z]+)*")
#: refusals of the command line and the private server: they never meet HTTP
_NOT_OVER_HTTP = ("cli.", "kit.cluster.")
#: mistakes of a programmer, which no caller can make
_MISTAKES = {"UnknownKind"}


def _all(kind: type[PinganError]) -> Iterator[type[PinganError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _all(child)


def _reachable() -> list[type[PinganError]]:
    for package in (api, dispatch, geo, kit, notifications):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    packages = ("api.", "dispatch.", "geo.", "kit.", "notifications.")
    kinds = {
        kind
        for kind in _all(PinganError)
        if kind.__module__.startswith(packages)
        and not kind.__module__.startswith(_NOT_OVER_HTTP)
        and kind.__name__ not in _MISTAKES
    }
    return sorted(kinds, key=lambda kind: (kind.__module__, kind.__name__))


KINDS = _reachable()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
class TestRefusal:
    def test_is_explained(self, kind: type[PinganError]) -> None:
        assert _SLUG.fullmatch(kind.slug)
        assert _CHINESE.search(kind.title)
        assert _CHINESE.search(kind.hint)
        assert kind.hint.endswith(("。", "！"))
        assert not kind.title.endswith("。")
        assert (kind.__doc__ or "").strip(), "the docstring is the English sentence"

    def test_has_a_status(self, kind: type[PinganError]) -> None:
        assert 400 <= status_of(kind) < 600


def test_one_name_has_one_status() -> None:
    meanings = defaultdict(set)
    for kind in KINDS:
        meanings[kind.slug].add(status_of(kind))
    assert {slug: found for slug, found in meanings.items() if len(found) > 1} == {}
