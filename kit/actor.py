"""Who acts, and how far his right to one thing reaches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The roles of accounts; SYSTEM is the machine itself and has no login."""

    GUARD = "guard"
    KEEPER = "keeper"
    OFFICER = "officer"
    DISPATCHER = "dispatcher"
    LEADER = "leader"
    COMPANY_MANAGER = "company_manager"
    DISTRICT_ADMIN = "district_admin"
    SYSTEM = "system"


#: who is asked; with the police among them whoever is sent
HELPERS = (Role.GUARD, Role.KEEPER)
RESPONDERS = (*HELPERS, Role.OFFICER)


class Reach(StrEnum):
    """The rows that a permission extends to (数据范围)."""

    OWN = "own"  #: 本人
    ASSIGNED = "assigned"  #: 本人承办: incidents on which he has, or had until it ended, an order
    ORGANIZATION = "organization"  #: 本单位
    STATION = "station"  #: 本所
    STATION_AND_AID = "station_and_aid"  #: 本所，及正在支援的邻所警情
    DISTRICT = "district"  #: 分局
    ANY = "any"  #: the machine


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who acts now: read from the database for this very request, never from a token."""

    role: Role
    account_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None
    district_id: uuid.UUID | None = None
    station_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    #: the guard, patrol unit or safe-house that this account answers for
    responder_id: uuid.UUID | None = None
    request_id: str | None = None
    #: when he was read: what is open for a time only is judged by it. None: then nothing of the kind is open to him
    as_of: datetime | None = None


SYSTEM = Actor(role=Role.SYSTEM)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Proof that the access table lets ``actor`` do ``permission``, on the rows of ``reach`` only.

    Repositories turn it into a row filter; a function that takes a Grant never checks roles again.
    """

    actor: Actor
    permission: str
    reach: Reach
