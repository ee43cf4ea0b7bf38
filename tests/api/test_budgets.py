"""Who is near his alert budget, over the wire."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from kit.actor import Role
from tests.api.conftest import Server
from tests.support.matrix import Place, build_town, expected

URL = "/api/v1/alert-budgets"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_who_may_look_at_who_is_spared(server: Server, committing: Session, role: Role) -> None:
    town = build_town(committing)
    committing.commit()
    with server.client(town.people[role]) as client:
        assert client.get(URL).status_code == expected(Permission.RECOMMEND, role, Place.OWN)
