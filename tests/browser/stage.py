"""A server, a worker and the demo town that a browser can go to; people who do their part over the API."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

import dispatch.projections  # noqa: F401  (how changed entities look on screens)
from cli.running import choose_port
from cli.supervisor import Supervisor
from cli.town import load
from cli.town_streets import lay
from kit.clock import SystemClock
from kit.database import make_engine, make_session_factory, transaction
from simulation.people.town import PASSWORD, Town, make_town
from tests.browser.slow_wire import slow_wire
from tests.support.database import Clone

Lonlat = tuple[float, float]
T = TypeVar("T")


def soon(find: Callable[[], T | None], missing: str) -> T:
    """What ``find`` gives as soon as it gives something; what a page shows, the server may still be doing."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if (found := find()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(missing)


@dataclass
class Person:
    """Somebody of the town, at work without a browser."""

    badge_no: str
    log_in: Callable[[], dict[str, Any]]
    http: httpx.Client
    _tokens: dict[str, Any] | None = None

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params, headers=self.bearer())
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.http.post(path, json=body, headers=self.bearer_with_key())
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def put(self, path: str, body: Any) -> Any:
        answer = self.http.put(path, json=body, headers=self.bearer_with_key())
        assert answer.is_success, answer.text
        return answer.json()

    def delete(self, path: str, body: Any = None) -> None:
        answer = self.http.request("DELETE", path, json=body, headers=self.bearer_with_key())
        assert answer.is_success, answer.text

    def go_on_duty(self, at: Lonlat) -> None:
        """On duty, at that place."""
        if self.get("/api/v1/me/duty")["duty"] is None:
            self.post("/api/v1/me/duty", {})
        self.stand(at)

    def stand(self, at: Lonlat) -> None:
        """Say where one is."""
        position = {"lon": round(at[0], 6), "lat": round(at[1], 6), "crs": "wgs84"}
        fix = {"captured_at": datetime.now(UTC).isoformat(), "position": position, "accuracy_m": 8.0}
        self.post("/api/v1/positions", {"fixes": [fix]})

    def read_messages(self) -> None:
        """Look at everything that was told and still waits."""
        for message in self.get("/api/v1/messages", limit=200)["items"]:
            if message["shown_at"] is None and message["recalled_at"] is None:
                self.post(f"/api/v1/messages/{message['id']}/receipts", {"step": "shown"})

    def bearer(self) -> dict[str, str]:
        """Who he is; anew when his token is about to end, as a long run may last longer than one."""
        soon = datetime.now(UTC) + timedelta(minutes=2)
        if self._tokens is None or datetime.fromisoformat(self._tokens["access_expires_at"]) < soon:
            self._tokens = self.log_in()
        return {"Authorization": f"Bearer {self._tokens['access_token']}"}

    def bearer_with_key(self) -> dict[str, str]:
        """The same for a command."""
        return self.bearer() | {"Idempotency-Key": uuid.uuid4().hex}


@dataclass
class Stage:
    """What runs, and who is there."""

    base_url: str
    #: the same server as a browser reaches it
    page_url: str
    town: Town
    supervisor: Supervisor
    _people: dict[str, Person] = field(default_factory=dict)

    def log_in(self, badge_no: str, *, device: str = "浏览器测试") -> dict[str, Any]:
        """Fresh tokens."""
        body = {"login": badge_no, "password": PASSWORD, "device": {"kind": "web", "name": device}}
        answer = httpx.post(f"{self.base_url}/api/v1/auth/login", json=body, timeout=30)
        assert answer.is_success, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def person(self, badge_no: str) -> Person:
        """The same person, however often he is asked for."""
        if badge_no not in self._people:
            http = httpx.Client(base_url=self.base_url, timeout=30)
            self._people[badge_no] = Person(badge_no, partial(self.log_in, badge_no), http)
        return self._people[badge_no]

    def place_of(self, badge_no: str) -> Lonlat:
        """Where the town has him stand."""
        return next(r.position for r in self.town.responders if r.badge_no == badge_no)

    def tidy(self) -> None:
        """What an earlier story left: its calls end, its people go home and have read what they were told."""
        for room in (self.person("D1002"), self.person("D2002")):
            own = room.get("/api/v1/me")["station"]["id"]
            for incident in room.get("/api/v1/incidents", limit=100)["items"]:
                # a neighbour's that is open to this station is the neighbour's to end
                if incident["station_id"] == own and incident["state"] in ("received", "dispatched", "arrived"):
                    room.post(f"/api/v1/incidents/{incident['id']}/cancel", {"reason": "上一段测试结束"})
        for person in self._people.values():
            if "duty.own" in person.get("/api/v1/me")["permissions"]:
                if person.get("/api/v1/me/duty")["duty"]:
                    person.delete("/api/v1/me/duty")
                person.read_messages()
        for room in (self.person("D1002"), self.person("D2002")):
            for responder in room.get("/api/v1/responders", on_duty=True, limit=100)["items"]:
                if responder["kind"] != "safe_house":
                    room.delete(f"/api/v1/responders/{responder['id']}/duty", {"reason": "上一段测试结束"})

    def read_messages(self, *badges: str) -> None:
        """What earlier stories told these people is read: it comes up on no screen of the next one."""
        for badge in badges:
            person = self.person(badge)
            for message in person.get("/api/v1/messages", limit=200)["items"]:
                person.post(f"/api/v1/messages/{message['id']}/receipts", {"step": "shown"})

    def put_on_duty(self, *badges: str) -> None:
        """These people go on duty, each at his place."""
        for badge in badges:
            self.person(badge).go_on_duty(self.place_of(badge))

    def close(self) -> None:
        for person in self._people.values():
            person.http.close()


@contextmanager
def running_stage(clone: Clone, home: Path, slow_s: float = 0) -> Iterator[Stage]:
    """Server and worker of their own over that database, with the demo town in it; pages on a wire so slow."""
    town = make_town()
    engine = make_engine(clone.app_url, pool_size=1, application="pingan-test-stage")
    with transaction(make_session_factory(engine)) as session:
        load(session, town, at=datetime.now(UTC))
        lay(session, town.streets, home / "roads", clock=SystemClock())
    engine.dispose()
    port = choose_port("127.0.0.1", 0, 0)
    environment = {
        "PINGAN_HOME": str(home),
        "PINGAN_DATABASE_URL": clone.app_url,
        "PINGAN_OWNER_DATABASE_URL": clone.owner_url,
        "PINGAN_TOKEN_KEY": os.environ["PINGAN_TOKEN_KEY"],
        "PINGAN_DATA_KEY": os.environ["PINGAN_DATA_KEY"],
        "PINGAN_LOGIN_ATTEMPTS_PER_MINUTE": "6000",
    }
    with ExitStack() as running:
        supervisor = running.enter_context(Supervisor(home / "logs"))
        supervisor.start_verb("server", "serve", "--port", str(port), environment=environment)
        supervisor.start_verb("worker", "worker", environment=environment)
        page_port = running.enter_context(slow_wire(port, slow_s)) if slow_s else port
        stage = Stage(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{page_port}", town, supervisor)
        supervisor.wait_ready(f"{stage.base_url}/health/ready")
        try:
            yield stage
        finally:
            stage.close()
