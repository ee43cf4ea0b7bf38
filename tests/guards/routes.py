"""What the guard tests walk: every route, with all that it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, get_type_hints

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute

import dispatch.projections  # noqa: F401
from api.routes import list_routers
from api.who import Allow, Public

Route = APIRoute | APIWebSocketRoute
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@lru_cache(maxsize=1)
def list_routes() -> tuple[Route, ...]:
    """Every route of every router."""
    return tuple(
        route for router in list_routers() for route in router.routes if isinstance(route, APIRoute | APIWebSocketRoute)
    )


def calls(dependant: Dependant) -> Iterator[Any]:
    """Every callable that the route depends on, at any depth."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from calls(inner)


def keys(route: Route) -> list[Allow | Public]:
    """What opens the route."""
    return [call for call in calls(route.dependant) if isinstance(call, Allow | Public)]


def takes(route: Route) -> set[object]:
    """The types of the endpoint's parameters."""
    return set(get_type_hints(route.endpoint).values())


def names(route: Route) -> list[str]:
    """``POST /api/v1/incidents``; a socket is SOCKET."""
    methods = sorted(route.methods) if isinstance(route, APIRoute) else ["SOCKET"]  # type: ignore[arg-type]
    return [f"{method} {route.path}" for method in methods]
