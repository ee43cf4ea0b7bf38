"""What the build of the phone app weighs, and that a four-year-old WebView can run it."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import httpx

from cli.web_build import DIST
from tests.browser.stage import Stage

GUARD = DIST / "guard"
MOST_BYTES = 200 * 1024
#: the map comes when somebody opens it
_MAP = "maplibregl"
#: newer than Chrome 87; the first ones are what people reach for without thinking
_TOO_NEW = {
    "structuredClone": r"(?<![.\w])structuredClone\(",
    "Object.hasOwn": r"Object\.hasOwn\(",
    "Array.prototype.at": r"\.at\(-?\d+\)",
    "findLast": r"\.findLast(Index)?\(",
    "AbortSignal.timeout": r"AbortSignal\.(timeout|any)\(",
    "crypto.randomUUID": r"\.randomUUID\(",
    "Promise.withResolvers": r"Promise\.withResolvers",
    "Object.groupBy": r"(Object|Map)\.groupBy\(",
    "static block": r"static\s*\{",
    "private in": r"#\w+ in ",
}
#: Vue's own lists pass these on to whoever calls them; we must not
_NOT_BY_US = r"\.(toSorted|toReversed|toSpliced|with)\("
_TOO_NEW_CSS = {
    ":has()": r":has\(",
    ":is() and :where()": r":(is|where)\(",
    "aspect-ratio": r"aspect-ratio:",
    "dvh": r"\d[dsl]vh",
    "@layer, @container": r"@(layer|container)",
    "color-mix": r"color-mix\(",
    "nesting": r"[{;]\s*&",
}


def _files(suffix: str) -> list[Path]:
    found = [path for path in GUARD.rglob(f"*{suffix}") if _MAP not in path.read_text() and "maplibre" not in path.name]
    assert found
    return found


def _first_load() -> list[Path]:
    html = (GUARD / "index.html").read_text()
    return [GUARD / name for name in re.findall(r'(?:src|href)="/guard/(assets/[^"]+)"', html)]


class TestThePhoneApp:
    def test_its_first_load_is_at_most_200_kb_packed(self, stage: Stage) -> None:
        packed = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in _first_load()}
        assert sum(packed.values()) <= MOST_BYTES, packed

    def test_its_first_load_holds_no_map(self, stage: Stage) -> None:
        assert not [path.name for path in _first_load() if _MAP in path.read_text()]

    def test_it_calls_nothing_newer_than_chrome_87(self, stage: Stage) -> None:
        used = [
            f"{path.name}: {what}"
            for path in _files(".js")
            for what, rule in _TOO_NEW.items()
            if re.search(rule, path.read_text())
        ]
        ours = [path for part in ("apps/guard/src", "packages") for path in (DIST.parent / part).rglob("*.ts")]
        ours += [path for part in ("apps/guard/src", "packages") for path in (DIST.parent / part).rglob("*.vue")]
        used += [path.name for path in ours if re.search(_NOT_BY_US, path.read_text())]
        assert used == []

    def test_its_map_calls_nothing_newer_but_what_it_brings_along(self, stage: Stage) -> None:
        parts = [path for path in GUARD.rglob("*.js") if _MAP in path.read_text() or "maplibre" in path.read_text()]
        drawing = [text for path in parts if "Object.hasOwn(" in (text := path.read_text())]
        assert len(drawing) == 2, "the page's part and the worker's"
        brought = {"Object.hasOwn", "Array.prototype.at"}
        for text in drawing:
            assert {what for what, rule in _TOO_NEW.items() if re.search(rule, text)} <= brought
            assert re.search(r"[`'\"]hasOwn[`'\"]", text) and re.search(r"[`'\"]at[`'\"]", text)

    def test_its_looks_need_nothing_newer_than_chrome_87(self, stage: Stage) -> None:
        used = [
            f"{path.name}: {what}"
            for path in _files(".css")
            for what, rule in _TOO_NEW_CSS.items()
            if re.search(rule, path.read_text())
        ]
        assert used == []

    def test_it_can_be_installed(self, stage: Stage) -> None:
        answer = httpx.get(f"{stage.base_url}/guard/manifest.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        manifest = answer.json()
        assert manifest["start_url"] == manifest["scope"] == "/guard/"
        assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
        for icon in manifest["icons"]:
            assert httpx.get(f"{stage.base_url}/guard/{icon['src']}").headers["content-type"] == icon["type"]

    def test_its_service_worker_keeps_files_of_this_build_and_never_an_answer(self, stage: Stage) -> None:
        answer = httpx.get(f"{stage.base_url}/guard/sw.js")
        assert answer.headers["cache-control"] == "no-cache"
        listed = re.search(r"const FILES = (\[.*\])", answer.text)
        assert listed is not None
        files = json.loads(listed[1])
        assert {f"/guard/assets/{path.name}" for path in _first_load()} <= set(files)
        assert not [name for name in files if not name.startswith("/guard/assets/")]
        assert not [name for name in files if _MAP in (DIST / name.lstrip("/")).read_text()]
        assert "/api/" not in answer.text
