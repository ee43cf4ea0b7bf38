"""The application as a process of its own serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.app import create_app
from kit.garbage import collecting_rarely


def make_app() -> FastAPI:
    """A factory for the server: the application of the settings, in a process that collects garbage rarely."""
    app = create_app()
    app.state.companions.append(_collecting_rarely)
    return app


@asynccontextmanager
async def _collecting_rarely(_: FastAPI) -> AsyncIterator[None]:
    with collecting_rarely():
        yield
