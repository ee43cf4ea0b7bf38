"""Taking something out of the house: asked for with a reason, agreed to by a second person where people are listed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.access.table import grant as grant_of
from dispatch.exports import closure_file, figure_tables, page, repository, roster_list, sheet
from dispatch.exports.document import Document, Stamp
from dispatch.exports.model import Export
from dispatch.exports.states import LIFETIME, ExportKind, ExportState, needs_second, state_of
from dispatch.figures.queries import Table, usual_sort
from dispatch.figures.scope import By, Scope, Sort
from dispatch.incidents import repository as incidents
from kit import record
from kit.actor import Grant
from kit.errors import Conflict, Gone
from kit.ids import new_id
from kit.tenancy import Station

Format = Literal["xlsx", "pdf"]


class ExportWaits(Conflict):
    """A second person has to agree first."""

    slug, title, hint = "export-waits", "该导出须经第二人复核", "请本所另一名领导或值班员在导出列表中复核后再下载。"


class ExportOver(Gone):
    """It was refused, or its time is over."""

    slug, title, hint = "export-over", "该导出未获同意或已过期", "如仍需要，请重新申请并说明用途。"


class ExportDecided(Conflict):
    """Somebody has decided on it, or nobody has to."""

    slug, title, hint = "export-decided", "该导出无需复核或已复核", "请刷新导出列表查看最新状态。"


class ExportOwn(Conflict):
    """One does not agree to what one asked for oneself."""

    slug, title, hint = "export-own", "不能复核本人的导出申请", "请由本所另一名领导或值班员复核。"


@dataclass(frozen=True, kw_only=True)
class File:
    """What is taken along."""

    name: str
    media_type: str
    content: bytes


def ask(
    session: Session,
    *,
    grant: Grant,
    kind: ExportKind,
    format_: Format,
    asked: dict[str, Any],
    reason: str,
    at: datetime,
) -> Export:
    """Say what, as what, and why. Raises NotFound for an incident out of reach, and the figures' refusals."""
    actor = grant.actor
    assert actor.account_id is not None and actor.station_id is not None and actor.district_id is not None
    if kind is ExportKind.CLOSURE:
        incidents.get_visible(session, uuid.UUID(asked["incident_id"]), grant_of(actor, Permission.CLOSURE_READ))
    if kind is ExportKind.FIGURES:
        _scope(session, grant, asked)
    export = Export(
        id=new_id(),
        district_id=actor.district_id,
        station_id=actor.station_id,
        kind=kind,
        format=format_,
        asked=asked,
        reason=reason,
        asked_by=actor.account_id,
        asked_at=at,
        needs_second=needs_second(kind, asked),
        expires_at=at + LIFETIME,
        taken=0,
    )
    repository.add(session, export)
    _record(session, "export.asked", export, grant, at, reason=reason)
    return export


def decide(session: Session, *, grant: Grant, export_id: uuid.UUID, agreed: bool, at: datetime) -> Export:
    """The second person's word. Raises NotFound, ExportOwn, ExportDecided, ExportOver."""
    export = repository.get_locked(session, export_id, grant)
    assert grant.actor.account_id is not None
    if export.asked_by == grant.actor.account_id:
        raise ExportOwn
    if not export.needs_second or export.agreed is not None:
        raise ExportDecided
    if state_of(export, at) is ExportState.EXPIRED:
        raise ExportOver
    export.agreed, export.decided_by, export.decided_at = agreed, grant.actor.account_id, at
    session.flush()
    _record(session, "export.agreed" if agreed else "export.refused", export, grant, at)
    return export


def take(session: Session, *, grant: Grant, export_id: uuid.UUID, at: datetime) -> File:
    """The file, of what is known now, with the name of who takes it on every page.

    Each taking stands in the record. Raises NotFound (also for another's), ExportWaits, ExportOver, FontMissing.
    """
    export = repository.get_locked(session, export_id, grant)
    match state_of(export, at):
        case ExportState.WAITING:
            raise ExportWaits
        case ExportState.REFUSED | ExportState.EXPIRED:
            raise ExportOver
    document = _build(session, grant, export, at)
    stamp = _stamp(session, export, at)
    renderer = page if export.format == "pdf" else sheet
    content = renderer.render(document, stamp)
    export.taken += 1
    session.flush()
    _record(session, "export.taken", export, grant, at, reason=export.reason, bytes=len(content))
    return File(
        name=f"{export.kind}-{at:%Y%m%d-%H%M%S}.{export.format}", media_type=renderer.MEDIA_TYPE, content=content
    )


def _build(session: Session, grant: Grant, export: Export, at: datetime) -> Document:
    asked, actor = export.asked, grant.actor
    match ExportKind(export.kind):
        case ExportKind.CLOSURE:
            closures = grant_of(actor, Permission.CLOSURE_READ)
            return closure_file.build(session, grant=closures, incident_id=uuid.UUID(asked["incident_id"]), now=at)
        case ExportKind.WEEKLY:
            figures = grant_of(actor, Permission.FIGURE_READ)
            sort = Sort(asked["sort"]) if asked.get("sort") else usual_sort(session, figures)
            start = datetime.fromisoformat(asked["from"])
            return figure_tables.build_weekly(session, grant=figures, week_start=start, sort=sort, now=at)
        case ExportKind.FIGURES:
            figures = grant_of(actor, Permission.FIGURE_READ)
            scope, table, by = _scope(session, figures, asked)
            return figure_tables.build_table(session, grant=figures, scope=scope, table=table, by=by, now=at)
        case ExportKind.ROSTER:
            return roster_list.build(session, grant=grant_of(actor, Permission.RESPONDER_READ))


def _scope(session: Session, grant: Grant, asked: dict[str, Any]) -> tuple[Scope, Table, By]:
    scope = Scope(
        start=datetime.fromisoformat(asked["from"]),
        end=datetime.fromisoformat(asked["to"]),
        sort=Sort(asked["sort"]) if asked.get("sort") else usual_sort(session, grant),
    )
    return scope, Table(asked["table"]), By(asked["by"])


def _stamp(session: Session, export: Export, at: datetime) -> Stamp:
    person = repository.get_account(session, export.asked_by)
    second = repository.get_account(session, export.decided_by) if export.decided_by else None
    return Stamp(
        person=person.name,
        number=person.badge_no or str(person.id)[-6:],
        at=at,
        station=session.get_one(Station, export.station_id).name,
        agreed_by=f"{second.name} {second.badge_no or ''}".strip() if second else None,
    )


def _record(
    session: Session,
    action: str,
    export: Export,
    grant: Grant,
    at: datetime,
    *,
    reason: str | None = None,
    **detail: Any,
) -> None:
    incident = export.asked.get("incident_id")
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind="export",
        subject_id=export.id,
        station_id=export.station_id,
        reason=reason,
        kind=export.kind,
        format=export.format,
        **({"incident_id": incident} if incident else {}),
        **detail,
    )
