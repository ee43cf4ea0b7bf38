"""Signed calls from a 110 system: who signs, and what a message does."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents import editing, reception, repository
from dispatch.incidents.caller import Caller
from dispatch.incidents.catalogue import Kind, find_category, find_subtype, find_type
from dispatch.incidents.model import Incident, WebhookSource
from dispatch.incidents.states import ENDED, IncidentState
from dispatch.intake.classify import other_of
from dispatch.intake.message import Message
from kit import record
from kit.actor import SYSTEM
from kit.crypto import Vault, get_vault
from kit.errors import Conflict, Invalid, Unauthenticated
from kit.ids import new_id, new_secret, same
from kit.phones import find_phone
from kit.settings import get_settings

SECRET_CONTEXT = "webhook_sources.secret"
WINDOW = timedelta(minutes=5)
#: what a later message of the same number may change while the incident is open
_UPDATED = ("address", "summary", "level", "position", "kind", "occurred_at")


class SignatureRefused(Unauthenticated):
    """The message is not signed by a known source."""

    slug, title, hint = "invalid-signature", "签名无效", "请核对接入名称、密钥和签名算法。"


class TimestampOutsideWindow(Unauthenticated):
    """The message was signed more than five minutes ago, or ahead."""

    slug, title, hint = "timestamp-outside-window", "签名时间超出 5 分钟", "请校准服务器时钟后重新推送。"


class SourceExists(Conflict):
    """A source of that name is there already."""

    slug, title, hint = "source-exists", "该接入名称已存在", "请换一个名称。"


class StationUnknown(Invalid):
    """The district has no station of that code."""

    slug, title, hint = "station-unknown", "没有这个管辖单位", "请核对管辖单位代码，或不填而由位置判定。"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a message. ``unmapped`` names the codes that our catalogue does not know."""

    incident: Incident
    created: bool
    updated: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


def _vault() -> Vault:
    return get_vault(get_settings().data_key.get_secret_value())


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Pingan-Signature."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def create_source(session: Session, *, name: str, district_id: uuid.UUID, at: datetime) -> tuple[WebhookSource, str]:
    """A new source and its secret, which is told this once; raises SourceExists."""
    if repository.find_webhook_source(session, name, active=False) is not None:
        raise SourceExists
    secret = new_secret()
    source = repository.add_webhook_source(
        session,
        WebhookSource(
            id=new_id(),
            district_id=district_id,
            name=name,
            secret_box=_vault().seal(secret, context=SECRET_CONTEXT),
            active=True,
            created_at=at,
        ),
    )
    record.write(
        session,
        "webhook_source.created",
        actor=SYSTEM,
        at=at,
        subject_kind="webhook_source",
        subject_id=source.id,
        district_id=str(district_id),
    )
    return source, secret


def revoke_source(session: Session, *, name: str, at: datetime) -> bool:
    """Believe the source no more; False when there is no active one of that name."""
    source = repository.find_webhook_source(session, name)
    if source is None:
        return False
    source.active = False
    record.write(
        session,
        "webhook_source.revoked",
        actor=SYSTEM,
        at=at,
        subject_kind="webhook_source",
        subject_id=source.id,
        district_id=str(source.district_id),
    )
    return True


def authenticate(
    session: Session, *, name: str, timestamp: str | None, signature: str | None, body: bytes, at: datetime
) -> WebhookSource:
    """The source that signed these very bytes; raises SignatureRefused, TimestampOutsideWindow.

    An unknown source costs as much work and gets the same answer as a wrong signature.
    """
    source = repository.find_webhook_source(session, name)
    secret = _vault().open(source.secret_box, context=SECRET_CONTEXT) if source is not None else "nobody"
    expected = sign(secret, timestamp or "", body)
    given = (signature or "").encode("utf-8", "replace")
    if not same(expected.encode(), given) or source is None:
        raise SignatureRefused
    try:
        signed_at = int(timestamp or "")
    except ValueError:
        raise SignatureRefused from None
    if abs(at.timestamp() - signed_at) > WINDOW.total_seconds():
        raise TimestampOutsideWindow(server_time=at.isoformat())
    return source


