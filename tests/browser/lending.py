"""A guard of one station at the call of its neighbour, over the API."""

from __future__ import annotations

from tests.browser.closing import wait_for_order
from tests.browser.stage import Stage


def lend(stage: Stage, guard: str) -> None:
    """ZZ has a call, both leaders say yes, the guard of WJ accepts; he is on his way when this returns."""
    room, helper, here = stage.person("D2002"), stage.person(guard), stage.place_of(guard)
    stage.put_on_duty(guard)
    position = {"lon": round(here[0], 6), "lat": round(here[1], 6), "crs": "wgs84"}
    call = {"category": "help", "type": "lost_person", "summary": "一名老人走失。（演示）", "address": "紫竹路（演示）"}
    own = {"station_id": room.get("/api/v1/me")["station"]["id"], "position": position}
    incident_id = room.post("/api/v1/incidents", call | own)["incident"]["id"]
    asked = {"station_id": helper.get("/api/v1/me")["station"]["id"], "reason": "本所力量不足", "kinds": ["guard"]}
    aid = room.post(f"/api/v1/incidents/{incident_id}/aids", asked)
    for leader in ("L2001", "L1001"):
        stage.person(leader).post(f"/api/v1/aids/{aid['id']}/approve")
    named = {"auto": False, "responder_ids": [helper.get("/api/v1/me")["responder"]["id"]], "reason": "就近（演示）"}
    room.post(f"/api/v1/incidents/{incident_id}/dispatch", named)
    helper.post(f"/api/v1/orders/{wait_for_order(helper)['id']}/accept")
    helper.stand(here)
