"""How built pages are served: what may be kept, what may be loaded, what is said when nothing was built."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from api.web.policy import content_policy
from kit.settings import Settings


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build with one app and one file of it."""
    for name, content in {
        "gate/index.html": "<title>entry</title>",
        "console/index.html": "<title>room</title>",
        "console/assets/index-abc123.js": "plain",
        "console/assets/index-abc123.js.gz": "packed",
        "guard/sw.js": "worker",
        "secret.txt": "beside the apps",
    }.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    (tmp_path / "dist" / "build.json").write_text(json.dumps({"build": "b1"}))
    return tmp_path / "dist"


@dataclass
class Client:
    """Asks the application itself, without a socket."""

    app: Any

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://room.example:8110") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


@pytest.fixture
def client(dist: Path) -> Client:
    settings = Settings(
        database_url="postgresql+psycopg2://nobody@localhost/none",
        token_key=SecretStr("0" * 64),
        data_key=SecretStr("0" * 64),
        log_level="ERROR",
        web_dist=dist,
    )
    # without its companions: no page asks the database
    return Client(create_app(settings))


def test_every_address_within_an_app_is_its_page(client: Client) -> None:
    for path in ("/console/", "/console/incidents/42", "/console/wall"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, "<title>room</title>")
        assert answer.headers["cache-control"] == "no-cache"
    assert client.get("/").text == "<title>entry</title>"


def test_an_app_without_its_slash_is_led_to_it(client: Client) -> None:
    answer = client.get("/console")
    assert (answer.status_code, answer.headers["location"]) == (308, "console/")


def test_only_files_with_a_digest_in_their_name_are_kept(client: Client) -> None:
    assert client.get("/console/assets/index-abc123.js").headers["cache-control"].endswith("immutable")
    assert client.get("/guard/sw.js").headers["cache-control"] == "no-cache"


def test_a_packed_file_goes_to_whoever_can_unpack_it(client: Client, dist: Path) -> None:
    plain = client.get("/console/assets/index-abc123.js", headers={"accept-encoding": "identity"})
    assert plain.text == "plain" and "content-encoding" not in plain.headers
    packed = client.get("/console/assets/index-abc123.js", headers={"accept-encoding": "gzip, br"})
    assert packed.text == "packed" and packed.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "path", ["/secret.txt", "/console/../secret.txt", "/console/%2e%2e/secret.txt", "/console/assets/", "/build.json"]
)
def test_nothing_beside_the_apps_can_be_had(client: Client, path: str) -> None:
    assert "beside" not in client.get(path).text


def test_a_missing_file_is_a_problem(client: Client) -> None:
    answer = client.get("/console/assets/gone.js")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_names_the_build_and_a_new_one_at_once(client: Client, dist: Path) -> None:
    assert client.get("/health/live").headers["x-pingan-build"] == "b1"
    (dist / "build.json").unlink()
    (dist / "build.json").write_text(json.dumps({"build": "b2 "}).replace(" ", ""))
    assert client.get("/health/live").headers["x-pingan-build"] == "b2"


def test_what_to_do_is_said_when_nothing_was_built(client: Client, dist: Path) -> None:
    (dist / "build.json").unlink()
    answer = client.get("/console/")
    assert answer.status_code == 503
    assert "./pingan web build" in answer.text
    assert "x-pingan-build" not in answer.headers


class TestPolicy:
    def test_nothing_runs_that_the_build_has_not_made(self) -> None:
        policy = content_policy("room.example:8110", "")
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy

    def test_the_socket_of_the_same_host_is_allowed_by_name(self) -> None:
        assert "wss://room.example:8110" in content_policy("room.example:8110", "")

    def test_a_host_that_is_none_adds_nothing(self) -> None:
        assert "evil" not in content_policy("x; script-src evil", "")

    def test_an_outside_map_adds_its_origin_only(self) -> None:
        policy = content_policy("h", "https://t0.tianditu.gov.cn/vec_w/wmts?tk=key&x={x}")
        assert "https://t0.tianditu.gov.cn;" in policy
        assert "tk=key" not in policy
