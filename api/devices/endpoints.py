"""One's devices: listed, made reachable, given up."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.devices.schemas import DeviceOut, PushIn
from api.idempotency.service import Idempotent
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.sessions import ending
from kit.actor import Grant
from notifications.devices import repository, service

router = APIRouter(prefix="/api/v1/me/devices", tags=["me"], route_class=WorkRoute)
Self = Annotated[Grant, Depends(allow(Permission.SELF))]


@router.get("", summary="查询本人设备")
def list_devices(grant: Self, session: ReadSession) -> list[DeviceOut]:
    """One's devices, newest first."""
    assert grant.actor.account_id is not None
    devices = repository.list_live(session, grant.actor.account_id)
    return [DeviceOut.of(device, current=grant.actor.device_id) for device in devices]


@router.put("/{device_id}/push", summary="设置设备推送地址")
def set_push(
    device_id: UUID, body: PushIn, grant: Self, session: WriteSession, now: Now, command: Idempotent
) -> DeviceOut:
    """Say where to push for this device."""
    device = service.set_push_token(
        session,
        actor=grant.actor,
        device_id=device_id,
        channel=body.channel,
        token=body.token.get_secret_value(),
        at=now,
    )
    return DeviceOut.of(device, current=grant.actor.device_id)


@router.delete("/{device_id}/push", summary="取消设备推送", status_code=204)
def clear_push(device_id: UUID, grant: Self, session: WriteSession, now: Now, command: Idempotent) -> None:
    """Push no more to this device."""
    service.clear_push_token(session, actor=grant.actor, device_id=device_id, at=now)


@router.delete("/{device_id}", summary="注销本人设备", status_code=204)
def give_up(device_id: UUID, grant: Self, session: WriteSession, now: Now, command: Idempotent) -> None:
    """Revoke a device of one's own: a lost phone, a browser left open."""
    ending.give_up_device(session, grant=grant, device_id=device_id, at=now)
