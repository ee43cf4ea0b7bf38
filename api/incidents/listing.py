"""What a list of incidents is narrowed to."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator, Field

from api.fields import Instant, clean_text
from dispatch.incidents.queries import Filter
from dispatch.incidents.states import IncidentState

_Level = Annotated[int, Field(ge=1, le=4)]
_Key = Annotated[str, Field(max_length=130, pattern=r"^[a-z_]+(\.[a-z_]+)?$")]


async def _filter(
    open: Annotated[bool | None, Query(description="true: not ended; false: ended")] = None,
    state: Annotated[list[IncidentState] | None, Query(max_length=9)] = None,
    level: Annotated[list[_Level] | None, Query(max_length=4)] = None,
    category: Annotated[list[_Key] | None, Query(max_length=20)] = None,
    type: Annotated[list[_Key] | None, Query(max_length=50, description="category.type")] = None,
    received_from: Annotated[Instant | None, Query(alias="from")] = None,
    received_to: Annotated[Instant | None, Query(alias="to")] = None,
    q: Annotated[
        str | None, AfterValidator(clean_text), Query(max_length=50, description="number, address, summary")
    ] = None,
    drill: Annotated[bool | None, Query()] = None,
) -> Filter:
    return Filter(
        open=open,
        states=[str(each) for each in state or ()],
        levels=level or (),
        categories=category or (),
        types=type or (),
        received_from=received_from,
        received_to=received_to,
        words=q.strip() if q and q.strip() else None,
        drill=drill,
    )


Filtering = Annotated[Filter, Depends(_filter)]
