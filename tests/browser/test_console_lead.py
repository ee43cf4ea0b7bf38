"""An incident led from the room to its end: calls that are one, who is swapped, borrowed, told, and how it went."""

from __future__ import annotations

import io
import json
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.pages import PHONE, Pages, faults_of, screenshot
from tests.browser.phone import beside
from tests.browser.room import SCENE, call_in, confirm, find, open_room, send, set_out
from tests.browser.stage import Stage

#: who is on duty, where he stands, and that his calls end
pytestmark = pytest.mark.usefixtures("people_of_the_room")


def test_two_calls_are_one_and_it_is_raised_ended_and_found_again(pages: Pages, stage: Stage) -> None:
    first = call_in(stage, "老人走失，穿灰色外套")
    second = call_in(stage, "同一位老人，家属又来电", beside(SCENE, east_m=30))
    page = open_room(pages, path=f"incidents/{second['id']}")
    panel = page.get_by_test_id("incident-panel")
    expect(panel).to_contain_text("家属又来电")
    expect(panel.get_by_text("推荐", exact=True).first).to_be_visible()
    confirm(page, "并案", "Shift+M", "console-merge")
    expect(panel).to_contain_text("已并案")

    page.goto(f"/console/incidents/{first['id']}")
    expect(panel).to_contain_text("灰色外套")
    level = panel.get_by_text(re.compile("^.级")).first
    before = level.inner_text()
    confirm(page, "调整级别", "u", "console-level")
    expect(level).not_to_have_text(before)
    confirm(page, "撤销警情", "Shift+X", "console-cancel")
    expect(panel).to_contain_text("已撤销")

    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.type(first["number"])
    expect(page.locator("[data-ended]")).to_have_count(1)
    screenshot(page, "console-ended")
    assert faults_of(page) == []
    page.locator(f'[data-ended="{first["id"]}"]').press("Enter")
    expect(panel).to_contain_text("已撤销")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    find(page, first["number"])
    expect(panel).to_contain_text("已撤销")


def test_a_call_that_ends_before_the_room_is_live_is_shown_as_ended(pages: Pages, stage: Stage) -> None:
    incident = call_in(stage, "老人走失，已由家属接回")
    page = open_room(pages)
    # asked and not answered
    page.route("**/api/v1/live/**", lambda route: None)
    page.goto(f"/console/incidents/{incident['id']}")
    panel = page.get_by_test_id("incident-panel")
    expect(panel).to_contain_text("已由家属接回")
    stage.person("D1001").post(f"/api/v1/incidents/{incident['id']}/cancel", {"reason": "家属已来电撤销"})
    page.unroute("**/api/v1/live/**")
    expect(panel).to_contain_text("已撤销")


def test_several_alarms_stay_until_each_is_taken_up(pages: Pages, stage: Stage) -> None:
    for number, place in enumerate(
        (SCENE, (121.4602, 31.0431), beside(SCENE, north_m=-900), beside(SCENE, north_m=700))
    ):
        call_in(stage, f"第 {number} 起：老人走失", place, dispatch=True)
    page = open_room(pages)
    alarms = page.get_by_test_id("alarm")
    expect(alarms).to_have_count(3)
    expect(page.get_by_text(re.compile("另有 .* 条"))).to_be_visible()
    screenshot(page, "console-alarms")
    assert faults_of(page) == []
    # the next one is taken up before the answer to the last has come; others may be raised meanwhile
    until = time.monotonic() + 40
    while alarms.count() and time.monotonic() < until:
        page.keyboard.press("a")
        page.wait_for_timeout(300)
    expect(alarms).to_have_count(0)


def test_the_scene_tells_and_is_told_and_all_of_it_is_played_again(pages: Pages, stage: Stage) -> None:
    incident = call_in(stage, "老人走失，最后在地铁站出现")
    send(stage, incident["id"], "B0018")
    page = open_room(pages, path=f"incidents/{incident['id']}")
    panel = page.get_by_test_id("incident-panel")
    page.keyboard.press("i")
    expect(panel.get_by_test_id("empty")).to_contain_text("还没有现场反馈")
    order_id = set_out(stage, "B0018", incident["id"])
    guard = stage.person("B0018")
    for step in range(4):
        guard.stand(beside(stage.place_of("B0018"), east_m=20 * step))
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(picture, "JPEG")
    answer = guard.http.post(
        f"/api/v1/orders/{order_id}/photos",
        files={"file": ("scene.jpg", picture.getvalue(), "image/jpeg")},
        headers=guard.bearer_with_key(),
    )
    assert answer.is_success, answer.text
    # nobody has pressed anything
    panel.get_by_role("button", name="放大第 1 张照片").click()
    expect(page.get_by_role("dialog", name="现场照片")).to_be_visible()
    screenshot(page, "console-photo")
    assert faults_of(page) == []
    page.keyboard.press("Escape")

    page.keyboard.press("m")
    page.keyboard.type("老人可能在一号口，请立即查看")
    panel.get_by_label("紧急，须逐人确认").check()
    panel.get_by_role("textbox").press("Control+Enter")
    expect(panel.get_by_text("已确认 0／")).to_be_visible()
    line = next(item for item in guard.get(f"/api/v1/incidents/{incident['id']}/chat")["items"] if item["urgent"])
    guard.post(f"/api/v1/incidents/{incident['id']}/chat/{line['id']}/confirmation")
    expect(panel.get_by_text("已确认 1／")).to_be_visible()
    screenshot(page, "console-urgent")
    assert faults_of(page) == []

    guard.post(f"/api/v1/orders/{order_id}/complete", {"checklist": ["looked"]})
    stage.person("D1001").post(f"/api/v1/incidents/{incident['id']}/cancel", {"reason": "老人已自行回家"})
    expect(panel).to_contain_text("已撤销")
    expect(panel.get_by_role("link", name="回放")).to_have_count(0)
    page.context.close()

    page = open_room(pages, "L1001", path=f"incidents/{incident['id']}")
    page.get_by_role("link", name="回放").press("Enter")
    expect(page.get_by_label("回放原因")).to_be_focused()
    page.keyboard.type("案例研判")
    assert faults_of(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("[data-ready]")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=guard.get("/api/v1/me")["name"])).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("[data-idle]")).to_be_visible()
    screenshot(page, "console-replay")
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("incident-panel")).to_contain_text("最后在地铁站出现")


