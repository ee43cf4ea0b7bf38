"""Bad signal is the normal case: what a phone shows and keeps without it, and what the server says afterwards."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.pages import PHONE, Pages
from tests.browser.phone import become, beside, call_in, go_on_duty, keep, look_away, notices, order_of, slide
from tests.browser.stage import Stage


def test_an_accept_without_signal_waits_and_the_server_decides_who_was_first(pages: Pages, stage: Stage) -> None:
    pages.expected += ["ERR_INTERNET_DISCONNECTED", "409", "WebSocket"]
    first = pages.open("guard", "B0031", size=PHONE, position=stage.place_of("B0031"))
    late = pages.open("guard", "B0034", size=PHONE, position=stage.place_of("B0034"))
    go_on_duty(first, stage, "B0031")
    go_on_duty(late, stage, "B0034")
    stage.person("B0037").go_on_duty(beside(stage.place_of("B0037"), east_m=5_000))
    made = call_in(
        stage,
        beside(stage.place_of("B0031"), north_m=60),
        type_="move_car",
        summary="小区门口一辆轿车挡住消防通道。",
        dispatch=False,
    )
    # both are named: how many the machine would ask is not what is told here
    both = [stage.person(badge).get("/api/v1/me")["responder"]["id"] for badge in ("B0031", "B0034")]
    named = {"auto": False, "responder_ids": both, "reason": "两人距离相近"}
    stage.person("D1002").post(f"/api/v1/incidents/{made['incident']['id']}/dispatch", named)
    for page in (first, late):
        expect(page.get_by_role("button", name="签收前往")).to_be_visible()

    late.context.set_offline(True)
    slide(late, "签收前往")
    expect(late.get_by_text("现在还不算签收")).to_be_visible()
    expect(late.get_by_text("1 项待发送")).to_be_visible()
    keep(late, "order-accept-waits", dark=True, whole=False)
    slide(first, "签收前往")
    expect(first.get_by_role("heading", name="已签收，请出发")).to_be_visible()

    late.context.set_offline(False)
    expect(late.get_by_role("heading", name="无需前往")).to_be_visible()
    expect(late.get_by_text(re.compile("签收未被接受"))).to_be_visible()
    keep(late, "order-lost", whole=False)
    late.get_by_role("button", name="知道了").first.click()

    # the app is closed and opened again where there is no signal: the order is there, marked as old, and one goes on
    first.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    first.reload()
    expect(first.get_by_role("heading", name="已签收，请出发")).to_be_visible()
    first.context.set_offline(True)
    first.reload()
    expect(first.get_by_role("heading", name="已签收，请出发")).to_be_visible()
    expect(first.get_by_test_id("connection-banner")).to_contain_text("断网前的内容")
    first.get_by_role("button", name="我已出发").click()
    expect(first.locator("[data-waiting='depart']")).to_be_visible()
    keep(first, "order-offline", dark=True, whole=False)
    first.get_by_role("link", name=re.compile("待发送")).click()
    expect(first.get_by_text("重新打开软件会继续发")).to_be_visible()
    keep(first, "outbox", whole=False)
    first.context.set_offline(False)
    expect(first.get_by_test_id("outbox-empty")).to_be_visible()
    become(stage.person("B0031"), "en_route")


def test_a_phone_in_a_pocket_behind_a_proxy_without_sockets_gets_its_order_all_the_same(
    pages: Pages, stage: Stage
) -> None:
    pages.expected += ["WebSocket", r"409.*/api/v1/positions"]
    here = stage.place_of("B0010")
    page = pages.open("guard", "B0010", size=PHONE, position=here)
    page.route_web_socket(re.compile("/api/v1/live"), lambda socket: socket.close(code=1006))
    page.reload()
    expect(page.get_by_test_id("served")).to_be_visible()
    go_on_duty(page, stage, "B0010")
    keep(page, "served-over-http", dark=True, whole=False)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    look_away(page)
    made = call_in(stage, beside(here, north_m=60), type_="move_car", summary="轿车挡住消防通道。", dispatch=False)
    responder = stage.person("B0010").get("/api/v1/me")["responder"]["id"]
    named = {"auto": False, "responder_ids": [responder], "reason": "最近"}
    stage.person("D1002").post(f"/api/v1/incidents/{made['incident']['id']}/dispatch", named)

    assert notices(page, 1) == ["有新的指令，请立即打开查看"]
    # the phone has it, nobody has seen it
    become(stage.person("B0010"), "received")
    look_away(page, away=False)
    notices(page, 0)
    slide(page, "签收前往")
    expect(page.get_by_role("heading", name="已签收，请出发")).to_be_visible()
    assert order_of(stage.person("B0010"))["milestones"]["shown"]

    # the same phone draws no map: the direction, the distance and the way are there without one
    page.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
    page.get_by_role("button", name="导航前往").click()
    page.get_by_role("button", name="在本软件地图上看路线").click()
    expect(page.get_by_test_id("sketch")).to_contain_text("现场在您正北方向")
    keep(page, "route-sketch", dark=True, whole=False)


def test_a_forbidden_location_is_said_with_what_to_do(pages: Pages, stage: Stage) -> None:
    page = pages.open("guard", "B0038", size=PHONE)
    page.get_by_role("button", name="上岗", exact=True).click()
    page.get_by_role("button", name="我已了解，上岗").click()
    expect(page.get_by_test_id("location-trouble")).to_contain_text("定位权限被拒绝")
    keep(page, "location-denied", whole=False)
