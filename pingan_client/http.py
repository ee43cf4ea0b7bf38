"""HTTP: login and refresh, commands that may be sent twice, refusals as exceptions."""

from __future__ import annotations

import asyncio
import random
import uuid
from typing import Any

import httpx

from pingan_client.backoff import pause_s
from pingan_client.problem import Problem, Refused, Unreachable

_COMMANDS = {"POST", "PUT", "PATCH", "DELETE"}
#: the server did nothing, or is still at it: the same request may be sent again
_TRY_AGAIN = {429, 502, 503, 504}
TRIES = 5


class PinganClient:
    """One person on one device. Safe to use from many tasks of one loop.

    ``token`` is for whoever has one already; otherwise ``login``. Every method raises Refused when the server
    says no and Unreachable when it says nothing after all tries.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        refresh_token: str | None = None,
        device_id: str | None = None,
        timeout_s: float = 10.0,
        tries: int = TRIES,
        chance: random.Random | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        self.refresh_token = refresh_token
        #: told at the first login; the device stays the same one when it logs in again with it
        self.device_id = device_id
        self.tries = tries
        self._chance = chance or random.Random()
        self._http = httpx.AsyncClient(base_url=self.base_url, timeout=timeout_s, transport=transport)
        self._refreshing = asyncio.Lock()

    async def __aenter__(self) -> PinganClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def login(self, login: str, password: str, *, device_name: str = "", device_kind: str = "web") -> Any:
        """By phone number or 工号; keeps both tokens."""
        device = {"kind": device_kind, "name": device_name or "客户端", "id": self.device_id}
        body = {"login": login, "password": password, "device": device}
        answer = await self._send("POST", "/api/v1/auth/login", json=body, authenticated=False)
        self._keep(answer)
        return answer

    async def refresh(self) -> None:
        """New tokens for the old refresh token."""
        spent = self.refresh_token
        async with self._refreshing:
            # somebody else did it while we waited
            if self.refresh_token != spent:
                return
            body = {"refresh_token": spent, "device_id": self.device_id}
            self._keep(await self._send("POST", "/api/v1/auth/refresh", json=body, authenticated=False))

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer; ``params`` that are None are left out."""
        return await self._send("GET", path, params={k: v for k, v in params.items() if v is not None})

    async def post(self, path: str, json: Any = None, *, key: str | None = None, **kwargs: Any) -> Any:
        """A command. ``key`` names it: the same key is sent with every try, and does it once."""
        return await self._send("POST", path, json=json, key=key, **kwargs)

    async def put(self, path: str, json: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        return await self._send("PUT", path, json=json, key=key, version=version)

    async def patch(self, path: str, json: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        return await self._send("PATCH", path, json=json, key=key, version=version)

    async def delete(self, path: str, *, version: int | None = None, key: str | None = None) -> Any:
        return await self._send("DELETE", path, key=key, version=version)

    async def upload(self, path: str, *, content: bytes, media_type: str, name: str, key: str | None = None) -> Any:
        """A file, as the part ``file`` of a form."""
        return await self._send("POST", path, files={"file": (name, content, media_type)}, key=key)

    async def ticket(self) -> str:
        """A one-time ticket for the live socket."""
        answer = await self.post("/api/v1/live/tickets")
        return str(answer["ticket"])

    async def _send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        version: int | None = None,
        authenticated: bool = True,
        headers: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        headers = dict(headers or {})
        if method in _COMMANDS:
            headers["Idempotency-Key"] = key or uuid.uuid4().hex
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        kwargs = {name: value for name, value in kwargs.items() if value is not None}
        refreshed = False
        attempt = 0
        while True:
            if authenticated and self.token:
                headers["Authorization"] = f"Bearer {self.token}"
            answer: httpx.Response | None
            try:
                answer = await self._http.request(method, path, headers=headers, **kwargs)
            except httpx.TransportError as exc:
                if attempt + 1 >= self.tries:
                    raise Unreachable(f"{method} {path}: {type(exc).__name__}") from exc
                answer = None
            if answer is not None:
                if answer.status_code < 400:
                    return answer.json() if answer.content and _is_json(answer) else answer.content or None
                problem = Problem.of(answer.json() if _is_json(answer) else None, status=answer.status_code)
                if answer.status_code == 401 and authenticated and self.refresh_token and not refreshed:
                    refreshed = True
                    await self.refresh()
                    continue
                again = answer.status_code in _TRY_AGAIN or problem.slug == "request-in-progress"
                if not again or attempt + 1 >= self.tries:
                    raise Refused(problem)
            await asyncio.sleep(max(_retry_after_s(answer), pause_s(attempt, base_s=0.2, cap_s=5, chance=self._chance)))
            attempt += 1

    def _keep(self, answer: Any) -> None:
        self.token = answer["access_token"]
        self.refresh_token = answer["refresh_token"]
        self.device_id = answer["device_id"]


def _is_json(answer: httpx.Response) -> bool:
    return "json" in answer.headers.get("content-type", "")


def _retry_after_s(answer: httpx.Response | None) -> float:
    value = answer.headers.get("retry-after", "0") if answer is not None else "0"
    return min(float(value), 30.0) if value.isdigit() else 0.0
