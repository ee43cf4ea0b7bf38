"""What a dispatcher does in his room, and people of 吴泾 who are sent from it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.pages import Pages, faults_of, screenshot
from tests.browser.stage import Lonlat, Stage, soon

#: of 吴泾; posts of 剑川路
GUARDS = ("B0017", "B0018", "B0019", "B0021")
SCENE = (121.4651, 31.0472)


def call_in(stage: Stage, summary: str, at: Lonlat = SCENE, **more: Any) -> dict[str, Any]:
    body = {
        "category": "help", "type": "lost_person", "summary": summary,
        "position": {"lon": round(at[0], 6), "lat": round(at[1], 6), "crs": "wgs84"},
    }  # fmt: skip
    made: dict[str, Any] = stage.person("D1001").post("/api/v1/incidents", body | more)["incident"]
    return made


def send(stage: Stage, incident_id: str, *badges: str) -> None:
    """These people, by name."""
    ids = [stage.person(badge).get("/api/v1/me")["responder"]["id"] for badge in badges]
    body = {"auto": False, "responder_ids": ids, "reason": "就近（演示）"}
    stage.person("D1001").post(f"/api/v1/incidents/{incident_id}/dispatch", body)


def order_of(stage: Stage, badge: str, incident_id: str) -> str:
    """His order for that incident, as soon as he has it."""

    def find() -> str | None:
        orders = stage.person(badge).get("/api/v1/me/orders", open=True)["items"]
        return next((order["id"] for order in orders if order["incident_id"] == incident_id), None)

    return soon(find, f"{badge} got no order")


def set_out(stage: Stage, badge: str, incident_id: str) -> str:
    """He accepts and goes."""
    order_id = order_of(stage, badge, incident_id)
    for step in ("accept", "depart"):
        stage.person(badge).post(f"/api/v1/orders/{order_id}/{step}")
    return order_id


def open_room(pages: Pages, who: str = "D1002", path: str = "", **options: Any) -> Page:
    page = pages.open("console", who, path=path, **options)
    expect(page.get_by_test_id("data-age").first).to_contain_text("最后同步")
    return page


def confirm(page: Page, name: str, key: str, picture: str) -> None:
    """A dialog by its key, and a reason."""
    page.keyboard.press(key)
    give_reason(page, name, picture)


def give_reason(page: Page, name: str, picture: str) -> None:
    """In the dialog that has opened: a reason by Alt 1, Enter."""
    dialog = page.get_by_role("dialog", name=re.compile(name))
    reason = dialog.get_by_label("原因")
    expect(reason).to_be_visible()
    page.keyboard.press("Alt+1")
    expect(reason).not_to_have_value("")
    screenshot(page, picture)
    assert faults_of(page) == []
    reason.press("Enter")
    expect(dialog).to_have_count(0)


def find(page: Page, words: str) -> None:
    """By the box for everything."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.get_by_role("option", name=re.compile(words)).first).to_be_visible()
    page.keyboard.press("Enter")


def end_all(stage: Stage) -> None:
    """No call of 吴泾 is worked on any more."""
    room = stage.person("D1001")
    for incident in room.get("/api/v1/incidents", open=True)["items"]:
        # what was handled waits for its form and its review, and is cancelled no more
        if incident["state"] in ("received", "dispatched", "arrived"):
            room.post(f"/api/v1/incidents/{incident['id']}/cancel", {"reason": "测试结束"})
