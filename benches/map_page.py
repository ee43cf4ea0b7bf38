"""A page with a map in headless Chromium, and how smooth it is: frames, long tasks, the load of its main thread."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from benches.report import percentile
from cli.browser import arguments, driving, require_chromium

SIZE: ViewportSize = {"width": 1440, "height": 900}
#: of the map, from its middle, there and back while it is dragged
_DRAG_PX = 160
_PATIENCE_MS = 90_000
#: everybody moves once a second
_MOVING_S = 30.0

#: counts what comes over the page's sockets, and measures between ``begin`` and ``end``
_METER = """
(() => {
  let heard = 0, before = 0
  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...all) {
      super(...all)
      this.addEventListener('message', ({ data }) => {
        if (!data.startsWith('{"type":"positions"')) return
        heard += data.match(/"responder_id"/g)?.length ?? 0
      })
    }
  }
  let frames = [], tasks = [], on = 0, last = 0, turn = 0
  const watch = new PerformanceObserver((list) => on && tasks.push(...list.getEntries().map((task) => task.duration)))
  watch.observe({ type: 'longtask' })
  const step = (mine) => (now) => {
    if (on !== mine) return
    if (last) frames.push(now - last)
    last = now
    requestAnimationFrame(step(mine))
  }
  window.benchMeter = {
    begin() {
      frames = [], tasks = [], on = turn += 1, last = 0
      before = heard
      requestAnimationFrame(step(on))
    },
    end() {
      on = 0
      return { frames, tasks, heard: heard - before }
    },
    heard: () => heard,
  }
})()
"""


@dataclass(frozen=True)
class Smoothness:
    """Frame times of the whole page, as ``requestAnimationFrame`` has them; tasks longer than 50 ms; milliseconds.

    ``busy_s``: of the main thread. ``page_cpu_s``: of the page's process with its workers; ``drawing_cpu_s``: of the
    process that draws. ``heard``: positions that came.
    """

    frames_ms: list[float]
    tasks_ms: list[float]
    seconds: float
    busy_s: float
    page_cpu_s: float
    drawing_cpu_s: float
    heard: int

    def figures(self) -> dict[str, Any]:
        """What the bench tells."""
        # in a moment without a frame one lasts longer than the moment
        frames = self.frames_ms or [self.seconds * 1000]
        p50, p99 = percentile(frames, 50), percentile(frames, 99)
        return {
            "fps": round(len(frames) / self.seconds, 1),
            "fps_p50": round(1000 / p50, 1),
            "fps_p1": round(1000 / p99, 1),
            "frame_p50_ms": round(p50, 1),
            "frame_p99_ms": round(p99, 1),
            "frame_max_ms": round(max(frames), 1),
            "long_tasks_per_s": round(len(self.tasks_ms) / self.seconds, 2),
            "long_task_max_ms": round(max(self.tasks_ms, default=0.0)),
            "busy": round(self.busy_s / self.seconds, 2),
            "page_cpu": round(self.page_cpu_s / self.seconds, 2),
            "drawing_cpu": round(self.drawing_cpu_s / self.seconds, 2),
            "positions_per_s": round(self.heard / self.seconds),
        }


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium, with maps drawn in software."""
    with driving() as playwright:
        browser = playwright.chromium.launch(executable_path=require_chromium(), args=arguments())
        try:
            yield browser
        finally:
            browser.close()


class MapPage:
    """One page that is looked at, left alone or with its map dragged about."""

    def __init__(self, browser: Browser, base_url: str, *, kept: dict[str, Any] | None = None) -> None:
        self._system = browser.new_browser_cdp_session()
        self._context = browser.new_context(base_url=base_url, viewport=SIZE, locale="zh-CN")
        self._context.add_init_script(_METER)
        for name, value in (kept or {}).items():
            self._context.add_init_script(f"localStorage.setItem({json.dumps(name)}, {json.dumps(json.dumps(value))})")
        self.page: Page = self._context.new_page()

    def open(self, path: str) -> None:
        """Until its map stands."""
        self.page.goto(path)
        self.page.wait_for_selector("[data-testid=map][data-ready]", timeout=_PATIENCE_MS)

    def measure(self, seconds: float, *, drag: bool) -> Smoothness:
        """For so long; a hand drags the map all the while, or nobody touches it."""
        tracing = self._context.new_cdp_session(self.page)
        tracing.send("Performance.enable")
        before, began = self._spent(tracing), time.monotonic()
        self.page.evaluate("benchMeter.begin()")
        if drag:
            self._drag_until(began + seconds)
        else:
            self.page.wait_for_timeout(seconds * 1000)
        found = self.page.evaluate("benchMeter.end()")
        took, after = time.monotonic() - began, self._spent(tracing)
        tracing.detach()
        busy, page, drawing = (now - then for now, then in zip(after, before, strict=True))
        return Smoothness(found["frames"], found["tasks"], took, busy, page, drawing, found["heard"])

    def _spent(self, tracing: CDPSession) -> tuple[float, float, float]:
        """Seconds of the main thread, of all renderers (only one works), of the process that draws."""
        metrics = {one["name"]: one["value"] for one in tracing.send("Performance.getMetrics")["metrics"]}
        processes = self._system.send("SystemInfo.getProcessInfo")["processInfo"]
        spent = {kind: sum(p["cpuTime"] for p in processes if p["type"] == kind) for kind in ("renderer", "GPU")}
        return metrics["TaskDuration"], spent["renderer"], spent["GPU"]

    def _drag_until(self, deadline: float) -> None:
        box = self.page.get_by_test_id("map").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        way, step = 0, 8
        while time.monotonic() < deadline:
            if abs(way + step) > _DRAG_PX:
                step = -step
            way += step
            self.page.mouse.move(x + way, y + way / 3)
            self.page.wait_for_timeout(16)
        self.page.mouse.up()

    def zoom(self, by: int) -> None:
        """So many levels, in (positive) or out, by the keyboard."""
        self.page.locator(".maplibregl-canvas").focus()
        for _ in range(abs(by)):
            self.page.keyboard.press("Equal" if by > 0 else "Minus")
            self.page.wait_for_timeout(500)

    def wait_moving(self) -> None:
        """Until positions come; raises RuntimeError when none does."""
        before, deadline = self._heard(), time.monotonic() + _MOVING_S
        while self._heard() == before:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no position came in {_MOVING_S:g} s")
            self.settle(0.1)

    def wait_still(self) -> None:
        """Until no position has come for two rounds; raises RuntimeError when they do not stop."""
        deadline, before = time.monotonic() + _MOVING_S, -1
        while (now := self._heard()) != before:
            if time.monotonic() > deadline:
                raise RuntimeError("positions come while nobody moves")
            before = now
            self.settle(2.0)

    def _heard(self) -> int:
        return int(self.page.evaluate("benchMeter.heard()"))

    def settle(self, seconds: float) -> None:
        """Let the map finish what it has begun."""
        self.page.wait_for_timeout(seconds * 1000)

    def close(self) -> None:
        self._system.detach()
        self._context.close()