def take(session: Session, *, source: WebhookSource, message: Message, at: datetime) -> Taken:
    """Open the incident of this number, or bring it up to date.

    The source owns the number: the same content again changes nothing; other content changes what differs
    from the source's own last message, while the incident is open, so that what the command room has put
    right since is not undone by a mere repetition. Raises what ``receive`` raises, and StationUnknown.
    """
    repository.lock_number(session, source.district_id, message.number)
    kind, subtype, unmapped = _classify(message)
    prints = _fingerprints(message, kind, subtype)
    incident = repository.find_by_number(session, source.district_id, message.number, lock=True)
    if incident is None:
        incident = _open(session, source, message, kind, subtype, prints, unmapped, at)
        return Taken(incident=incident, created=True, unmapped=unmapped)
    last = repository.find_last_fingerprints(session, incident.id)
    changed = tuple(name for name in _UPDATED if prints[name] != last.get(name))
    if not changed or IncidentState(incident.state) in ENDED:
        return Taken(incident=incident, created=False, unmapped=unmapped)
    before = incident.version
    incident = editing.apply(
        session,
        incident,
        _edit(message, kind, subtype, changed),
        by=SYSTEM,
        at=at,
        action="incident.updated_by_source",
        source_name=source.name,
        fingerprints=prints,
    )
    return Taken(
        incident=incident, created=False, updated=changed if incident.version > before else (), unmapped=unmapped
    )


def _open(
    session: Session,
    source: WebhookSource,
    message: Message,
    kind: Kind,
    subtype: str | None,
    prints: dict[str, str],
    unmapped: tuple[str, ...],
    at: datetime,
) -> Incident:
    station_id = None
    if message.station_code:
        station = repository.find_station_by_code(session, source.district_id, message.station_code)
        if station is None:
            raise StationUnknown
        station_id = station.id
    phone = message.caller_phone
    new = reception.NewIncident(
        source="webhook",
        category=kind.category,
        type=kind.code,
        subtype=subtype,
        level=message.level,
        summary=message.summary,
        address=message.address or None,
        position=message.find_position(),
        station_id=station_id,
        district_id=source.district_id,
        number=message.number,
        occurred_at=message.occurred_at,
        received_at=message.received_at,
        # a call is not refused because its telephone number is odd
        caller=Caller(name=message.caller_name or None, phone=(find_phone(phone) or phone) if phone else None),
        confidential_caller=message.confidential_caller,
        drill=message.drill,
        trace={"source_name": source.name, "fingerprints": prints, "unmapped": list(unmapped)},
    )
    return reception.receive(session, new=new, grant=grant(SYSTEM, Permission.INCIDENT_CREATE), at=at)


def _classify(message: Message) -> tuple[Kind, str | None, tuple[str, ...]]:
    """The type, the subtype, and the names of the codes that we do not know: a call is not refused for them."""
    unmapped = []
    category = find_category(message.category)
    kind = find_type(message.type, category=category) if message.type else None
    if category is None:
        unmapped.append("category")
    if message.type and kind is None:
        unmapped.append("type")
    kind = kind or other_of(category or "help")
    subtype = find_subtype(kind, message.subtype) if message.subtype else None
    if message.subtype and subtype is None:
        unmapped.append("subtype")
    return kind, subtype, tuple(unmapped)


def _fingerprints(message: Message, kind: Kind, subtype: str | None) -> dict[str, str]:
    """Keyed digests of what may change: enough to see a difference, nothing to read."""
    vault = _vault()
    position = message.find_position()
    values: dict[str, Any] = {
        "address": message.address,
        "summary": message.summary,
        "level": message.level,
        "position": (position.lon, position.lat) if position else None,
        "kind": (kind.key, subtype),
        "occurred_at": message.occurred_at.timestamp() if message.occurred_at else None,
    }
    return {name: vault.index(f"{name}|{value!r}").hex()[:24] for name, value in values.items()}


def _edit(message: Message, kind: Kind, subtype: str | None, changed: tuple[str, ...]) -> editing.Edit:
    given: dict[str, Any] = {}
    for name in ("address", "summary", "level"):
        if name in changed and getattr(message, name):
            given[name] = getattr(message, name)
    position = message.find_position()
    if "position" in changed and position is not None:
        given["position"] = position
    if "occurred_at" in changed:
        given["occurred_at"] = message.occurred_at
    if "kind" in changed:
        given |= {"category": kind.category, "type": kind.code, "subtype": subtype}
    return editing.Edit(**given)