def test_somebody_nearer_is_taken_by_one_key_or_left_by_another(pages: Pages, stage: Stage) -> None:
    scenes = {
        "B0019": beside(stage.place_of("B0003"), east_m=160),
        "B0021": beside(stage.place_of("B0009"), east_m=120),
    }
    incidents = {badge: call_in(stage, "老人走失", scene) for badge, scene in scenes.items()}
    for badge in scenes:
        send(stage, incidents[badge]["id"], badge)
        set_out(stage, badge, incidents[badge]["id"])
    # their posts are round the corner, and not left alone when one goes
    stage.put_on_duty("B0003", "B0007", "B0011", "B0009", "B0001", "B0005")
    for badge, key, after in (("B0019", "y", "已解除"), ("B0021", "x", "")):
        page = open_room(pages, path=f"incidents/{incidents[badge]['id']}")
        panel = page.get_by_test_id("incident-panel")
        expect(panel.get_by_text("换人建议")).to_be_visible()
        screenshot(page, f"console-swap-{key}")
        assert faults_of(page) == []
        page.keyboard.press(key)
        expect(panel.get_by_text("换人建议")).to_have_count(0)
        if after:
            expect(panel.locator("[data-order]").filter(has_text=after)).to_have_count(1)
        page.context.close()


def test_two_leaders_agree_on_aid_each_at_his_own_console(pages: Pages, stage: Stage) -> None:
    incident = call_in(stage, "老人走失，靠近辖区交界", dispatch=True)
    page = open_room(pages, path=f"incidents/{incident['id']}")
    confirm(page, "申请邻所支援", "g", "console-aid-ask")
    panel = page.get_by_test_id("incident-panel")
    expect(panel.get_by_role("region", name="邻所支援")).to_contain_text("已申请")
    expect(page.locator("[data-aid]")).to_contain_text("待所长同意")

    own = open_room(pages, "L1001")
    expect(own.locator("[data-aid]")).to_contain_text("待本所同意")
    own.keyboard.press("Shift+Y")
    expect(own.locator("[data-aid]")).to_have_count(0)
    own.context.close()

    asked = open_room(pages, "L2001", dark=True)
    expect(asked.locator("[data-aid]")).to_contain_text("吴泾派出所请求支援")
    screenshot(asked, "console-aid-asked")
    assert faults_of(asked) == []
    asked.get_by_role("button", name="同意", exact=False).first.press("Enter")
    expect(asked.locator("[data-aid]")).to_have_count(0)
    # the incident is theirs to look at from now on
    expect(asked.locator(f'[data-incident="{incident["id"]}"]')).to_be_visible()
    expect(panel.get_by_role("region", name="邻所支援").locator(".badge").first).to_contain_text("支援中")


def test_a_page_whose_sockets_are_blocked_shows_the_same_by_http(pages: Pages, stage: Stage) -> None:
    call_in(stage, "老人走失")
    for app, who, size in (("console", "D1002", (1440, 900)), ("guard", "B0017", PHONE)):
        page = pages.open(app, size=size)
        page.route_web_socket(re.compile("/api/v1/live"), lambda socket: socket.close())
        tokens = stage.log_in(who)
        page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"pingan.{app}.login", json.dumps(tokens)])
        page.goto(f"/{app}/")
        expect(page.get_by_text("已改为每 10 秒同步一次").first).to_be_visible()
        screenshot(page, f"{app}-blocked")
        assert faults_of(page) == []
        if app == "console":
            expect(page.locator("[data-incident]")).to_have_count(1)
            call_in(stage, "第二起：孩子走失", (121.4602, 31.0431))
            expect(page.locator("[data-incident]")).to_have_count(2)
        page.context.close()


def test_a_page_of_before_an_upgrade_loads_itself_anew_once(pages: Pages) -> None:
    page = pages.open("console")
    page.route("**/api/v1/me", _of_another_build)
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    tokens = pages.stage.log_in("D1002")
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", ["pingan.console.login", json.dumps(tokens)])
    page.reload()
    expect(page.get_by_text("请关闭本页面后重新打开")).to_be_visible()
    assert len(loads) == 2


def _of_another_build(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "x-pingan-build": "other"})
