"""The real server of the API's tests, and people who send what they should not."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from tests.api.conftest import Server, api_database, api_engine, committing, running_server, send, server
from tests.support.duty import make_duty
from tests.support.people import START, Login, guard, make_station, staff

__all__ = ["api_database", "api_engine", "committing", "running_server", "send", "server"]


@pytest.fixture
def dispatcher(server: Server, committing: Session) -> Login:
    login = staff(committing, Role.DISPATCHER, make_station(committing))
    committing.commit()
    return login


@pytest.fixture
def leader(server: Server, committing: Session) -> Login:
    login = staff(committing, Role.LEADER, make_station(committing))
    committing.commit()
    return login


@pytest.fixture
def on_duty(server: Server, committing: Session) -> Login:
    """A guard on duty since an hour."""
    login = guard(committing, make_station(committing))
    assert login.responder is not None
    make_duty(committing, login.responder, start=START - timedelta(hours=1))
    committing.commit()
    return login


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and slug of a problem, after a look whether it is a proper one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["instance"] == answer.headers["x-request-id"]
    assert any("\u4e00" <= char <= "\u9fff" for char in body["title"]), body["title"]
    assert body["hint"]
    return answer.status_code, str(body["type"]).rsplit("/", 1)[-1]


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """Pointer and code of every fault."""
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def say(server: Server, raw: bytes) -> httpx.Response:
    """Write ``raw`` to a bare socket and read what is answered: a client would tidy it up first."""
    address = urlsplit(server.base_url)
    assert address.hostname and address.port
    with (
        socket.create_connection((address.hostname, address.port), timeout=10) as wire,
        closing(http.client.HTTPResponse(wire)) as answer,
    ):
        wire.sendall(raw)
        answer.begin()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
