"""The leader's desk beyond the daily review: what leaves the house, and what his station is set to."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot


def _keep(page: Page, name: str) -> None:
    assert faults_of(page) == []
    screenshot(page, name)


def test_a_roster_leaves_the_house_when_two_agree(pages: Pages) -> None:
    page = pages.open("station", "L1001", size=DESK)
    page.get_by_role("link", name="力量与勤务").click()
    page.get_by_role("button", name="导出", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="上级检查").click()
    dialog.get_by_label("Excel").check()
    _keep(page, "station-export-light")
    dialog.get_by_role("button", name="导出", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("复核")
    dialog.get_by_role("button", name="关闭").click()

    # he cannot agree to it himself; the duty officer can, on a phone
    page.get_by_role("link", name="导出与复核").click()
    expect(page.get_by_text("待复核")).to_be_visible()
    expect(page.get_by_role("button", name="同意")).to_have_count(0)
    second = pages.open("station", "D1002", size=PHONE, dark=True, path="exports")
    expect(second.get_by_role("heading", name="导出与复核")).to_be_visible()
    _keep(second, "station-exports-phone-dark")
    second.get_by_role("button", name="同意", exact=True).click()
    expect(second.get_by_text("可下载", exact=True)).to_be_visible()

    page.get_by_role("button", name="刷新").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    expect(page.get_by_text("已下载 1 次")).to_be_visible()
    _keep(page, "station-exports-light")

    # a table without names of people goes at once
    page.get_by_role("link", name="统计分析").click()
    page.get_by_label("统计口径").select_option("week")
    page.get_by_role("button", name="导出", exact=True).click()
    dialog.get_by_role("button", name="周例会通报").click()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="导出", exact=True).click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_a_leader_changes_a_scenario_after_he_has_tried_it(pages: Pages) -> None:
    pages.expected.append("422")
    page = pages.open("station", "L1001", size=DESK, path="scenarios")
    expect(page.get_by_role("link", name="迷途走失")).to_be_visible()
    _keep(page, "station-scenarios-light")
    page.get_by_role("link", name="迷途走失").click()
    guards = page.get_by_role("article").filter(has_text="发出协助请求").first
    guards.get_by_label("范围（米）").fill("1200")
    guards.get_by_label("签收时限（秒）").fill("2")
    guards.get_by_label("签收时限（秒）").blur()
    expect(page.get_by_text("保安员 · 范围（米）")).to_be_visible()

    # the law of the schema speaks at the need that it is about
    page.get_by_role("button", name="保存为新版本").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(guards.get_by_text("签收时限不能短于送达时限")).to_be_visible()
    guards.get_by_label("签收时限（秒）").fill("60")
    guards.get_by_label("签收时限（秒）").blur()
    page.get_by_role("button", name="试算近 30 天").click()
    expect(page.get_by_text("近 30 天试算")).to_be_visible()
    _keep(page, "station-scenario-light")
    page.get_by_role("button", name="保存为新版本").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("第 2 版")).to_be_visible()
    expect(page.get_by_text("没有改动")).to_be_visible()

    phone = pages.open("station", "D1002", size=PHONE, dark=True, path="scenarios")
    phone.get_by_role("link", name="迷途走失").click()
    expect(phone.get_by_role("button", name="保存为新版本")).to_have_count(0)
    _keep(phone, "station-scenario-phone-dark")
