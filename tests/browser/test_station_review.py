"""The leader's desk: closures are read, approved, returned and appeals settled."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.closing import live_through
from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot
from tests.browser.stage import Stage


def _keep(page: Page, name: str) -> None:
    assert faults_of(page) == []
    screenshot(page, name)


def test_a_leader_reviews_a_shift_with_the_keyboard(pages: Pages, stage: Stage) -> None:
    first = live_through(stage, "P0001", "B0010")
    second = live_through(stage, "P0001", "B0010", rate=False)
    leader = stage.person("L1001")

    # 08:00 everything that waits is in the queue, one of it is open beside it
    page = pages.open("station", "L1001", size=DESK)
    for incident_id in (first, second):
        expect(page.locator(f'[data-incident="{incident_id}"]')).to_be_visible()
    expect(page.get_by_text("反馈单", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="处置经过")).to_be_visible()
    _keep(page, "station-review-light")

    # 08:05 nothing is ticked: the key asks about the one that is open; both are ticked, one of them is not rated
    for incident_id in (first, second):
        row = page.locator(f'[data-incident="{incident_id}"]')
        row.get_by_role("button").press("Enter")
        page.keyboard.press("x")
        expect(row.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("审核通过 2 条警情")
    _keep(page, "station-approve-light")
    page.get_by_role("dialog").get_by_role("button", name="审核通过").click()
    expect(page.get_by_role("status").filter(has_text="已通过 1 条")).to_contain_text("1 条未通过")
    _keep(page, "station-approved-light")
    assert leader.get(f"/api/v1/incidents/{first}")["incident"]["state"] == "closed"

    # 08:10 the other one goes back, with a reason that its officer reads
    page.locator(f'[data-incident="{second}"]').get_by_role("button").click()
    page.keyboard.press("r")
    page.get_by_role("button", name="请核对到场时间。").click()
    _keep(page, "station-return-light")
    page.get_by_role("dialog").get_by_role("button", name="退回", exact=True).click()
    expect(page.locator(f'[data-incident="{second}"]')).to_have_count(0)
    assert stage.person("P0001").get(f"/api/v1/incidents/{second}/feedback-form")["reviews"][0]["reason"]

    # 08:12 an appeal: the helper objects, the leader corrects and answers
    helper = stage.person("B0010")
    rating = helper.get("/api/v1/me/ratings")["items"][0]
    helper.post(f"/api/v1/ratings/{rating['id']}/appeal", {"text": "当时已按要求在门口等候民警。"})
    page.get_by_role("tab", name="申诉").click()
    expect(page.locator(f'[data-incident="{first}"]')).to_be_visible()
    page.locator(f'[data-incident="{first}"]').get_by_role("button").click()
    page.get_by_role("button", name="处理申诉").click()
    page.get_by_label("更正评价").check()
    page.get_by_label("评分（1–5）").fill("4")
    page.get_by_label("答复").fill("已核对轨迹，予以更正。")
    _keep(page, "station-appeal-light")
    page.get_by_role("dialog").get_by_role("button", name="处理申诉").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert helper.get("/api/v1/me/ratings")["items"][0]["score"] == 4

    # on the phone: the list, then one whole
    phone = pages.open("station", "L1001", size=PHONE, dark=True)
    phone.get_by_role("tab", name="待反馈").click()
    phone.locator("[data-incident]").first.get_by_role("button").click()
    expect(phone.get_by_role("button", name="返回列表")).to_be_visible()
    _keep(phone, "station-review-phone-dark")
