"""The first things that anybody sees: the chooser, the login, the page of one's role."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from simulation.people.town import PASSWORD
from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot
from tests.browser.stage import Stage

SIZES = {"console": DESK, "guard": PHONE, "station": DESK}
WHO = {"console": "D1002", "guard": "B0001", "station": "L1001"}


def test_a_login_at_the_entry_leads_to_the_page_of_the_role(pages: Pages) -> None:
    page = pages.open("gate")
    screenshot(page, "entry-desk")
    assert faults_of(page) == []
    page.get_by_label("工号或手机号").fill("B0002")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/guard/")
    expect(page.get_by_test_id("data-age").first).to_contain_text("最后同步")


def test_a_wrong_password_is_explained_and_changes_nothing(pages: Pages) -> None:
    pages.expected.append("401")
    page = pages.open("console")
    page.get_by_label("工号或手机号").fill("D1002")
    page.get_by_label("密码").fill("不是这个密码呀")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    screenshot(page, "login-refused-desk")


@pytest.mark.parametrize("app", ["console", "guard", "station"])
def test_every_app_is_live_after_login_in_light_and_dark(app: str, pages: Pages) -> None:
    for dark in (False, True):
        page = pages.open(app, WHO[app], size=SIZES[app], dark=dark)
        expect(page.get_by_test_id("data-age").first).to_contain_text("最后同步")
        expect(page.get_by_test_id("connection-banner")).to_have_count(0)
        assert faults_of(page) == []
        screenshot(page, f"{app}-home-{'dark' if dark else 'light'}")


def test_whoever_comes_to_the_wrong_page_is_led_to_his_own(pages: Pages) -> None:
    page = pages.open("console", "B0003")
    expect(page.get_by_role("link", name="前往手机端")).to_have_attribute("href", "/guard/")


class TestWhatTheServerGives:
    def test_pages_may_load_nothing_from_elsewhere(self, stage: Stage) -> None:
        answer = httpx.get(f"{stage.base_url}/console/anything/below")
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert answer.headers["cache-control"] == "no-cache"

    def test_hashed_files_are_kept_for_ever_and_come_packed(self, stage: Stage) -> None:
        html = httpx.get(f"{stage.base_url}/console/").text
        script = re.search(r'src="(/console/assets/[^"]+\.js)"', html)
        assert script is not None
        answer = httpx.get(stage.base_url + script[1], headers={"accept-encoding": "gzip"})
        assert answer.headers["cache-control"].endswith("immutable")
        assert answer.headers["content-encoding"] == "gzip"

    def test_an_answer_says_which_build_the_server_has(self, stage: Stage) -> None:
        assert httpx.get(f"{stage.base_url}/health/live").headers["x-pingan-build"]

    def test_what_is_not_there_is_a_problem_and_no_page(self, stage: Stage) -> None:
        for path in ("/console/assets/none.js", "/api/v1/none", "/../pyproject.toml", "/console/%2e%2e/build.json"):
            answer = httpx.get(stage.base_url + path)
            assert answer.status_code == 404, path
