"""The leader's ground: areas are drawn, mended, saved against what was read, and what that means is told."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.pages import DESK, LARGE_PHONE, Pages, faults_of, screenshot
from tests.browser.stage import Stage

_HERE = (121.463, 31.047)


def _keep(page: Page, name: str) -> None:
    assert faults_of(page) == []
    screenshot(page, name)


def _square(size: float) -> str:
    lon, lat = _HERE
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "properties": {"name": "银春警格"}, "geometry": geometry})


def test_a_leader_draws_a_beat_mends_it_and_takes_a_deletion_back(pages: Pages, stage: Stage) -> None:
    room = stage.person("D1002")
    made = room.post(
        "/api/v1/incidents",
        {
            "category": "help", "type": "lost_person", "address": "银春路（演示）", "summary": "老人走失（演示）",
            "position": {"lon": _HERE[0] + 0.003, "lat": _HERE[1] + 0.001, "crs": "wgs84"},
        },
    )  # fmt: skip
    page = pages.open("station", "L1001", size=DESK, path="areas")
    expect(page.locator('[data-testid="map"][data-ready]')).to_be_visible()
    expect(page.get_by_role("button", name="新划辖区")).to_have_count(0)

    # four clicks are an outline
    page.get_by_role("button", name="新划警格").click()
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    for x, y in ((0.3, 0.25), (0.6, 0.25), (0.6, 0.6), (0.3, 0.6)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    expect(page.get_by_role("button", name="拐点 4", exact=True)).to_be_visible()
    page.get_by_label("名称").fill("一号警格")
    expect(page.get_by_role("status").filter(has_text="边界有效")).to_be_visible()

    # a corner dragged across makes it none; he reads why, and takes the step back
    first = page.get_by_role("button", name="拐点 1", exact=True).bounding_box()
    assert first is not None
    page.mouse.move(first["x"] + 8, first["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.45, steps=4)
    page.mouse.up()
    expect(page.get_by_role("status").filter(has_text="边界自相交")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_be_disabled()
    _keep(page, "station-area-invalid-light")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status").filter(has_text="边界有效")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="“一号警格”已划定")).to_be_visible()

    # by keyboard alone: a corner moves by arrow keys and goes by Delete
    page.get_by_role("button", name="修改边界和名称").click()
    corner = page.get_by_role("button", name="拐点 1", exact=True)
    corner.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(page.get_by_role("status").filter(has_text="3 个拐点")).to_be_visible()
    page.get_by_role("button", name="取消").click()

    # as text: a call comes into it, and the leader is told which
    page.get_by_role("button", name="修改边界和名称").click()
    page.get_by_role("button", name="GeoJSON").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("GeoJSON 内容").fill("[]")
    expect(dialog.get_by_role("alert")).to_contain_text("未读取到多边形")
    dialog.get_by_label("GeoJSON 内容").fill(_square(0.0001))
    dialog.get_by_role("button", name="确定").click()
    expect(page.get_by_role("status").filter(has_text="边界有效")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="“一号警格”已保存")).to_be_visible()
    page.get_by_role("button", name="修改边界和名称").click()
    page.get_by_role("button", name="GeoJSON").click()
    dialog.get_by_label("GeoJSON 内容").fill(_square(0.01))
    _keep(page, "station-area-geojson-light")
    dialog.get_by_role("button", name="确定").click()
    expect(page.locator(f'a[href$="{made["incident"]["id"]}"]')).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="划出 0 起")).to_be_visible()

    # gone by mistake, and back
    page.get_by_role("button", name="删除").click()
    _keep(page, "station-area-erase-light")
    dialog.get_by_role("button", name="删除").click()
    expect(page.get_by_role("button", name="一号警格")).to_have_count(0)
    page.get_by_role("button", name="撤销删除").click()
    expect(page.get_by_role("button", name="一号警格")).to_be_visible()
    assert [area["name"] for area in room.get("/api/v1/areas") if area["kind"] == "beat"] == ["一号警格"]

    phone = pages.open("station", "A0001", size=LARGE_PHONE, dark=True, path="areas")
    phone.get_by_label("所属派出所").select_option(index=1)
    expect(phone.get_by_role("button", name="新划辖区")).to_be_enabled()
    _keep(phone, "station-areas-district-phone-dark")
