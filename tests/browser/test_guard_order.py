"""The phone: on duty, an order from its ring to its end, and what happens without signal."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.pages import PHONE, Pages, screenshot
from tests.browser.phone import be_located, beside, call_in, go_on_duty, hold, keep, order_of, picture, slide, stand
from tests.browser.stage import Stage


def test_a_guard_lives_a_whole_order_on_his_phone(pages: Pages, stage: Stage, tmp_path: Path) -> None:
    here = stage.place_of("B0005")
    scene = beside(here, north_m=150)
    page = pages.open("guard", "B0005", size=PHONE, position=here)
    keep(page, "off-duty", dark=True)
    page.get_by_role("button", name="上岗", exact=True).click()
    keep(page, "recorded-sheet")
    page.get_by_role("button", name="我已了解，上岗").click()
    expect(page.get_by_text("在岗", exact=True)).to_be_visible()
    be_located(page, here)
    keep(page, "on-duty", dark=True)

    stage.put_on_duty("P0001")
    # a gate is never left by its last man; the other one is too far away to be asked
    stage.person("B0001").go_on_duty(beside(here, east_m=4_000))
    # two are wanted: the place beside his is taken, so that nobody asks him again when he has finished
    second = stage.person("B0009")
    second.go_on_duty(beside(here, east_m=200))
    call_in(stage, scene)
    second.post(f"/api/v1/orders/{order_of(second)['id']}/accept")
    slider = page.get_by_role("button", name="签收前往")
    expect(slider).to_be_visible()
    expect(page.get_by_text("一名七岁男童")).to_be_visible()
    expect(page.get_by_text(re.compile("步行约"))).to_be_visible()
    keep(page, "order-asked", dark=True)
    slide(page, "签收前往")
    expect(page.get_by_role("heading", name="已签收，请出发")).to_be_visible()
    keep(page, "order-accepted", dark=True)
    page.get_by_role("button", name="导航前往").click()
    expect(page.get_by_role("link", name="高德地图")).to_have_attribute("href", re.compile("coordinate=wgs84"))
    keep(page, "navigation-sheet", whole=False)
    page.get_by_role("button", name="在本软件地图上看路线").click()
    expect(page.locator("[data-testid=map][data-ready]")).to_be_visible()
    page.wait_for_timeout(1_500)
    screenshot(page, "guard-navigation-map-360")
    page.get_by_role("dialog").get_by_role("button", name="关闭").first.click()
    page.get_by_role("button", name="我已出发").click()
    expect(page.get_by_role("heading", name="途中")).to_be_visible()
    stand(page, scene)
    expect(page.get_by_role("heading", name="已到场")).to_be_visible()
    keep(page, "order-arrived")
    hold(page.get_by_role("button", name="按住求救"), page)
    expect(page.get_by_text("求救已送达指挥室和承办民警")).to_be_visible()
    page.locator("input[type=file]").set_input_files(picture(tmp_path))
    expect(page.get_by_role("img", name="现场照片 1")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("已查看出入口")).click()
    page.get_by_role("button", name="现场平稳。").click()
    page.get_by_role("button", name="提交情况").click()
    page.get_by_role("button", name="任务完成").click()
    expect(page.get_by_role("heading", name="任务完成")).to_be_visible()
    keep(page, "order-done")


def test_going_on_duty_tells_first_what_is_recorded(pages: Pages, stage: Stage) -> None:
    page = pages.open("guard", "B0007", size=PHONE, position=stage.place_of("B0007"))
    go_on_duty(page, stage, "B0007")
    page.get_by_role("button", name="下岗", exact=True).click()
    keep(page, "end-duty-sheet")
    page.get_by_role("button", name="确认下岗").click()
    expect(page.get_by_text("未上岗", exact=True)).to_be_visible()
