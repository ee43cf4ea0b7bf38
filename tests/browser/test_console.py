"""The command room: a call is taken, people are sent, watched and led, without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import DESK, LARGE_DESK, Pages, faults_of, screenshot
from tests.browser.room import end_all
from tests.browser.stage import Stage

#: of 吴泾: two cars, guards around the crossings of 剑川路, and the dispatcher who is not simulated
POLICE = ("P0001", "P0003", "P0005", "P0007")
GUARDS = ("B0017", "B0018", "B0019", "B0021", "B0022", "B0023", "B0025")
DISPATCHER = "D1002"


@pytest.fixture(scope="module", autouse=True)
def on_duty(stage: Stage) -> None:
    stage.put_on_duty(*POLICE, *GUARDS)


@pytest.fixture(autouse=True)
def fresh(stage: Stage, on_duty: None) -> Iterator[None]:
    """Nobody's place is old when a test begins, and nobody is engaged when it has ended."""
    for badge in (*POLICE, *GUARDS):
        stage.person(badge).stand(stage.place_of(badge))
    yield
    end_all(stage)


def call_in(
    stage: Stage, summary: str, *, dispatch: bool = False, at: tuple[float, float] = (121.4651, 31.0472)
) -> str:
    """A call that the other dispatcher takes; the incident's id."""
    body = {
        "category": "help", "type": "lost_person", "summary": summary, "dispatch": dispatch,
        "position": {"lon": at[0], "lat": at[1], "crs": "wgs84"},
    }  # fmt: skip
    return str(stage.person("D1001").post("/api/v1/incidents", body)["incident"]["id"])


def open_room(pages: Pages, **options: Any) -> Page:
    page = pages.open("console", DISPATCHER, **options)
    expect(page.get_by_test_id("data-age").first).to_contain_text("最后同步")
    return page


def take_call(page: Page, *, address: str, summary: str, kind: str = "走失") -> None:
    """From the first key to the filled form, by keys alone."""
    page.keyboard.press("n")
    expect(page.get_by_role("combobox", name="警情类别")).to_be_focused()
    page.keyboard.type(kind)
    expect(page.get_by_role("option", name=re.compile(kind)).first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type(address)
    expect(page.get_by_role("option", name=re.compile(address)).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("已定位", exact=True)).to_be_visible()
    page.keyboard.type(summary)


def test_a_call_is_taken_and_sent_for_by_keys_alone(pages: Pages) -> None:
    page = open_room(pages)
    take_call(page, address="剑川路714", summary="七十岁老人走失，穿灰色外套")
    screenshot(page, "console-intake")
    assert faults_of(page) == []
    page.keyboard.press("Alt+Enter")
    panel = page.get_by_test_id("incident-panel")
    expect(panel).to_contain_text("七十岁老人走失")
    expect(panel.get_by_text("推荐", exact=True).first).to_be_visible()
    screenshot(page, "console-advice")
    assert faults_of(page) == []

    page.keyboard.press("d")
    expect(panel.locator("[data-order]").first).to_be_visible()
    expect(panel).to_contain_text("已派警")
    # nobody keeps a safe-house tonight: the shortfall stays until somebody takes it up
    alarm = page.get_by_test_id("alarm").first
    expect(alarm).to_be_visible()
    screenshot(page, "console-sent")
    assert faults_of(page) == []
    page.keyboard.press("a")
    expect(page.get_by_test_id("alarm")).to_have_count(0)

    page.keyboard.press("t")
    expect(panel.get_by_text("派警", exact=True)).to_be_visible()
    expect(panel.get_by_text(re.compile("告警 · .*力量不足")).first).to_be_visible()
    screenshot(page, "console-timeline")
    assert faults_of(page) == []
    page.keyboard.press("m")
    expect(panel.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("老人可能在地铁站，请先到出口")
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_text("老人可能在地铁站")).to_be_visible()
    screenshot(page, "console-talk")
    assert faults_of(page) == []


def test_whoever_overrules_the_advice_says_why(pages: Pages) -> None:
    page = open_room(pages)
    take_call(page, address="剑川路731", summary="邻里纠纷，两人争吵", kind="纠纷")
    page.keyboard.press("Alt+Enter")
    panel = page.get_by_test_id("incident-panel")
    expect(panel.get_by_text("推荐", exact=True).first).to_be_visible()
    panel.locator(".candidate:not(.chosen)").first.get_by_role("checkbox").click()
    expect(panel.get_by_text("已选 1 人")).to_be_visible()
    page.keyboard.press("s")
    reason = panel.get_by_label("未按推荐，请说明原因")
    expect(reason).to_be_focused()
    page.keyboard.type("熟悉该楼栋")
    page.keyboard.press("Enter")
    expect(panel.locator("[data-order]")).to_have_count(1)


def test_a_new_call_is_loud_until_somebody_looks_at_it(pages: Pages, stage: Stage) -> None:
    page = open_room(pages)
    call_in(stage, "小孩走失")
    expect(page.get_by_test_id("newcomer").first).to_contain_text("新警情")
    screenshot(page, "console-new")
    assert faults_of(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("newcomer")).to_have_count(0)
    expect(page.get_by_test_id("incident-panel")).to_contain_text("小孩走失")


def test_an_empty_list_without_a_connection_says_that_it_knows_nothing(pages: Pages) -> None:
    pages.expected += ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    page = open_room(pages)
    page.get_by_role("tab", name=re.compile("待反馈")).press("Space")
    expect(page.get_by_test_id("empty").first).to_contain_text("当前没有未结警情")
    page.context.set_offline(True)
    # the page itself learns of it from its socket
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.get_by_test_id("connection-banner")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("empty").first).to_contain_text("暂不能确认")
    # the ground that is missing is asked for again, also by the map itself
    page.locator(".maplibregl-canvas").focus()
    for key in ("Equal", "Equal", *["ArrowRight"] * 12):
        page.keyboard.press(key)
    expect(page.get_by_text("部分底图未能加载")).to_be_visible()
    screenshot(page, "console-offline")
    assert faults_of(page) == []
    page.context.set_offline(False)
    expect(page.get_by_test_id("connection-banner")).to_have_count(0, timeout=60_000)
    expect(page.get_by_test_id("empty").first).to_contain_text("当前没有未结警情")
    expect(page.get_by_text("部分底图未能加载")).to_have_count(0)


