"""Requests for exports in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.exports.model import Export
from kit.actor import Grant
from kit.errors import NotFound
from kit.paging import Slice
from kit.reach import rows_within


def visible(grant: Grant) -> ColumnElement[bool]:
    """The requests that ``grant`` reaches; one's own under the right to take them along."""
    return rows_within(grant, own=Export.asked_by, station=Export.station_id, district=Export.district_id)


def get_locked(session: Session, export_id: uuid.UUID, grant: Grant) -> Export:
    """Held until the end of the transaction; raises NotFound."""
    query = select(Export).where(Export.id == export_id, visible(grant)).with_for_update()
    found = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def list_visible(session: Session, grant: Grant, part: Slice) -> list[Export]:
    """Newest first, one more than asked for."""
    query = select(Export).where(visible(grant))
    return list(session.scalars(part.newest_first(query, Export.asked_at, Export.id)))


def add(session: Session, export: Export) -> None:
    session.add(export)
    session.flush()


def get_account(session: Session, account_id: uuid.UUID) -> Account:
    """Who asked or agreed."""
    return session.get_one(Account, account_id)


def list_names(session: Session, exports: Sequence[Export]) -> dict[uuid.UUID, str]:
    """Who asked and who decided, by account."""
    ids = {one for export in exports for one in (export.asked_by, export.decided_by) if one is not None}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}
