"""Every other page of the phone at both sizes and by axe; beginning, leaving, the safe-house, help for oneself."""

from __future__ import annotations

import math
import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.pages import PHONE, Pages
from tests.browser.phone import beside, call_in, go_on_duty, hold, keep, order_of
from tests.browser.stage import Lonlat, Stage


def test_one_begins_with_a_code_and_leaves_off_duty(pages: Pages, stage: Stage) -> None:
    accounts = stage.person("L1001").get("/api/v1/accounts", limit=200, role="guard")["items"]
    newcomer = next(account for account in accounts if account["badge_no"] == "B0012")
    code = stage.person("L1001").post("/api/v1/onboarding-codes", {"account_id": newcomer["id"]})["code"]
    page = pages.open("guard", size=PHONE, path=f"#code={code}", position=stage.place_of("B0012"))
    keep(page, "onboarding", dark=True)
    page.get_by_label(re.compile("设置密码")).fill("一个很长的口令 2026")
    page.get_by_role("button", name="设置密码并登录").click()
    go_on_duty(page, stage, "B0012")
    page.get_by_role("link", name="我的").click()
    keep(page, "me", dark=True)
    page.get_by_role("link", name="本软件记录什么").click()
    keep(page, "recorded")
    page.get_by_role("button", name="返回").click()
    page.get_by_role("link", name="我的设备").click()
    expect(page.get_by_text("本机")).to_be_visible()
    keep(page, "devices", whole=False)
    page.get_by_role("button", name="返回").click()
    page.get_by_role("link", name="修改密码").click()
    keep(page, "password", whole=False)
    page.get_by_role("button", name="返回").click()
    page.get_by_role("link", name="指令").click()
    expect(page.get_by_text("还没有收到过指令")).to_be_visible()
    keep(page, "orders-none", whole=False)
    page.get_by_role("link", name="我的").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("退出登录会同时下岗")).to_be_visible()
    keep(page, "leave-sheet", whole=False)
    page.get_by_role("button", name="下岗并退出登录").click()
    expect(page.get_by_label("工号或手机号")).to_be_visible()
    keep(page, "login", whole=False)
    page.get_by_label("工号或手机号").fill("B0012")
    page.get_by_label("密码").fill("一个很长的口令 2026")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("未上岗", exact=True)).to_be_visible()


def test_a_keeper_opens_beside_hours_and_has_orders(pages: Pages, stage: Stage) -> None:
    page = pages.open("guard", "K0004", size=PHONE)
    expect(page.get_by_text(re.compile("^(开放中|未开放)$"))).to_be_visible()
    keep(page, "keeper", dark=True)
    if page.get_by_role("button", name="临时开放").count():
        page.get_by_role("button", name="临时开放").click()
        expect(page.get_by_text("临时开放中")).to_be_visible()
        keep(page, "keeper-extra", whole=False)
    call_in(stage, beside(stage.place_of("K0004"), north_m=50), by="D2001")
    order_of(stage.person("K0004"))
    expect(page.get_by_role("button", name="签收前往")).to_be_visible()
    page.get_by_role("button", name="不能前往").click()
    keep(page, "decline-sheet", whole=False)
    page.get_by_role("button", name="岗位无法离开").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="您已拒绝")).to_be_visible()


def test_panic_is_held_and_reaches_the_command_room(pages: Pages, stage: Stage) -> None:
    page = pages.open("guard", "B0004", size=PHONE, position=stage.place_of("B0004"), locale="en")
    page.get_by_role("button", name="Go on duty").click()
    keep(page, "recorded-en", whole=False)
    page.get_by_role("button", name="Understood, go on duty").click()
    expect(page.get_by_text("On duty", exact=True)).to_be_visible()
    button = page.get_by_role("button", name="Hold 2 s for help")
    button.click()
    expect(page.get_by_text("The command room has your call")).to_have_count(0)
    hold(button, page)
    expect(page.get_by_text(re.compile("The command room has your call"))).to_be_visible()
    keep(page, "panic-en", whole=False)
    assert any(i["source"] == "panic" for i in stage.person("D1002").get("/api/v1/incidents")["items"])


def test_a_call_for_help_off_duty_finds_him_once_and_keeps_no_place(pages: Pages, stage: Stage) -> None:
    here = beside(stage.place_of("B0006"), east_m=400)
    page = pages.open("guard", "B0006", size=PHONE, position=here)
    expect(page.get_by_text("未上岗", exact=True)).to_be_visible()
    hold(page.get_by_role("button", name="按住 2 秒 紧急求助"), page)
    expect(page.get_by_text("求助已送达指挥室")).to_be_visible()
    room = stage.person("D1002")
    incidents = room.get("/api/v1/incidents", open=True)["items"]
    found = next(incident for incident in incidents if incident["source"] == "panic" and _at(incident, here))
    assert "可能不在该处" not in found["summary"]
    his = stage.person("B0006").get("/api/v1/me")["responder"]["id"]
    assert his not in {shown["responder_id"] for shown in room.get("/api/v1/live/snapshot")["positions"]}
    expect(page.locator("[data-confirmed]")).to_have_count(0)


def _at(incident: dict[str, Any], place: Lonlat) -> bool:
    where = incident["position"]
    return math.dist((where["lon"], where["lat"]), place) < 1e-5


def test_an_officer_enters_what_he_meets(pages: Pages, stage: Stage) -> None:
    here = stage.place_of("B0016")
    page = pages.open("guard", "P0005", size=PHONE, position=here)
    go_on_duty(page, stage, "P0005")
    page.get_by_role("link", name="警情").click()
    page.get_by_role("link", name="登记警情").click()
    page.get_by_role("button", name="群众求助").click()
    page.get_by_role("button", name="迷途走失").click()
    page.get_by_label("简要情况").fill("路遇一名走失老人，行动不便。")
    page.get_by_label("地点").fill("尚义路北门")
    keep(page, "new-incident")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text(re.compile("已登记，编号"))).to_be_visible()
    keep(page, "new-incident-made", whole=False)