def test_the_room_at_every_size_and_in_the_dark(pages: Pages, stage: Stage) -> None:
    call_in(stage, "老人走失，请协助寻找", dispatch=True)
    for name, size, dark in (("large", LARGE_DESK, False), ("dark", DESK, True), ("narrow", (820, 1100), False)):
        page = open_room(pages, size=size, dark=dark)
        expect(page.locator("[data-incident]").first).to_be_visible()
        page.keyboard.press("j")
        expect(page.get_by_test_id("incident-panel")).to_be_visible()
        expect(page.locator("[data-ready]")).to_be_visible()
        page.wait_for_timeout(800)
        screenshot(page, f"console-room-{name}")
        assert faults_of(page) == []
        page.context.close()


def test_the_palette_finds_what_can_be_done_people_and_places(pages: Pages) -> None:
    page = open_room(pages)
    page.keyboard.press("/")
    page.keyboard.type("吴泾公园")
    expect(page.get_by_role("option", name=re.compile("吴泾公园")).first).to_be_visible()
    screenshot(page, "console-palette")
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    screenshot(page, "console-keys")


def test_the_wall_can_be_read_from_afar(pages: Pages, stage: Stage) -> None:
    call_in(stage, "老人走失，请协助寻找", dispatch=True)
    call_in(stage, "孩子走失", at=(121.4602, 31.0431))
    page = open_room(pages, size=LARGE_DESK, dark=True)
    page.keyboard.press("w")
    expect(page.get_by_test_id("wall")).to_be_visible()
    expect(page.locator("[data-ready]")).to_be_visible()
    page.wait_for_timeout(800)
    screenshot(page, "console-wall")
    assert faults_of(page) == []
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.figures dt, .figures dd, .incidents p, .alarms p, h1')]"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 22, "letters of 22 points on a full-HD wall"
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("wall")).to_have_count(0)


def test_what_lies_under_the_marks_and_whom_a_neighbour_could_send(pages: Pages, stage: Stage) -> None:
    call_in(stage, "老人走失，请协助寻找")
    page = open_room(pages)
    expect(page.locator("[data-incident]").first).to_be_visible()
    page.keyboard.press("j")
    panel = page.get_by_test_id("incident-panel")
    expect(panel.get_by_text("推荐", exact=True).first).to_be_visible()
    expect(page.locator("[data-ready]")).to_be_visible()
    for key in ("Shift+R", "Shift+C", "Shift+H"):
        page.keyboard.press(key)
    expect(page.get_by_label("警情热力")).to_be_checked()
    page.wait_for_timeout(2_000)
    screenshot(page, "console-layers")
    page.keyboard.press("g")
    expect(page.get_by_role("radio").first).to_be_visible()
    screenshot(page, "console-neighbours")
    assert faults_of(page) == []
    page.get_by_label("原因").fill("现场靠近辖区交界")
    page.get_by_role("button", name="确定").click()
    expect(panel.get_by_role("region", name="邻所支援")).to_contain_text("紫竹派出所")
