"""Many moving people on the console's own map: how smooth it is, beside nobody moving and beside the bare library.

A server process of ours over a private cluster, and the console that it serves, logged in, in headless Chromium.
Looked at as a dispatcher has it: the whole station, where thousands are gathered; then a few streets, where every mark
stands by itself; each left alone and dragged about. First while nobody moves, then while everybody's fix comes once a
second through the real flush and the real live stream. The floor is a page with MapLibre alone and as many points in
one plain layer, replaced once a second: it has no socket, no tiles, no symbols, no room around it.

Frames are those of the whole page. Without a graphics card all of it is drawn by the processor, beside server and
database: read the ratios.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Route
from sqlalchemy import Engine, text

from benches.district import SIDE, SOUTH, WEST, District, make_district
from benches.ground import private_cluster
from benches.map_page import MapPage, Smoothness, running_browser
from benches.programs import Talker
from benches.report import table
from benches.server import serving
from cli.console import say
from cli.web_build import WEB, ensure_built
from kit.database import make_engine
from kit.ids import new_id
from kit.settings import CHECKOUT

_BARE = CHECKOUT / "benches" / "map_bare.html"
_LIBRARY = WEB / "node_modules" / "maplibre-gl" / "dist"
#: at most, after everybody has begun to move, or the view is another one
_SETTLE_S = 3.0
#: levels from the whole station to a few streets
_NEAR = 3
_AREA = """
INSERT INTO areas (id, district_id, station_id, kind, name, outline)
VALUES (gen_random_uuid(), :d, :s, 'jurisdiction', '辖区', ST_Multi(ST_MakeEnvelope(:w, :b, :e, :t, 4326)))
"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``seconds``: of each of the ten measurements."""

    responders: int
    seconds: float


def run(plan: Plan) -> dict[str, Any]:
    """Nobody moving, everybody moving, the bare library; in one run and one browser."""
    ensure_built(say)
    with private_cluster() as info:
        engine = make_engine(info.owner_url, pool_size=1, application="bench")
        at = datetime.now(UTC)
        district = make_district(engine, stations=1, guards=plan.responders, patrols=0, at=at - timedelta(minutes=1))
        _draw_area(engine, district)
        engine.dispose()
        with serving(info, 1) as base_url, running_browser() as browser:
            bare = _measure_bare(browser, base_url, plan)
            with _moving(info.app_url) as feeder:
                ours = _measure_ours(browser, base_url, plan, district, feeder)
    return _figures(plan, {"bare": bare, **ours})


def _draw_area(engine: Engine, district: District) -> None:
    box = {"w": WEST, "b": SOUTH, "e": WEST + SIDE, "t": SOUTH + SIDE}
    with engine.begin() as connection:
        connection.execute(text(_AREA), {"d": district.id, "s": district.stations[0], **box})


def _measure_bare(browser: Browser, base_url: str, plan: Plan) -> dict[str, Smoothness]:
    told = {"west": WEST, "south": SOUTH, "side": SIDE, "points": plan.responders}
    page = MapPage(browser, base_url)
    page.page.route("**/bench/**", _give)
    page.open(f"/bench/map_bare.html#{quote(json.dumps(told))}")
    page.settle(min(_SETTLE_S, plan.seconds))
    try:
        return {"still": page.measure(plan.seconds, drag=False), "dragged": page.measure(plan.seconds, drag=True)}
    finally:
        page.close()


def _give(route: Route) -> None:
    name = route.request.url.split("#")[0].rsplit("/", 1)[1]
    route.fulfill(path=_BARE if name == _BARE.name else _LIBRARY / name)


def _measure_ours(
    browser: Browser, base_url: str, plan: Plan, district: District, feeder: Talker
) -> dict[str, dict[str, Smoothness]]:
    page = MapPage(browser, base_url, kept=_login(district))
    page.open("/console/")
    try:
        page.wait_still()
        idle = _look(page, plan)
        page.zoom(-_NEAR)
        feeder.tell("go")
        page.wait_moving()
        return {"idle": idle, "moving": _look(page, plan)}
    finally:
        page.close()


def _look(page: MapPage, plan: Plan) -> dict[str, Smoothness]:
    """The whole station, then a few streets."""
    page.settle(min(_SETTLE_S, plan.seconds))
    found = {"still": page.measure(plan.seconds, drag=False), "dragged": page.measure(plan.seconds, drag=True)}
    page.zoom(_NEAR)
    page.settle(min(_SETTLE_S, plan.seconds))
    found["near_still"] = page.measure(plan.seconds, drag=False)
    found["near_dragged"] = page.measure(plan.seconds, drag=True)
    return found


def _login(district: District) -> dict[str, Any]:
    dispatcher = district.dispatchers[0]
    tokens = {
        "account_id": str(dispatcher.account_id),
        "session_id": str(dispatcher.session_id),
        "device_id": str(new_id()),
        "access_token": dispatcher.token,
        "access_expires_at": (datetime.now(UTC) + timedelta(hours=2)).isoformat(),
        "refresh_token": "none",
    }
    return {"pingan.console.login": tokens}


@contextmanager
def _moving(app_url: str) -> Iterator[Talker]:
    feeder = Talker("benches.fanout_feeder")
    try:
        feeder.tell(app_url)
        feeder.hear()
        yield feeder
    finally:
        feeder.end()


def _figures(plan: Plan, found: dict[str, dict[str, Smoothness]]) -> dict[str, Any]:
    told = {case: {view: one.figures() for view, one in views.items()} for case, views in found.items()}
    moving, idle, bare = told["moving"], told["idle"], told["bare"]

    def ratio(key: str, floor: dict[str, Any]) -> float | None:
        return round(float(moving["dragged"][key]) / float(floor["dragged"][key]), 2) if floor["dragged"][key] else None

    return {
        "bench": "map",
        "responders": plan.responders,
        "fps_p50": moving["still"]["fps_p50"],
        "fps_p1": moving["still"]["fps_p1"],
        "dragged_fps_p50": moving["dragged"]["fps_p50"],
        "dragged_fps_p1": moving["dragged"]["fps_p1"],
        "ratio_p99_to_idle": ratio("frame_p99_ms", idle),
        "ratio_p99_to_bare": ratio("frame_p99_ms", bare),
        "ratio_fps_to_idle": ratio("fps", idle),
        "ratio_fps_to_bare": ratio("fps", bare),
        **told,
    }


_SAID = {
    "bare": "bare MapLibre, points replaced at 1 Hz",
    "idle": "console, nobody moving",
    "moving": "console, everybody moving",
}
_VIEWS = {"still": "", "dragged": ", dragged", "near_still": ", few streets", "near_dragged": ", few streets, dragged"}


def show(found: dict[str, Any]) -> str:
    """The table."""
    columns = {
        "fps": "fps",
        "frame p50 ms": "frame_p50_ms",
        "p99 ms": "frame_p99_ms",
        "max ms": "frame_max_ms",
        "long tasks/s": "long_tasks_per_s",
        "longest ms": "long_task_max_ms",
        "main thread": "busy",
        "page CPU": "page_cpu",
        "drawing CPU": "drawing_cpu",
    }
    rows = [
        (_SAID[case] + _VIEWS[view], *(one[key] for key in columns.values()))
        for case in _SAID
        for view, one in found[case].items()
    ]
    return table(("what", *columns), rows)
