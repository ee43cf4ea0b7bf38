"""A file of calls becomes incidents, all of them or none."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents import repository
from dispatch.incidents.caller import Caller
from dispatch.incidents.reception import NewIncident, receive
from dispatch.intake.calls import Call, RowFault
from kit.actor import SYSTEM
from kit.errors import Invalid, NotFound, PinganError

#: an older call is filed as closed: nobody is sent to what happened last year
FILED_AFTER = timedelta(hours=24)
MAX_FAULTS = 200


class FileRefused(Invalid):
    """Some rows are not right, so none was taken."""

    slug, title, hint = "file-refused", "文件有误，未导入任何警情", "请按逐行提示修改后重新导入。"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of the rows: open work, filed as past, there already from an earlier import."""

    opened: int
    filed: int
    known: int


def import_calls(
    session: Session,
    rows: Iterable[Call | RowFault],
    *,
    at: datetime,
    station_id: uuid.UUID | None = None,
    district_id: uuid.UUID | None = None,
    demo: bool = False,
) -> Imported:
    """Take every row; the station is given, or the one in whose area the point lies.

    A row without a number gets one from its content, so that the same file imported again adds nothing.
    Raises FileRefused with one fault per faulty row (the first 200); the caller rolls back.
    """
    faults: list[RowFault] = []
    opened = filed = known = 0
    seen: Counter[str] = Counter()
    district_id = _district(session, station_id, district_id)
    for row in rows:
        if len(faults) >= MAX_FAULTS:
            break
        if isinstance(row, RowFault):
            faults.append(row)
            continue
        number = row.number or _number(row, seen)
        if repository.find_by_number(session, district_id, number) is not None:
            known += 1
            continue
        past = at - row.called_at > FILED_AFTER
        try:
            receive(
                session,
                new=_new(row, number, station_id=station_id, district_id=district_id, filed=past, demo=demo),
                grant=grant(SYSTEM, Permission.INCIDENT_CREATE),
                at=at,
            )
        except PinganError as refused:
            faults.append(RowFault(row=row.row, column="-", message=refused.title))
        filed += past
        opened += not past
    if faults:
        raise FileRefused(f"{len(faults)} 行有误", faults=tuple(each.fault() for each in faults))
    return Imported(opened=opened, filed=filed, known=known)


def _district(session: Session, station_id: uuid.UUID | None, district_id: uuid.UUID | None) -> uuid.UUID:
    if station_id is not None:
        station = repository.find_station(session, station_id)
        if station is None:
            raise NotFound
        return station.district_id
    if district_id is None:
        raise NotFound
    return district_id


def _number(call: Call, seen: Counter[str]) -> str:
    content = f"{call.called_at.isoformat()}|{call.position.lon!r}|{call.position.lat!r}|{call.category_text}"
    seen[content] += 1
    digest = hashlib.sha256(f"{content}|{call.address}|{seen[content]}".encode()).hexdigest()
    return f"C{call.called_at:%Y%m%d}-{digest[:10]}"


def _new(
    call: Call, number: str, *, station_id: uuid.UUID | None, district_id: uuid.UUID, filed: bool, demo: bool
) -> NewIncident:
    return NewIncident(
        source="csv",
        category=call.category,
        type=call.type,
        level=call.level,
        summary=call.summary,
        address=call.address or None,
        position=call.position,
        station_id=station_id,
        district_id=district_id,
        number=number,
        received_at=call.called_at,
        caller=Caller(phone=call.phone),
        filed=filed,
        demo=demo,
    )
