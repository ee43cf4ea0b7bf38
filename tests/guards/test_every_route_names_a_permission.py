"""What people forget: a permission at the door, a key that makes a command safe to repeat."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from api.idempotency.service import Command
from api.who import Allow, Public
from dispatch.access.managing import MANAGES
from dispatch.access.table import ACCESS, Permission
from kit.actor import Role
from tests.guards.routes import CHANGES, Route, keys, list_routes, names, takes

#: permissions that no route names because a service asks for them
USED_INSIDE_SERVICES: dict[Permission, str] = {
    Permission.SAFE_HOUSE_READ: "a layer of the map is drawn by it: dispatch/tiles/service.py",
    Permission.POSITION_LIVE: "the live socket shows positions by it: dispatch/live/viewers.py",
}

#: commands behind a login without an Idempotency-Key
NOT_REPEATABLE = {
    "POST /api/v1/auth/logout": "afterwards nobody is logged in to whom an answer could be repeated",
    "PUT /api/v1/me/password": "the kept fingerprint would be a digest of the passwords",
    "POST /api/v1/me/tracking-keys": "the kept answer would hold the key",
    "POST /api/v1/onboarding-codes": "the kept answer would hold the code; asking again ends the former one",
    "POST /api/v1/scenarios/{key}/preview": "it changes nothing: a question that is too long for an address",
    "POST /api/v1/areas/preview": "it changes nothing: an outline is too long for an address",
    "POST /api/v1/onboarding-codes/sheet": "as for one code",
    "POST /api/v1/live/tickets": "the kept answer would hold the ticket, which is used once",
    "POST /api/v1/positions": "each fix names itself by device and sequence: a repetition is recognised by that",
    "POST /api/v1/incidents/{incident_id}/caller/reveal": "the kept answer would hold the number; each is recorded",
    "POST /api/v1/accounts/{account_id}/phone/reveal": "the same of an account's number",
    "POST /api/v1/responders/{responder_id}/phone/reveal": "the same of a responder's number",
    "POST /api/v1/orders/{order_id}/phone/reveal": "the same of a helper's number",
    "POST /api/v1/orders/{order_id}/officer/reveal": "the same of an officer's number",
}

ROUTES = list_routes()


def test_there_are_routes() -> None:
    assert len(ROUTES) > 30


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: names(route)[0])
class TestRoute:
    def test_has_exactly_one_key(self, route: Route) -> None:
        found = keys(route)
        assert len(found) == 1, f"{names(route)}: {len(found)} of Allow and Public"
        if isinstance(found[0], Public):
            assert len(found[0].why) > 10, "say why nobody has to log in"

    def test_a_command_can_be_sent_twice(self, route: Route) -> None:
        changes = CHANGES & route.methods if isinstance(route, APIRoute) else set()  # type: ignore[operator]
        if not changes or isinstance(keys(route)[0], Public):
            return
        if any(isinstance(kind, type) and issubclass(kind, Command) for kind in takes(route)):
            return
        for name in names(route):
            assert name in NOT_REPEATABLE, f"{name} takes no Idempotent"

    def test_an_address_is_written_in_one_way(self, route: Route) -> None:
        assert route.path == route.path.lower()
        assert not route.path.endswith("/")
        assert "_" not in "".join(part for part in route.path.split("/") if "{" not in part)


def test_every_permission_is_used() -> None:
    used = {key.permission for route in ROUTES for key in keys(route) if isinstance(key, Allow)}
    assert set(Permission) - used == set(USED_INSIDE_SERVICES)


def test_the_exceptions_name_routes_that_exist() -> None:
    existing = {name for route in ROUTES for name in names(route)}
    assert set(NOT_REPEATABLE) <= existing


def test_no_route_is_there_twice() -> None:
    every = [name for route in ROUTES for name in names(route)]
    assert sorted(every) == sorted(set(every))


def test_every_permission_has_a_row_in_the_table_and_a_role_that_has_it() -> None:
    assert set(ACCESS) == set(Permission)
    assert all(ACCESS.values())


def test_nobody_manages_his_own_rank() -> None:
    for role, managed in MANAGES.items():
        assert role not in managed
        for below in managed:
            assert role not in MANAGES[below]
    assert set(MANAGES) == set(Role)
