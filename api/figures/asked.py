"""What figures are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from api.fields import Instant
from api.session import Now
from dispatch.figures.scope import Scope, Sort

#: a month, when nothing is said
USUAL = timedelta(days=30)
_Key = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_\-]+$")]


class Asked:
    """A scope whose sort of incidents may be left to the service."""

    def __init__(self, scope: Scope, sort: Sort | None) -> None:
        self._scope, self.sort = scope, sort

    def scope(self, usual: Sort) -> Scope:
        """Complete."""
        given = {**vars(self._scope), "sort": self.sort or usual}
        return Scope(**given)


async def _asked(
    now: Now,
    start: Annotated[Instant | None, Query(alias="from", description="default: 30 days before the end")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="default: now")] = None,
    sort: Annotated[Sort | None, Query(description="default: real, in a demonstration demo")] = None,
    scenario: Annotated[list[_Key] | None, Query(max_length=20)] = None,
    organization_id: Annotated[UUID | None, Query()] = None,
    responder_id: Annotated[UUID | None, Query()] = None,
) -> Asked:
    until = end or now
    scope = Scope(
        start=start or until - USUAL,
        end=until,
        sort=sort or Sort.REAL,
        scenarios=tuple(scenario or ()),
        organization_id=organization_id,
        responder_id=responder_id,
    )
    return Asked(scope, sort)


#: which incidents
Asking = Annotated[Asked, Depends(_asked)]
