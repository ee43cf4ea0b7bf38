"""The leader's figures: read by tab, and every number leads to its incidents."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.closing import live_through
from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot
from tests.browser.stage import Stage


def _keep(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    assert faults_of(page) == []
    screenshot(page, name)


def test_a_number_leads_to_the_very_incidents_that_it_counts(pages: Pages, stage: Stage) -> None:
    incident_id = live_through(stage, "P0001", "B0010")
    page = pages.open("station", "L1001", size=DESK)
    page.get_by_role("link", name="统计分析").click()
    expect(page.get_by_role("columnheader", name="达标率")).to_be_visible()
    _keep(page, "station-figures-intervals-light")

    page.get_by_role("tab", name="办结与漏派").click()
    page.get_by_label("统计口径").select_option("all")
    number = page.locator("tbody").first.get_by_role("button").first
    count = int(number.inner_text())
    number.click()
    behind = page.get_by_role("complementary", name="对应警情")
    expect(behind.get_by_role("link")).to_have_count(count)
    expect(behind.locator(f'a[href$="{incident_id}"]')).to_have_count(1)
    _keep(page, "station-figures-closings-light")
    page.get_by_role("button", name="导出", exact=True).click()
    page.get_by_role("dialog").get_by_label("应派未派").check()
    _keep(page, "station-figures-export-light")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()

    page.get_by_role("tab", name="响应与评价").click()
    page.get_by_label("统计口径").select_option("organization")
    expect(page.get_by_role("columnheader", name="签收率")).to_be_visible()
    _keep(page, "station-figures-assists-light")
    page.get_by_role("tab", name="负担与在岗").click()
    expect(page.get_by_text("基尼系数", exact=True)).to_be_visible()
    _keep(page, "station-figures-burden-light")

    phone = pages.open("station", "L1001", size=PHONE, dark=True)
    phone.get_by_role("link", name="统计分析").click()
    expect(phone.get_by_role("tab", name="响应与评价")).to_be_visible()
    _keep(phone, "station-figures-phone-dark")


def test_a_company_sees_how_its_own_people_answered_and_no_incident_list(pages: Pages) -> None:
    page = pages.open("station", "M0001", size=DESK)
    page.get_by_role("link", name="统计分析").click()
    expect(page.get_by_role("tab", name="响应与评价")).to_be_visible()
    expect(page.get_by_role("tab", name="各环节用时")).to_have_count(0)
    expect(page.get_by_role("link", name="办结审核")).to_have_count(0)
    _keep(page, "station-company-figures-light")
