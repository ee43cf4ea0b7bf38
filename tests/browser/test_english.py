"""A screen in English says nothing of its own in Chinese: what is Chinese there is somebody's data."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.closing import live_through
from tests.browser.pages import DESK, PHONE, Pages, faults_of, screenshot
from tests.browser.room import call_in, send
from tests.browser.stage import Stage

#: what the town is made of and what people write is labelled or a road; a call sign and a language are what they are
_DATA = re.compile(r"演示|测试结束|^\w+路(\w+路)?口?$|^[洞幺两三四五六拐八九]\d$|^中文$")
_CHINESE = r"""() => {
    const found = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const { parentElement, textContent } = texts.currentNode
        if (!parentElement.closest('script, style, noscript')) found.push(textContent.trim())
    }
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
        for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name))
    return found.filter(text => /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/.test(text))
}"""


def _assert_english(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    own = [text for text in page.evaluate(_CHINESE) if not _DATA.search(text)]
    assert own == [], f"{name}: {own}"
    assert faults_of(page) == []
    screenshot(page, f"{name}-en")


@pytest.mark.usefixtures("people_of_the_room")
def test_the_command_room_speaks_english(pages: Pages, stage: Stage) -> None:
    said = "老人走失，蓝衣。（演示）"
    incident = call_in(stage, said, stage.place_of("B0017"))
    page = pages.open("console", "D1001", size=DESK, locale="en", dark=True, path=f"incidents/{incident['id']}")
    advice = page.get_by_role("region", name="Guard")
    expect(advice.get_by_text(re.compile(r"There in .+ sets out after"), exact=False).first).to_be_visible()
    expect(page.get_by_text("Gone astray", exact=False).first).to_be_visible()
    _assert_english(page, "console-incident")
    send(stage, incident["id"], "B0017")
    expect(page.get_by_role("button", name="Take back").first).to_be_visible()
    for tab in ("Timeline", "Talk", "Scene"):
        page.get_by_role("tab", name=re.compile(tab)).click()
        _assert_english(page, f"console-{tab.lower()}")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("option", name="Criminal · Theft")).to_be_visible()
    _assert_english(page, "console-intake")


def test_the_desk_speaks_english(pages: Pages, stage: Stage) -> None:
    incident_id = live_through(stage, "P0001", "B0010")
    page = pages.open("station", "L1001", size=DESK, locale="en")
    menu = page.get_by_role("navigation")
    expect(menu.get_by_role("link", name="Record")).to_be_visible()
    for link in menu.get_by_role("link").all():
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        page.wait_for_load_state("networkidle")
        name = re.sub(r"\W+", "-", link.inner_text().strip().lower())
        _assert_english(page, f"station-{name}")
        for at in range(1, page.get_by_role("tab").count()):
            page.get_by_role("tab").nth(at).click()
            _assert_english(page, f"station-{name}-{at}")
    stage.person("L1001").post(f"/api/v1/incidents/{incident_id}/review", {"decision": "approved"})


def test_the_phone_speaks_english(pages: Pages, stage: Stage) -> None:
    phone = pages.open("guard", "P0001", size=PHONE, locale="en", dark=True, position=stage.place_of("P0001"))
    for link in ("Orders", "Incidents", "Me"):
        phone.get_by_role("link", name=link, exact=True).click()
        _assert_english(phone, f"guard-{link.lower()}")
    phone.get_by_role("link", name=re.compile("My figures")).click()
    _assert_english(phone, "guard-own-figures")
