"""What a dispatcher decides by hand: who is taken, who is given the order instead, who may go home."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Pages, screenshot
from tests.browser.phone import beside
from tests.browser.room import GUARDS, call_in, find, give_reason, open_room, order_of, send, set_out
from tests.browser.stage import Stage

#: who is on duty, where he stands, and that his calls end
pytestmark = pytest.mark.usefixtures("people_of_the_room")


def _grab(page: Page, x: float, y: float) -> None:
    """Takes whoever stands there in hand. Where he is not drawn yet the map is dragged instead: it is put back."""
    hint = page.get_by_text("：拖到警情上")
    for _ in range(6):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y + 5, steps=4)
        try:
            expect(hint).to_be_visible(timeout=3_000)
            return
        except AssertionError:
            page.mouse.move(x, y, steps=4)
            page.wait_for_timeout(400)
            page.mouse.up()
            page.wait_for_timeout(1_000)
    expect(hint).to_be_visible()


def test_somebody_is_dragged_onto_an_incident_or_picked_by_keys(pages: Pages, stage: Stage) -> None:
    name = stage.person("B0017").get("/api/v1/me")["name"]
    call_in(stage, "小孩走失", beside(stage.place_of("B0017"), east_m=80))
    page = open_room(pages)
    expect(page.locator("[data-ready]")).to_be_visible()
    find(page, name)
    expect(page.get_by_role("region", name="人员")).to_contain_text(name)
    page.wait_for_timeout(500)
    expect(page.locator("[data-idle]")).to_be_visible()
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    # at zoom 17 a metre is two points
    _grab(page, x, y)
    page.mouse.move(x + 156, y, steps=4)
    expect(page.get_by_text(f"选派{name}", exact=False)).to_be_visible()
    screenshot(page, "console-drag")
    page.mouse.up()
    panel = page.get_by_test_id("incident-panel")
    expect(panel.get_by_text("已选 1 人")).to_be_visible()

    page.keyboard.press("Escape")
    expect(panel.get_by_text("已选 1 人")).to_have_count(0)
    card = page.locator("[data-incident]").first.bounding_box()
    assert card is not None
    _grab(page, x, y)
    page.mouse.move(card["x"] + 60, card["y"] + 20, steps=6)
    page.mouse.up()
    expect(panel.get_by_text("已选 1 人")).to_be_visible()

    page.keyboard.press("Escape")
    find(page, name)
    page.keyboard.press("p")
    expect(panel.get_by_text("已选 1 人")).to_be_visible()


def _advised(pages: Pages, stage: Stage) -> tuple[dict[str, Any], Page, Locator]:
    """A call beside B0018, the room that looks at it with the map drawn, and its panel with the advice."""
    incident = call_in(stage, "小孩走失", beside(stage.place_of("B0018"), east_m=60))
    page = open_room(pages, path=f"incidents/{incident['id']}")
    expect(page.locator("[data-ready]")).to_be_visible()
    panel = page.get_by_test_id("incident-panel")
    expect(panel.get_by_text("推荐", exact=True).first).to_be_visible()
    return incident, page, panel


def test_a_ring_on_the_map_picks_whoever_is_free_in_it(pages: Pages, stage: Stage) -> None:
    incident, page, panel = _advised(pages, stage)
    find(page, stage.person("B0018").get("/api/v1/me")["name"])
    expect(page.get_by_role("region", name="人员")).to_be_visible()
    # the map has gone to him: as soon as it is known where he is, which may be after his page is there
    expect(page.locator(".maplibregl-ctrl-scale")).to_have_text(re.compile(r"^[1-9]0\sm$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_visible()
    expect(page.locator("[data-idle]")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_text("按住鼠标圈选空闲力量", exact=False)).to_be_visible()
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 90, y - 90)
    page.mouse.down()
    for east, north in ((90, -90), (90, 90), (-90, 90)):
        page.mouse.move(x + east, y + north, steps=5)
    screenshot(page, "console-ring")
    page.mouse.up()
    # and perhaps whoever stands beside him
    expect(panel.get_by_text(re.compile("已选 [1-4] 人"))).to_be_visible()
    page.keyboard.press("s")
    why = panel.get_by_label("未按推荐，请说明原因")
    if why.count():
        why.fill("就在隔壁")
        page.keyboard.press("Enter")
    order_of(stage, "B0018", incident["id"])


def test_a_circle_by_keys_picks_whoever_is_free_around_the_incident(pages: Pages, stage: Stage) -> None:
    _, page, panel = _advised(pages, stage)
    picked = panel.get_by_role("form", name="所选力量").get_by_role("button", name="（演示）B00")

    def pick(*keys: str) -> int:
        """How many are picked after such a circle."""
        for key in keys:
            page.keyboard.press(f"Arrow{key}")
        screenshot(page, "console-circle")
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        return picked.count()

    page.keyboard.press("l")
    expect(page.get_by_text("以警情为圆心划圈", exact=False)).to_be_visible()
    # where everybody is comes a moment after who there is; after an empty circle the next is made at once
    assert any(pick("Up", "Up", "Down") for _ in range(20))
    expect(picked).to_have_count(1)
    expect(picked).to_contain_text("B0018")
    for _ in range(20):
        page.keyboard.press("l")
        if pick(*("Up",) * 7) == len(GUARDS):
            break
    expect(picked).to_have_count(len(GUARDS))
    assert all(badge in "".join(picked.all_inner_texts()) for badge in GUARDS)


def _act(page: Page, of: str, act: str, picture: str) -> None:
    """By the button of his order."""
    page.locator("[data-order]").filter(has_text=of).get_by_role("button", name=act, exact=True).press("Enter")
    give_reason(page, act, picture)


def test_one_is_relieved_by_another_and_one_may_go_home(pages: Pages, stage: Stage) -> None:
    names = {badge: stage.person(badge).get("/api/v1/me")["name"] for badge in GUARDS}
    incident = call_in(stage, "老人走失")
    send(stage, incident["id"], "B0017", "B0018")
    for badge in ("B0017", "B0018"):
        set_out(stage, badge, incident["id"])
    page = open_room(pages, path=f"incidents/{incident['id']}")
    orders = page.locator("[data-order]")
    expect(orders).to_have_count(2)
    _act(page, names["B0017"], "改派", "console-reassign")
    expect(orders.filter(has_text=names["B0017"])).to_contain_text("已撤回")
    assert stage.person("B0017").get("/api/v1/me/orders", open=True)["items"] == []
    expect(orders).to_have_count(3)

    _act(page, names["B0018"], "解除", "console-stand-down")
    expect(orders.filter(has_text=names["B0018"])).to_contain_text("已解除")
    assert stage.person("B0018").get("/api/v1/me/orders", open=True)["items"] == []
    # the one who came instead is asked, and nobody else is touched
    expect(orders.filter(has_not_text=re.compile("已(解除|撤回)"))).to_have_count(1)
