"""One live socket from hello to close: reads what the client says, within bounds, and answers."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.live.budget import Budget
from api.live.hand_over import HandOver
from api.live.receipt_desk import ReceiptDesk
from api.live.schemas import FRAMES, Ack, FixesFrame, FixFrame, Frame, Hello, Ping
from api.positions.schemas import FixIn
from api.problems import InvalidJson
from api.strict_json import loads
from dispatch.access.table import Permission, grant
from dispatch.orders.receipts import Receipt
from geo.positions.intake import take
from geo.positions.writer import Answer
from kit import log
from kit.actor import Actor
from kit.errors import Invalid, PinganError, TooMany, Unavailable
from notifications.live import frames
from notifications.live.hub import Hub
from notifications.live.limits import NORMAL, POLICY, PROTOCOL, TEXT_ONLY, TRY_LATER, UNAUTHENTICATED
from notifications.live.log import Mark
from notifications.live.socket import LiveSocket

logger = log.get_logger("live")
#: parsing more than this would be noticed by the other sockets
_PARSE_BESIDE_BYTES = 4_096


class UnknownFrame(Invalid):
    """The server does not know this type of frame."""

    slug, title, hint = "unknown-frame", "不认识的消息类型", "请更新应用。"


class FrameInvalid(Invalid):
    """The frame's members are not right."""

    slug, title, hint = "frame-invalid", "消息内容有误", "请更新应用后重试。"


