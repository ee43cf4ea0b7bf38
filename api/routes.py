"""Every router: each folder of ``api`` that has an ``endpoints`` module."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute

import api


def list_routers() -> Iterator[APIRouter]:
    """Routers in the order of their folders' names."""
    for module in sorted(pkgutil.iter_modules(api.__path__), key=lambda m: m.name):
        name = f"api.{module.name}.endpoints"
        if module.ispkg and importlib.util.find_spec(name) is not None:
            router = importlib.import_module(name).router
            assert isinstance(router, APIRouter)
            yield router


def operation_id(route: APIRoute) -> str:
    """What a generated client calls it: ``orders_accept``. It stays as long as tag and function keep their names."""
    return f"{route.tags[0]}_{route.name}".replace(" ", "_")
