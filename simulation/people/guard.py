"""Guards and keepers of safe-houses: asked, not commanded."""

from __future__ import annotations

import asyncio

from simulation.people.behaviour import span
from simulation.people.responder import UNANSWERED, Responder

_FOUND_WORDS = (
    "已到场协助，现场秩序正常，等候民警。（演示）",
    "已了解情况并安抚当事人，未见异常。（演示）",
    "已在周边查看并引导群众，情况已向民警说明。（演示）",
    "已协助维持秩序，通道畅通。（演示）",
)


class Helper(Responder):
    """Reads, thinks, says yes or no; when yes, goes and helps."""

    async def answer(self, order_id: str) -> None:
        state = self.order(order_id)["state"]
        if state in UNANSWERED:
            if not await self._decide(order_id):
                return
            # his screen may hear of it a moment later than he
            state = "accepted"
        if state == "accepted":
            await self.wait(order_id, self.world.wall_s(span(self.behaviour.turns_out_s, self.chance)))
            if self.chance.random() < self.behaviour.withdraws:
                await self.command(order_id, "withdraw", {"reason": self.behaviour.withdraw_reason(self.chance)})
                return
            await self.command(order_id, "depart")
        if self.order(order_id)["state"] != "arrived":
            await self.travel(order_id)
        await self.help(order_id, self.chance.choice(_FOUND_WORDS))

    async def _decide(self, order_id: str) -> bool:
        """Whether he took it."""
        answer = self.behaviour.answer(self.chance)
        if answer == "ignore":
            self.put_phone_away(120)
            return False
        if answer == "no_signal":
            self.spawn("signal lost", self._lose_signal())
            return False
        await self.wait_until_read(order_id)
        await self.wait(order_id, span(self.behaviour.decides_s, self.chance))
        if answer == "decline":
            await self.command(order_id, "decline", {"reason": self.behaviour.decline_reason(self.chance)})
            return False
        await self.command(order_id, "accept")
        return True

    async def _lose_signal(self) -> None:
        """Into the basement; the phone keeps its fixes and comes back."""
        await self.live.close()
        await asyncio.sleep(span(self.behaviour.without_signal_s, self.chance))
        self.live.start()
        await asyncio.wait_for(self.live.ready.wait(), 60)
        for order_id, order in self.live.screen.all("order").items():
            if order["state"] in UNANSWERED:
                self.spawn(f"order {order_id}", self._attend(order_id))


class Guard(Helper):
    """A guard at his post."""


class Keeper(Helper):
    """The keeper of a safe-house, who is where it is."""

    moves = False
