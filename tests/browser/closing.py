"""Calls that are lived through over the API until their form waits for the leader."""

from __future__ import annotations

from typing import Any

from tests.browser.stage import Person, Stage, soon

_SUMMARY = "一名老人走失，身穿灰色外套。（演示）"
_SEEN = {
    "outcome": "seen",
    "arrived": True,
    "helped": True,
    "followed_instruction": True,
    "safe": True,
    "score": 5,
    "tags": ["fast"],
    "text": "到场及时，协助得力。（演示）",
}


def wait_for_order(person: Person) -> dict[str, Any]:
    """The order that asks him, as soon as one does."""

    def find() -> dict[str, Any] | None:
        orders = person.get("/api/v1/me/orders")["items"]
        return next((order for order in orders if order["state"] in ("offered", "received", "shown")), None)

    return soon(find, f"{person.badge_no} got no order")


def live_through(stage: Stage, officer: str, guard: str, *, rate: bool = True) -> str:
    """One call, both sent by name, both finished, form handed in: the incident's id."""
    room, police, helper = stage.person("D1002"), stage.person(officer), stage.person(guard)
    here = stage.place_of(guard)
    for person in (police, helper):
        person.go_on_duty(here)
    responders = {p.badge_no: p.get("/api/v1/me")["responder"]["id"] for p in (police, helper)}
    position = {"lon": round(here[0], 6), "lat": round(here[1], 6), "crs": "wgs84"}
    call = {"category": "help", "type": "lost_person", "summary": _SUMMARY, "address": "剑川路龙吴路口"}
    incident_id = room.post("/api/v1/incidents", call | {"position": position})["incident"]["id"]
    named = {"auto": False, "responder_ids": list(responders.values()), "reason": "就近（演示）"}
    room.post(f"/api/v1/incidents/{incident_id}/dispatch", named)
    for person in (helper, police):
        order = wait_for_order(person)
        for step in ("accept", "depart", "arrive"):
            person.post(f"/api/v1/orders/{order['id']}/{step}", {} if step == "arrive" else None)
        done = [item["key"] for item in order["checklist"]]
        person.post(f"/api/v1/orders/{order['id']}/complete", {"checklist": done})
    form = {"result_code": "found", "text": "老人已找到，由家属接回。（演示）", "people_helped": 1}
    police.put(f"/api/v1/incidents/{incident_id}/feedback-form", form)
    if rate:
        sheet = police.get(f"/api/v1/incidents/{incident_id}/feedback-form")
        ratings = [{"order_id": line["order_id"], **_SEEN} for line in sheet["orders"]]
        police.post(f"/api/v1/incidents/{incident_id}/ratings", {"ratings": ratings})
    return str(incident_id)
