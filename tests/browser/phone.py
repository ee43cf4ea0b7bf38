"""What a guard does with his phone, and calls that make it ring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import LARGE_PHONE, PHONE, faults_of, screenshot
from tests.browser.stage import Lonlat, Person, Stage, soon


def beside(place: Lonlat, *, east_m: float = 0, north_m: float = 0) -> Lonlat:
    """A point so many metres away."""
    return (place[0] + east_m / 95_300, place[1] + north_m / 111_200)


def call_in(stage: Stage, at: Lonlat, *, type_: str = "lost_person", by: str = "D1002", **more: Any) -> dict[str, Any]:
    """A call is taken in the command room, and people are sent at once."""
    body = {
        "category": "help",
        "type": type_,
        "summary": "一名七岁男童与家人走散，身穿黄色外套、蓝色书包。",
        "address": "剑川路龙吴路口",
        "position": {"lon": round(at[0], 6), "lat": round(at[1], 6), "crs": "wgs84"},
        "station_id": None,
        "caller": {"name": "王某", "phone": "13800000001"},
        "dispatch": True,
    } | more
    made: dict[str, Any] = stage.person(by).post("/api/v1/incidents", body)
    return made


def picture(folder: Path) -> Path:
    """What a camera would give: some megapixels."""
    path = folder / "scene.jpg"
    Image.linear_gradient("L").resize((3000, 4000)).convert("RGB").save(path, quality=90)
    return path


def order_of(person: Person) -> dict[str, Any]:
    """The order that he holds now; he was sent one."""
    return soon(lambda: next(iter(person.get("/api/v1/me/orders", open=True)["items"]), None), "nobody asked him")


def become(person: Person, state: str) -> None:
    """His order comes to that state, and the server says so."""
    soon(lambda: order_of(person)["state"] == state or None, f"never {state}")


def go_on_duty(page: Page, stage: Stage, badge_no: str) -> None:
    """By the button, and past what is told before the first duty; until the command room sees him."""
    page.get_by_role("button", name="上岗", exact=True).click()
    page.get_by_role("button", name="我已了解，上岗").click()
    expect(page.get_by_text("在岗", exact=True)).to_be_visible()
    be_located(page, stage.place_of(badge_no))


def stand(page: Page, at: Lonlat, *, accuracy_m: float = 8) -> None:
    """The sensor finds him there, now."""
    page.context.set_geolocation({"longitude": at[0], "latitude": at[1], "accuracy": accuracy_m})


def be_located(page: Page, at: Lonlat) -> None:
    """Until the server has a place of him. The browser's sensor tells of a place once, when it is set."""
    for _ in range(60):
        stand(page, at)
        page.wait_for_timeout(700)
        if page.locator("[data-confirmed]").count():
            return
    raise AssertionError("no fix was confirmed")


def slide(page: Page, name: str) -> None:
    """The whole way with the thumb."""
    box = page.get_by_role("button", name=name).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 30, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, middle, steps=8)
    page.mouse.up()


def look_away(page: Page, *, away: bool = True) -> None:
    """The screen is locked, or lit again. Chromium without a screen hides no page by itself: it is told that it did."""
    page.evaluate(
        """state => {
            Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
            document.dispatchEvent(new Event('visibilitychange'))
        }""",
        "hidden" if away else "visible",
    )


def notices(page: Page, n: int) -> list[str]:
    """What the system shows for the page as soon as it is so many."""
    for _ in range(80):
        said: list[str] = page.evaluate(
            "navigator.serviceWorker.ready.then(w => w.getNotifications()).then(all => all.map(one => one.body))"
        )
        if len(said) == n:
            return said
        page.wait_for_timeout(250)
    raise AssertionError(f"{len(said)} notices")


def hold(button: Locator, page: Page, ms: int = 2_300) -> None:
    """Pressed and not let go for that long."""
    button.wait_for()
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()


def keep(page: Page, name: str, *, dark: bool = False, whole: bool = True) -> list[Path]:
    """Pictures at both sizes of a phone, and dark where asked; axe finds nothing in any of them."""
    kept = []
    # what slides in is looked at when it stands
    page.evaluate(
        "() => Promise.all(document.getAnimations()"
        ".filter(a => a.effect.getTiming().iterations !== Infinity).map(a => a.finished.catch(() => null)))"
    )
    assert_accessible(page)
    for size, word in ((LARGE_PHONE, "412"), (PHONE, "360")):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert_thumb_sized(page)
        kept.append(screenshot(page, f"guard-{name}-{word}"))
    if dark:
        page.emulate_media(color_scheme="dark")
        page.locator("html.dark").wait_for()
        assert_accessible(page)
        kept.append(screenshot(page, f"guard-{name}-dark"))
        page.emulate_media(color_scheme="light")
        page.locator("html:not(.dark)").wait_for()
    if whole:
        # all that lies below the edge, for the eye
        height = page.evaluate("document.querySelector('.view')?.scrollHeight ?? 0")
        if height > PHONE[1]:
            page.set_viewport_size({"width": PHONE[0], "height": height + 160})
            kept.append(screenshot(page, f"guard-{name}-whole"))
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return kept


def assert_accessible(page: Page) -> None:
    """Nothing that axe would say."""
    faults = faults_of(page)
    assert not faults, "\n".join(faults)


def assert_thumb_sized(page: Page) -> None:
    """Nothing that is pressed is lower than 48 points, and nothing runs out of the screen at its side."""
    small = page.evaluate(
        """() => [...document.querySelectorAll('#app button, #app a[href], #app select, #app input')]
        .filter(e => e.offsetParent && !e.classList.contains('visually-hidden') && !e.closest('.maplibregl-map'))
        .filter(e => e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
