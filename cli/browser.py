"""The browser that the tests drive: Debian's Chromium and fonts with Chinese, installed where that is allowed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import CommandFailed
from cli.web_build import find_node
from kit.cluster.apt import run_apt
from kit.cluster.packages import root_prefix

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
#: a page without them would be boxes, and the pictures of the run worth nothing
_FONTS = Path("/usr/share/fonts")

#: quiet, and with maps drawn in software where there is no graphics card
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--autoplay-policy=user-gesture-required",
)

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

Say = Callable[[str], None]


def find_chromium() -> str | None:
    """The program, or None."""
    return next((p for p in map(shutil.which, NAMES) if p), None)


def has_chinese_fonts() -> bool:
    """Whether a page with Chinese in it can be looked at."""
    return any(_FONTS.rglob("*CJK*")) or any(_FONTS.rglob("wqy*"))


def install_command() -> str:
    """The line that an administrator runs."""
    if shutil.which("apt-get") is None:
        return "install Chromium and a font with Chinese by the package manager of this system"
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(PACKAGES)}"


def ensure_browser(say: Say) -> None:
    """Install what is missing if it may be done; else say how. The tests that need it fail with the same sentence."""
    if find_chromium() and has_chinese_fonts():
        return
    apt, prefix = shutil.which("apt-get"), root_prefix()
    if apt is None or prefix is None:
        say(f"The browser tests need Chromium. Run: {install_command()}")
        return
    say(f"installing {' '.join(PACKAGES)} for the browser tests")
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", apt]
    install = [*apt_get, "install", "-y", "--no-install-recommends", *PACKAGES]
    if run_apt(install, say).returncode:
        # the package lists may be old, or none at all
        run_apt([*apt_get, "update"], say)
        if run_apt(install, say).returncode:
            say(f"They could not be installed; the browser tests will fail. Run: {install_command()}")


def require_chromium() -> str:
    """The program; raises with the command that installs it."""
    found = find_chromium()
    if found is None:
        raise CommandFailed(f"Chromium is not installed. Run: {install_command()}")
    return found


@contextmanager
def driving() -> Iterator[Playwright]:
    """Playwright, on the Node that builds the web apps: its own needs libatomic, which a bare Debian has not."""
    from playwright.sync_api import sync_playwright

    node = find_node()
    if node is not None:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.program))
    with sync_playwright() as playwright:
        yield playwright


def arguments() -> list[str]:
    """With which tests and benches start it."""
    return [*_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def needs_browser(asked: Sequence[str]) -> bool:
    """Whether a run of these tests opens a browser: the whole suite, or the browser's part of it."""
    places = [a for a in asked if not a.startswith("-") and (Path(a.split("::")[0]).exists())]
    return not places or any(
        Path("tests/browser").resolve().is_relative_to(Path(place.split("::")[0]).resolve())
        or Path(place.split("::")[0]).resolve().is_relative_to(Path("tests/browser").resolve())
        for place in places
    )
