"""A patrol: commanded, drives, leads at the scene, writes the 反馈单, rates whoever helped."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from pingan_client import Change, Refused
from simulation.people.behaviour import span
from simulation.people.responder import LIVE, UNANSWERED, Responder

#: simulated seconds for which the patrol waits for helpers that are still at work, and at least so many by the wall
_WAITS_S, _WAITS_WALL_S = 900.0, 25.0
_LOOKS_S = (1.5, 2.5)
#: wall seconds from reading a command to signing it
_SIGNS_S = (0.3, 1.2)

#: incident type → (result on the form, words)
_RESULTS: dict[str, tuple[str, str]] = {
    "lost_person": ("found", "走失老人已找到，身体无恙，由家属接回。（演示）"),
    "find_person": ("found", "经协助寻找，人已找到并与家属会合。（演示）"),
    "find_item": ("found", "遗失物品已找到并交还失主。（演示）"),
    "find_pet": ("found", "走失宠物已找到并交还主人。（演示）"),
    "move_car": ("handled", "已联系车主将车辆挪开，通道恢复畅通。（演示）"),
    "consumer": ("mediated", "经现场调解，双方达成一致。（演示）"),
    "neighbour": ("mediated", "经劝导，双方同意协商解决。（演示）"),
    "fight": ("taken_in", "现场已控制，当事双方带回派出所调查。（演示）"),
    "crash": ("handled", "已勘验现场、疏导交通，双方按程序处理。（演示）"),
    "illness": ("helped", "病人经先期救助后由急救人员接手。（演示）"),
}
_OTHERWISE = ("handled", "已到场核实处置完毕。（演示）")
_AGAIN = "补充：处置过程已向报警人说明。（演示）"


class Officer(Responder):
    """The officer who leads a patrol unit."""

    def stroll(self) -> None:
        if not self.is_busy and self.chance.random() < 0.3:
            self.go_to(self.world.ground.beat(self.body.home, self.chance))

    def on_change(self, change: Change) -> None:
        super().on_change(change)
        if change.entity == "message" and change.value is not None and change.value["kind"] == "review.returned":
            self.spawn(f"form {change.value['subject_id']}", self._write_form_again(change.value["subject_id"]))

    async def answer(self, order_id: str) -> None:
        if self.order(order_id)["state"] in UNANSWERED:
            await self.wait_until_read(order_id)
            await self.wait(order_id, span(_SIGNS_S, self.chance))
            await self.command(order_id, "accept")
            await self.wait(order_id, self.world.wall_s(span(self.behaviour.turns_out_s, self.chance)))
            await self.command(order_id, "depart")
        order = self.order(order_id)
        if order["state"] != "arrived":
            await self.travel(order_id)
        await self.wait(order_id, self.world.wall_s(span(self.behaviour.works_s, self.chance)))
        incident_id = order["incident_id"]
        leads = await self._leads(incident_id, order_id)
        if leads:
            await self._wait_for_helpers(order_id, incident_id)
        await self.command(order_id, "complete", {})
        if leads:
            self.spawn(f"closure {incident_id}", self._close(incident_id))

    # --- at the scene

    async def _leads(self, incident_id: str, order_id: str) -> bool:
        """Of several patrols the first commanded that came writes the form."""
        file = await self.client.get(f"/api/v1/incidents/{incident_id}")
        at_it = [
            line["id"]
            for line in file["orders"]
            if line["mode"] == "command" and line["state"] in LIVE | {"completed", "rated"}
        ]
        return not at_it or min(at_it) == order_id

    async def _wait_for_helpers(self, order_id: str, incident_id: str) -> None:
        """Until they are done; who is seen is confirmed, who has not come by then is stood down."""
        loop = asyncio.get_running_loop()
        until = loop.time() + max(self.world.wall_s(_WAITS_S), _WAITS_WALL_S)
        confirmed: set[str] = set()
        while True:
            file = await self.client.get(f"/api/v1/incidents/{incident_id}")
            others = [line for line in file["orders"] if line["id"] != order_id and line["state"] in LIVE]
            if not others:
                return
            for line in others:
                if line["state"] == "arrived" and line["id"] not in confirmed:
                    confirmed.add(line["id"])
                    await self._try(self.command(line["id"], "confirm-arrival", {}))
            if loop.time() > until:
                for line in others:
                    await self._try(self.command(line["id"], "stand-down", {"reason": "现场已处置完毕，无需继续前往"}))
                return
            await self.wait(order_id, span(_LOOKS_S, self.chance))

    async def _try(self, command: Any) -> None:
        try:
            await command
        except Refused as refusal:
            if refusal.status not in (404, 409, 410):
                raise

    # --- afterwards

    async def _close(self, incident_id: str) -> None:
        """The form, then a judgement of every helper."""
        path = f"/api/v1/incidents/{incident_id}"
        await self.take_time((20.0, 60.0))
        sheet = await self.client.get(f"{path}/feedback-form")
        if sheet["form"] is None:
            file = await self.client.get(path)
            await self.client.put(f"{path}/feedback-form", self._form(file["incident"]["type"]))
        await self._rate(incident_id)

    async def _rate(self, incident_id: str) -> None:
        """Everybody who has finished; looks again while somebody is still at it."""
        path = f"/api/v1/incidents/{incident_id}"
        for _ in range(40):
            sheet = await self.client.get(f"{path}/feedback-form")
            lines = [
                {"order_id": line["order_id"], **judge(line["kind"], self.chance)}
                for line in sheet["orders"]
                if line["rating"] is None
            ]
            if lines:
                await self._try(self.client.post(f"{path}/ratings", {"ratings": lines}))
            file = await self.client.get(path)
            if not any(line["mode"] == "offer" and line["state"] in LIVE for line in file["orders"]):
                return
            await self.pause(_LOOKS_S)

    def _form(self, type_: str, more: str = "") -> dict[str, Any]:
        code, words = _RESULTS.get(type_, _OTHERWISE)
        crew = self.spec.crew or 1
        vehicles = 1 if self.spec.mobility == "car" else 0
        return {
            "result_code": code,
            "text": words + more,
            "officers": crew,
            "vehicles": vehicles,
            "people_helped": 1 if code in ("found", "helped") else 0,
        }

    async def _write_form_again(self, incident_id: str) -> None:
        path = f"/api/v1/incidents/{incident_id}"
        await self.take_time((60.0, 180.0))
        sheet = await self.client.get(f"{path}/feedback-form")
        file = await self.client.get(path)
        if sheet["form"] is not None and sheet["editable"]:
            form = self._form(file["incident"]["type"], _AGAIN)
            await self.client.put(f"{path}/feedback-form", form, version=sheet["form"]["version"])


_WORDS = {
    5: ("及时到场，协助得力，反馈清楚。（演示）", ["fast", "clear_report"]),
    4: ("到场协助，配合良好。（演示）", ["calm"]),
    3: ("到场稍晚，按要求完成协助。（演示）", ["late"]),
}


def judge(kind: str, chance: random.Random) -> dict[str, Any]:
    """A plausible judgement of one helper: mostly good, sometimes not seen, sometimes not needed."""
    drawn = chance.random()
    if drawn < 0.06:
        return {"outcome": "not_seen"}
    if drawn < 0.10 or (kind == "safe_house" and drawn < 0.25):
        return {"outcome": "not_needed"}
    score = chance.choices((5, 4, 3), (6, 3, 1))[0]
    text, tags = _WORDS[score]
    return {
        "outcome": "seen",
        "arrived": True,
        "helped": True,
        "followed_instruction": True,
        "safe": True,
        "score": score,
        "tags": tags,
        "text": text,
    }
