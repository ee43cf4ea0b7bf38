"""The room and a phone live one assist together: asked, seen, taken, on the way, there, done."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.pages import PHONE, Pages, faults_of, screenshot
from tests.browser.phone import be_located, beside, go_on_duty, slide, stand
from tests.browser.stage import Stage

GUARD, OFFICER = "B0026", "P0001"


def test_the_room_sees_each_step_that_is_made_on_the_phone(pages: Pages, stage: Stage) -> None:
    here = stage.place_of(GUARD)
    scene = beside(here, north_m=140)
    phone = pages.open("guard", GUARD, size=PHONE, position=here)
    go_on_duty(phone, stage, GUARD)
    stage.put_on_duty(OFFICER)
    # whoever shares his gate stays at it
    mates = [r.badge_no for r in stage.town.responders if r.post == _post(stage) and r.badge_no != GUARD]
    for mate in mates[:1]:
        stage.person(mate).go_on_duty(beside(here, east_m=4_000))
    room = pages.open("console", "D1002")
    expect(room.get_by_test_id("data-age").first).to_contain_text("最后同步")
    be_located(phone, here)

    body = {
        "category": "help", "type": "lost_person", "summary": "老人走失，穿蓝色外套",
        "position": {"lon": round(scene[0], 6), "lat": round(scene[1], 6), "crs": "wgs84"},
    }  # fmt: skip
    made = stage.person("D1001").post("/api/v1/incidents", body)
    expect(room.get_by_test_id("newcomer").first).to_be_visible()
    room.keyboard.press("Enter")
    panel = room.get_by_test_id("incident-panel")
    expect(panel.get_by_text("推荐", exact=True).first).to_be_visible()
    room.keyboard.press("d")

    order = panel.locator("[data-order]").filter(has_text=GUARD)
    expect(order).to_contain_text("已读")
    slide(phone, "签收前往")
    expect(order.locator(".badge")).to_have_text(re.compile("已签收"))
    phone.get_by_role("button", name="我已出发").click()
    expect(order.locator(".badge")).to_have_text(re.compile("出发途中"))
    screenshot(room, "console-under-way")
    assert faults_of(room) == []
    # a sensor that says the same twice says nothing: a step to the side each time
    for step in range(12):
        stand(phone, beside(scene, east_m=step))
        phone.wait_for_timeout(1_500)
        if order.locator(".badge").get_by_text("已到场").count():
            break
    expect(order.locator(".badge")).to_have_text(re.compile("已到场"), timeout=60_000)
    screenshot(room, "console-arrived")
    stage.person("D1001").post(f"/api/v1/incidents/{made['incident']['id']}/cancel", {"reason": "测试结束"})
    expect(panel.get_by_text("已撤销")).to_be_visible()


def _post(stage: Stage) -> str | None:
    return next(r.post for r in stage.town.responders if r.badge_no == GUARD)
