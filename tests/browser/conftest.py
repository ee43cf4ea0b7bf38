"""One server, one worker, one demo town, one browser for all tests of this folder; a profile for each page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from cli.browser import driving
from cli.console import say
from cli.web_build import ensure_built
from tests.browser.pages import Pages, running_browser
from tests.browser.room import GUARDS, end_all
from tests.browser.stage import Stage, running_stage
from tests.support.database import TestServer

# a machine that does other things too is slow, not wrong
expect.set_options(timeout=40_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="package")
def stage(
    request: pytest.FixtureRequest, test_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    ensure_built(say)
    slow_s = request.config.getoption("--slow-wire")
    with test_server.cloned() as clone, running_stage(clone, tmp_path_factory.mktemp("stage"), slow_s) as stage:
        yield stage


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # ended with this folder: while it runs, no other test of the process could run a loop of its own
    with driving() as playwright, running_browser(playwright) as browser:
        yield browser


@pytest.fixture(scope="module", autouse=True)
def tidy(stage: Stage) -> None:
    """Each file begins with no call open and nobody on duty."""
    stage.tidy()


@pytest.fixture(scope="module")
def room_on_duty(stage: Stage, tidy: None) -> None:
    stage.put_on_duty("P0001", *GUARDS)


@pytest.fixture
def people_of_the_room(stage: Stage, room_on_duty: None) -> Iterator[None]:
    """Nobody's place is old when a story begins, and nobody is engaged when it has ended."""
    for badge in ("P0001", *GUARDS):
        stage.person(badge).stand(stage.place_of(badge))
    yield
    end_all(stage)


@pytest.fixture
def pages(browser: Browser, stage: Stage) -> Iterator[Pages]:
    """``pages.open("console", "D1002")``; the test fails when a page complained of anything it did not expect."""
    opened = Pages(browser, stage)
    try:
        yield opened
        assert opened.unexpected() == []
    finally:
        opened.close()