class Conversation:
    """``run`` it after the upgrade."""

    def __init__(self, websocket: WebSocket, hub: Hub, socket: LiveSocket, actor: Actor) -> None:
        self._websocket = websocket
        self._hub = hub
        self._socket = socket
        self._actor = actor
        self._loop = asyncio.get_running_loop()
        limits, now = hub.limits, self._loop.time()
        self._control = Budget(per_s=limits.control_per_s, burst=limits.control_burst, now=now)
        self._fixes = Budget(per_s=limits.fixes_per_s, burst=limits.fixes_burst, now=now)
        self._strikes = 0
        self._answers: HandOver = websocket.app.state.fixes_told

    async def run(self) -> None:
        """Until one side ends it. The hub knows the socket exactly as long."""
        self._hub.attach(self._socket)
        tasks = [asyncio.create_task(work) for work in (self._socket.run(), self._listen(), self._socket.ended.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                failure = task.exception()
                if failure is not None and not isinstance(failure, WebSocketDisconnect):
                    logger.warning("a live socket failed", kind=type(failure).__name__)
                    self._socket.end(TRY_LATER, f"retry_after_s={self._hub.limits.retry_after_s}")
        finally:
            self._hub.detach(self._socket)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._socket.farewell()

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(self._hub.limits.hello_s):
                while not await self._greet():
                    pass
        except TimeoutError:
            self._socket.end(UNAUTHENTICATED, "no hello")
            return
        while self._socket.ending is None:
            frame = await self._next()
            if frame is not None:
                await self._answer(frame)

    async def _greet(self) -> bool:
        frame = await self._next()
        if frame is None:
            return False
        if not isinstance(frame, Hello):
            self._strike(FrameInvalid("the first frame is hello"))
            return False
        actor, limits = self._actor, self._hub.limits
        self._socket.offer(
            frames.frame(
                "welcome",
                protocol=PROTOCOL,
                at=frames.instant(self._hub.clock.now()),
                account_id=str(actor.account_id),
                role=str(actor.role),
                streams=list(self._socket.viewer.streams),
                build=self._websocket.app.state.web.build,
                heartbeat_s=limits.heartbeat_s,
                silence_s=limits.silence_s,
            )
        )
        last: dict[str, Mark] = {stream: Mark(str(mark.epoch), mark.seq) for stream, mark in frame.last.items()}
        await self._hub.join(self._socket, last)
        return True

    async def _next(self) -> Frame | None:
        """The next frame that may be acted on; None when there is nothing to do for this one."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            self._socket.end(NORMAL, "")
            raise WebSocketDisconnect(message.get("code", NORMAL))
        self._socket.heard_at = self._loop.time()
        text: str | None = message.get("text")
        if text is None:
            self._socket.end(TEXT_ONLY, "text frames only")
            return None
        try:
            return await self._parse(text)
        except PinganError as refusal:
            self._strike(refusal)
            return None

    async def _parse(self, text: str) -> Frame | None:
        raw = text.encode()
        value: Any = await asyncio.to_thread(loads, raw) if len(raw) > _PARSE_BESIDE_BYTES else loads(raw)
        if not isinstance(value, dict):
            raise InvalidJson
        kind = FRAMES.get(str(value.get("type")))
        located = kind in (FixFrame, FixesFrame)
        if not (self._fixes if located else self._control).spend(self._loop.time()):
            self._refuse_haste(drop=located)
            return None
        if kind is None:
            raise UnknownFrame
        try:
            # from text, as over HTTP: strings become UUIDs and instants, numbers stay numbers
            return kind.model_validate_json(raw)
        except ValidationError as exc:
            pointer = "/".join(str(part) for part in exc.errors(include_input=False)[0]["loc"])
            raise FrameInvalid(f"look at /{pointer}") from None

    def _refuse_haste(self, *, drop: bool) -> None:
        limits = self._hub.limits
        refusal = frames.error(TooMany(retry_after_s=limits.retry_after_s))
        if drop:
            # a newer position follows anyway; the client keeps those that were not answered
            self._socket.offer(refusal)
        else:
            self._socket.end_with(refusal, TRY_LATER, f"retry_after_s={limits.retry_after_s}")

    def _strike(self, refusal: PinganError) -> None:
        self._strikes += 1
        if self._strikes >= self._hub.limits.strikes:
            self._socket.end_with(frames.error(refusal), POLICY, "too many frames that cannot be understood")
        else:
            self._socket.offer(frames.error(refusal))

    async def _answer(self, frame: Frame) -> None:
        try:
            if isinstance(frame, Ack):
                await self._take_ack(frame)
            elif isinstance(frame, FixFrame):
                self._take_fixes([frame.fix], frame.ref)
            elif isinstance(frame, FixesFrame):
                self._take_fixes(frame.fixes, frame.ref)
            elif isinstance(frame, Ping):
                self._socket.offer(frames.frame("pong", at=frames.instant(self._hub.clock.now()), ref=frame.ref))
            elif isinstance(frame, Hello):
                raise FrameInvalid("hello is said once")
        except PinganError as refusal:
            self._refuse(refusal, getattr(frame, "ref", None))
        except Exception as exc:
            # one frame that fails must not throw its sender out again and again
            logger.error("a frame failed", frame=frame.type, kind=type(exc).__name__)
            self._refuse(Unavailable(), getattr(frame, "ref", None))

    def _refuse(self, refusal: PinganError, ref: str | None) -> None:
        if ref is not None:
            refusal.extra["ref"] = ref
        self._socket.offer(frames.error(refusal))

    async def _take_ack(self, ack: Ack) -> None:
        desk: ReceiptDesk = self._websocket.app.state.receipts
        at = self._hub.clock.now()
        await desk.take(Receipt(actor=self._actor, message_id=ack.message_id, step=ack.step, at=at))
        self._socket.offer(frames.frame("acked", message_id=str(ack.message_id), step=ack.step, ref=ack.ref))

    def _take_fixes(self, fixes: list[FixIn], ref: str | None) -> None:
        grant(self._actor, Permission.POSITION_WRITE)
        if self._actor.responder_id is None:
            raise FrameInvalid("this account moves no responder")
        take(
            self._websocket.app.state.positions,
            self._actor.responder_id,
            [fix.to_raw() for fix in fixes],
            source="socket",
            at=self._hub.clock.now(),
            then=lambda answer: self._answers.put(lambda: self._tell_fixes(answer, ref)),
        )

    def _tell_fixes(self, answer: Answer, ref: str | None) -> None:
        if isinstance(answer, Unavailable):
            self._refuse(answer, ref)
        else:
            told = [{"outcome": str(o.kind), **({"code": o.code} if o.code else {})} for o in answer]
            self._socket.offer(frames.frame("fixes_taken", outcomes=told, ref=ref))
