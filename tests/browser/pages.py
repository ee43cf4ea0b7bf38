"""Pages of a browser: logged in, at the size of a desk or a phone, every complaint of theirs collected."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from cli.browser import arguments, require_chromium
from kit.settings import CHECKOUT
from tests.browser.stage import Stage

#: width, height in points
DESK, LARGE_DESK, PHONE, LARGE_PHONE = (1440, 900), (1920, 1080), (360, 640), (412, 915)
#: pictures of a run; an artifact that people look at
SCREENS = CHECKOUT / ".pingan" / "testing" / "screens"
AXE = CHECKOUT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@contextmanager
def running_browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium with an empty folder of its own."""
    browser = playwright.chromium.launch(executable_path=require_chromium(), args=arguments())
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Pages:
    """Opens pages for one test and holds what they complained of."""

    browser: Browser
    stage: Stage
    complaints: list[str] = field(default_factory=list)
    #: complaints that the test expects, as regular expressions
    expected: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        app: str,
        badge_no: str | None = None,
        *,
        size: tuple[int, int] = DESK,
        path: str = "",
        dark: bool = False,
        locale: str = "zh-CN",
        position: tuple[float, float] | None = None,
    ) -> Page:
        """A page of that app in a browser profile of its own, logged in as that person."""
        touch = size in (PHONE, LARGE_PHONE)
        options: dict[str, Any] = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if touch else {}
        if position is not None:
            options |= {
                "permissions": ["geolocation", "notifications"],
                "geolocation": {"longitude": position[0], "latitude": position[1]},
            }
        context = self.browser.new_context(
            base_url=self.stage.page_url,
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            # whatever moves is drawn by the processor, frame by frame
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(40_000)
        self._contexts.append(context)
        kept = {"pingan.locale": locale}
        if badge_no is not None:
            tokens = self.stage.log_in(badge_no)
            kept |= {f"pingan.{app}.login": json.dumps(tokens), f"pingan.{app}.device": tokens["device_id"]}
        # once: a page that has renewed its tokens keeps them when it is loaded anew
        context.add_init_script(
            f"for (const [k, v] of Object.entries({json.dumps(kept)}))"
            " if (!sessionStorage.getItem('stage.' + k))"
            " { localStorage.setItem(k, v); sessionStorage.setItem('stage.' + k, '1') }"
        )
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{app}: {error}"))
        page.goto(f"/{app}/{path}" if app != "gate" else f"/{path}")
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.complaints.append(f"{message.text} ({re.sub(r'https?://[^/]+', '', where)})")

    def unexpected(self) -> list[str]:
        """What nobody expected to be complained of."""
        return [said for said in self.complaints if not any(re.search(rule, said) for rule in self.expected)]

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of what is seen now."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    return path


def faults_of(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 AA, a line for each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", _WCAG_AA)
    return [
        f"{violation['id']}: {node['html'][:160]} — {node.get('failureSummary', '')[:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
