"""The leader's desk beyond the daily review: what leaves the house, and what his station is set to."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.lending import lend
from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot
from tests.browser.stage import Stage


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
    expect(page.get_by_text("没有改动")).to_be_visible()
    expect(page.get_by_role("heading", name="历史版本（2）")).to_be_visible()

    # the version before, with what differed and who changed it, becomes the next one
    page.get_by_role("button", name="恢复第 1 版").click()
    expect(page.get_by_text("与现行版本的差别（2）").first).to_be_visible()
    page.get_by_role("button", name="保存为新版本").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="历史版本（3）")).to_be_visible()
    page.get_by_role("heading", name="历史版本（3）").scroll_into_view_if_needed()
    _keep(page, "station-scenario-versions-light")

    # one of his own, as a copy, for calls that no other one is for
    page.get_by_role("link", name="返回列表").click()
    page.get_by_role("button", name="新建场景").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill("人员被困")
    dialog.get_by_label("编号").fill("Trapped")
    expect(dialog.get_by_role("alert")).to_contain_text("小写字母")
    dialog.get_by_label("编号").fill("trapped")
    dialog.get_by_label("复制自").select_option("lost_person")
    dialog.get_by_text("群众求助", exact=True).click()
    expect(dialog.get_by_role("checkbox", name="迷途走失")).to_be_disabled()
    dialog.get_by_role("checkbox", name="人员被困").check()
    _keep(page, "station-scenario-new-light")
    dialog.get_by_role("button", name="新建").click()
    expect(page.get_by_role("heading", name="人员被困", level=1)).to_be_visible()
    expect(page.get_by_role("checkbox", name="人员被困")).to_be_checked()

    phone = pages.open("station", "D1002", size=PHONE, dark=True, path="scenarios")
    phone.get_by_role("link", name="迷途走失").click()
    expect(phone.get_by_role("button", name="保存为新版本")).to_have_count(0)
    _keep(phone, "station-scenario-phone-dark")


def test_a_roster_with_a_fault_registers_nobody_until_it_is_mended(pages: Pages, stage: Stage) -> None:
    leader = stage.person("L1001")
    pages.expected.append("422")
    page = pages.open("station", "L1001", size=DESK, path="people")
    company = page.locator("tbody tr", has_text="保安员").first.locator("td:nth-child(3)").inner_text()
    page.get_by_role("button", name="导入花名册").click()
    dialog = page.get_by_role("dialog")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="下载模板").click()
    assert download.value.suggested_filename == "roster.xlsx"

    def choose(phone: str) -> None:
        content = f"姓名,手机号,联盟单位\n赵新来,{phone},{company}\n"
        file: FilePayload = {"name": "花名册.csv", "mimeType": "text/csv", "buffer": content.encode()}
        dialog.get_by_label("花名册文件").set_input_files(file)

    choose("1391234")
    dialog.get_by_role("button", name="检查").click()
    expect(dialog.get_by_role("alert")).to_contain_text("手机号格式不正确")
    _keep(page, "station-import-light")
    choose("13900007788")
    dialog.get_by_role("button", name="检查").click()
    expect(dialog.get_by_role("status")).to_contain_text("保安员 1")
    dialog.get_by_role("button", name="确认导入").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("searchbox").fill("赵新来")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)

    # he gets a skill; his devices are none yet
    row.get_by_role("button", name="修改").click()
    dialog.get_by_label("消防", exact=True).check()
    _keep(page, "station-responder-light")
    dialog.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("消防")

    # he leaves; what follows is said before, and it can be taken back
    row.get_by_role("button", name="停用").click()
    dialog.get_by_label("同时停用其账号").check()
    expect(dialog.get_by_text("账号立即下线")).to_be_visible()
    dialog.get_by_label("原因").fill("离职")
    _keep(page, "station-deactivate-light")
    dialog.get_by_role("button", name="停用").click()
    expect(row).to_have_count(0)
    page.get_by_label("状态").select_option("closed")
    row.get_by_role("button", name="重新启用").click()
    dialog.get_by_role("button", name="重新启用").click()
    expect(row).to_have_count(0)

    # the hours and the place of a safe-house
    page.get_by_label("状态").select_option("")
    page.get_by_role("searchbox").fill("平安屋01")
    row.get_by_role("button", name="修改").click()
    expect(dialog.locator('[data-testid="map"][data-ready]')).to_be_visible()
    dialog.get_by_label("周一").fill("8点到12点")
    expect(dialog.get_by_role("button", name="保存")).to_be_disabled()
    dialog.get_by_label("周一").fill("08:00-12:00 13:00-22:00")
    dialog.get_by_label("经度").fill("121.4611")
    dialog.get_by_label("经度").blur()
    _keep(page, "station-safe-house-light")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    houses = leader.get("/api/v1/responders", kind="safe_house", limit=200)["items"]
    house = next(one for one in houses if "平安屋01" in one["name"])
    assert house["opening_hours"]["mon"] == [["08:00", "12:00"], ["13:00", "22:00"]]
    assert house["position"]["lon"] == 121.4611

    # a phone of a colleague is lost
    page.get_by_label("状态").select_option("")
    page.get_by_role("searchbox").fill("D1002")
    row.get_by_role("button", name="设备").click()
    dialog.get_by_label("原因").fill("手机丢失")
    _keep(page, "station-devices-light")


def test_a_leader_sets_the_telephone_and_the_limits_of_his_station(pages: Pages) -> None:
    page = pages.open("station", "L1001", size=PHONE, path="settings")
    page.get_by_label("值班电话").fill("021-64500110")
    page.get_by_label("每小时请求上限").fill("4")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    _keep(page, "station-settings-phone-light")
    page.reload()
    expect(page.get_by_label("每小时请求上限")).to_have_value("4")


def test_a_leader_reads_where_nobody_is_in_time_and_sets_the_minimum_of_a_post(pages: Pages, stage: Stage) -> None:
    # his guard is at the neighbour's: he sees where, as long as it lasts
    lend(stage, "B0004")
    page = pages.open("station", "L1001", size=DESK, path="coverage")
    expect(page.locator('[data-testid="map"][data-ready]')).to_be_visible()
    expect(page.get_by_text("可及", exact=False).first).to_be_visible()
    expect(page.get_by_role("region", name="邻所支援中的力量")).to_contain_text("B0004")
    minimum = page.get_by_label("最低在岗人数").first
    minimum.fill("2")
    minimum.blur()
    expect(minimum).to_be_enabled()
    _keep(page, "station-coverage-light")
    page.reload()
    expect(page.get_by_label("最低在岗人数").first).to_have_value("2")
    page.get_by_role("button", name=re.compile("^3 时")).click()
    expect(page.get_by_role("combobox", name="时段")).to_have_value("3")
    expect(page.get_by_role("status").filter(has_text="可及")).to_be_visible()
    page.get_by_role("button", name="修改").first.click()
    expect(page.get_by_role("dialog").locator('[data-testid="map"][data-ready]')).to_be_visible()
    _keep(page, "station-post-light")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()

    # whether the machine's promises are kept, and whom it spares
    page.get_by_role("link", name="推荐校准").click()
    for n, tab in enumerate(("签收与出发", "请求上限与休整")):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("table").first).to_be_visible()
        _keep(page, f"station-matching-{n}-light")

    phone = pages.open("station", "L1001", size=PHONE, dark=True, path="coverage")
    expect(phone.get_by_role("status").filter(has_text="可及")).to_be_visible()
    _keep(phone, "station-coverage-phone-dark")
