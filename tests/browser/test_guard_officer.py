"""The officer's phone from the command to the rating, and the guard who objects to it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.pages import PHONE, Pages
from tests.browser.phone import beside, call_in, go_on_duty, keep, order_of, slide
from tests.browser.stage import Stage


def test_an_officer_leads_reports_and_rates_and_the_guard_objects(pages: Pages, stage: Stage) -> None:
    # a helper whose order ends while his phone asks what was said is told that there is no such talk
    pages.expected += ["409.*phone/reveal", "404.*/chat"]
    stage.read_messages("P0007", "B0019", "B0023")
    scene = beside(stage.place_of("B0019"), north_m=80)
    page = pages.open("guard", "P0007", size=PHONE, position=beside(scene, east_m=120))
    go_on_duty(page, stage, "P0007")
    stage.put_on_duty("B0019", "B0023")
    stage.person("B0027").go_on_duty(beside(scene, east_m=6_000))
    made = call_in(stage, scene)["incident"]
    helpers = [stage.person(badge) for badge in ("B0019", "B0023")]
    orders = [order_of(helper) for helper in helpers]
    for helper, order in zip(helpers, orders, strict=True):
        helper.post(f"/api/v1/orders/{order['id']}/accept")
        helper.post(f"/api/v1/orders/{order['id']}/depart")

    expect(page.get_by_text("新的出警指令")).to_be_visible()
    expect(page.get_by_role("button", name="不能前往")).to_have_count(0)
    keep(page, "command-asked", whole=False)
    slide(page, "签收出警")
    page.get_by_role("link", name="警情详情、协助力量、反馈单").click()
    expect(page.get_by_role("button", name="确认到场")).to_have_count(2)
    expect(page.get_by_text(re.compile("距现场"))).to_have_count(2)
    keep(page, "incident", dark=True)
    page.get_by_role("button", name="确认到场").first.click()
    expect(page.get_by_role("button", name="确认到场")).to_have_count(1)

    page.get_by_role("button", name="查看报警人电话").click()
    keep(page, "caller-sheet", whole=False)
    page.get_by_role("button", name="核实事发地点").click()
    expect(page.get_by_role("link", name=re.compile("拨打 .*13800000001"))).to_be_visible()
    page.locator("li.helper").first.get_by_role("button").first.click()
    page.get_by_role("button", name="确认所在位置").click()
    # nobody in the demo town has a telephone
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("未登记手机号")
    keep(page, "helper-sheet", whole=False)
    page.get_by_role("dialog").get_by_role("button", name="关闭").first.click()
    page.get_by_role("button", name="请求增援").click()
    keep(page, "more-sheet", whole=False)
    page.get_by_role("dialog").get_by_role("button", name="关闭").first.click()

    guard = pages.open("guard", "B0019", size=PHONE, position=scene)
    page.get_by_placeholder("说点什么").fill("老人在北门，请到北门会合。")
    page.get_by_role("button", name="紧急，需逐人确认").click()
    page.get_by_role("button", name="发送", exact=True).click()
    expect(guard.get_by_role("dialog", name="紧急消息")).to_be_visible()
    keep(guard, "urgent-message", whole=False)
    guard.get_by_role("button", name="查看").click()
    guard.get_by_role("button", name="我已看到").click()
    expect(page.get_by_text("1/3 人已确认").or_(page.get_by_text("1/2 人已确认"))).to_be_visible()

    for helper, order in zip(helpers, orders, strict=True):
        helper.post(f"/api/v1/orders/{order['id']}/complete", {"checklist": ["looked"]})
    page.get_by_role("link", name="填写反馈单并评价").click()
    page.get_by_role("button", name="找到走失人员或物品").click()
    keep(page, "feedback", dark=True)
    page.get_by_role("button", name="5 星").click()
    expect(page.get_by_text("1/2")).to_be_visible()
    page.wait_for_timeout(500)
    page.get_by_role("button", name="2 星").click()
    page.get_by_role("button", name="起到作用").click()
    keep(page, "feedback-rated")
    page.get_by_role("button", name="提交反馈单和评价").click()
    expect(page.get_by_text(re.compile("已反馈|待审核|待办结")).first).to_be_visible()
    expect(page.locator("[data-waiting]")).to_have_count(0)
    sheet = stage.person("P0007").get(f"/api/v1/incidents/{made['id']}/feedback-form")
    assert sheet["form"]["result_code"] == "found"
    assert sorted(line["rating"]["score"] for line in sheet["orders"]) == [2, 5]
    page.get_by_role("button", name="返回").click()
    keep(page, "incidents")

    guard.goto("/guard/me/ratings")
    guard.get_by_role("button", name="对此评价申诉").click()
    guard.get_by_label("请说明理由").fill("我 16:10 已在北门值守，有照片为证。")
    keep(guard, "appeal-sheet", whole=False)
    guard.get_by_role("button", name="提交申诉").click()
    expect(guard.get_by_text("申诉处理中")).to_be_visible()
    keep(guard, "ratings", dark=True)
