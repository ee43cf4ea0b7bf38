"""Whose accounts a role may make, change, close and give a code to: never one of its own rank or above."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kit.actor import Actor, Role
from kit.errors import NotAllowed

_OF_A_COMPANY = frozenset({Role.GUARD, Role.KEEPER})
_OF_A_STATION = _OF_A_COMPANY | {Role.OFFICER, Role.DISPATCHER, Role.COMPANY_MANAGER}

MANAGES: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.GUARD: frozenset(),
        Role.KEEPER: frozenset(),
        Role.OFFICER: frozenset(),
        #: onboarding codes only: the access table gives him no account to write
        Role.DISPATCHER: _OF_A_COMPANY,
        Role.COMPANY_MANAGER: _OF_A_COMPANY,
        Role.LEADER: _OF_A_STATION,
        Role.DISTRICT_ADMIN: _OF_A_STATION | {Role.LEADER},
        #: the command line
        Role.SYSTEM: frozenset(Role) - {Role.SYSTEM},
    }
)


class RoleNotManaged(NotAllowed):
    """Accounts of this role are managed by a higher rank."""

    slug, title = "role-not-managed", "无权管理该角色的账号"
    hint = "同级及以上账号由上级单位管理，请联系分局管理员。"


def require_managed(actor: Actor, role: Role) -> None:
    """Raise RoleNotManaged when ``role`` is out of the actor's rank."""
    if role not in MANAGES[actor.role]:
        raise RoleNotManaged(role=role.value)
