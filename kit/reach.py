"""From a grant to a row filter: the one place where "whose rows" becomes SQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from kit.actor import Grant, Reach

#: a column that holds an id, a condition of one's own, or what makes one where that takes a while
Whose = InstrumentedAttribute[Any] | ColumnElement[bool] | Callable[[], ColumnElement[bool]] | None


def rows_within(
    grant: Grant,
    *,
    own: Whose = None,
    assigned: Whose = None,
    organization: Whose = None,
    station: Whose = None,
    district: Whose = None,
    aid: Whose = None,
) -> ColumnElement[bool]:
    """The rows of one noun that ``grant`` reaches.

    Each argument belongs to a reach: a column is compared with the actor's own id of that kind (``own`` and
    ``assigned``: his account), a condition stands as it is. A reach for which the noun names nothing, and an
    actor who has no such id, reach no row. ``aid``: what of a neighbour is open to the actor's station for a time,
    beside its own; a noun that names none shows only one's own.
    """
    actor = grant.actor
    if grant.reach is Reach.ANY:
        return true()
    if grant.reach is Reach.STATION_AND_AID:
        return or_(_rows(station, actor.station_id), _rows(aid, actor.station_id))
    whose, id_ = {
        Reach.OWN: (own, actor.account_id),
        Reach.ASSIGNED: (assigned, actor.account_id),
        Reach.ORGANIZATION: (organization, actor.organization_id),
        Reach.STATION: (station, actor.station_id),
        Reach.DISTRICT: (district, actor.district_id),
    }[grant.reach]
    return _rows(whose, id_)


def _rows(whose: Whose, id_: uuid.UUID | None) -> ColumnElement[bool]:
    if whose is None or id_ is None:
        return false()
    if isinstance(whose, InstrumentedAttribute):
        return whose == id_
    return whose if isinstance(whose, ColumnElement) else whose()
