"""The leader's people, pacts with the neighbour, and the record of all of it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot


def _keep(page: Page, name: str) -> None:
    assert faults_of(page) == []
    screenshot(page, name)


def test_a_leader_hands_out_a_code_signs_a_pact_and_reads_it_in_the_record(pages: Pages) -> None:
    page = pages.open("station", "L1001", size=DESK)
    page.get_by_role("link", name="力量与勤务").click()
    expect(page.get_by_text(re.compile(r"共 \d+ 人"))).to_be_visible()
    page.get_by_role("searchbox").fill("B0010")
    expect(page.locator("tbody tr")).to_have_count(1)
    _keep(page, "station-people-light")
    page.get_by_role("button", name="开通码", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_alt_text("开通二维码")).to_be_visible()
    _keep(page, "station-code-light")
    dialog.get_by_role("button", name="关闭").click()

    # both leaders sign: from then on either station's call for help is agreed beforehand
    page.get_by_role("link", name="邻所支援").click()
    page.get_by_label("与邻所签订支援约定").select_option(index=0)
    page.get_by_role("button", name="提出约定").click()
    pacts = page.get_by_role("region", name="支援约定").get_by_role("article")
    expect(pacts).to_have_count(1)
    other = pages.open("station", "L2001", size=PHONE, dark=True)
    other.get_by_role("link", name="邻所支援").click()
    other.get_by_role("button", name="签署约定").click()
    expect(other.get_by_text("生效中")).to_be_visible()
    _keep(other, "station-aid-phone-dark")
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_text("生效中")).to_be_visible()
    _keep(page, "station-aid-light")
    page.get_by_role("button", name="终止约定").click()
    page.get_by_role("dialog").get_by_label("原因").fill("两所重新划分支援范围")
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(pacts).to_have_count(0)

    page.get_by_role("link", name="操作留痕").click()
    expect(page.get_by_text("两所重新划分支援范围")).to_be_visible()
    _keep(page, "station-records-light")


def test_a_company_manager_sees_his_own_people_and_nothing_of_the_station(pages: Pages) -> None:
    page = pages.open("station", "M0001", size=DESK)
    page.get_by_role("link", name="力量与勤务").click()
    expect(page.get_by_text(re.compile(r"共 \d+ 人"))).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()
    companies = set(page.locator("tbody tr td:nth-child(3)").all_inner_texts()) - {""}
    assert len(companies) == 1
    for absent in ("办结审核", "邻所支援", "操作留痕"):
        expect(page.get_by_role("link", name=absent)).to_have_count(0)
    _keep(page, "station-company-people-light")
