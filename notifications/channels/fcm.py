"""Firebase Cloud Messaging: wakes a phone with Google services. It does not reach phones in mainland China.

A data message with the opaque message id and nothing else; the app fetches the content over our own TLS.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from notifications.channels.channel import Address, Attempt, Channel, Envelope

TIMEOUT_S = 5
TRIES = 4
#: when nobody answers at all, once more is enough
TRIES_UNANSWERED = 2
#: after that nobody waits for the provider again for a while
REST_S = 30.0
#: longer waits are left to the ladder: other messages stand behind this one
_LONGEST_PAUSE_S = 4.0
_RETRY_STATUS = {429, 500, 502, 503, 504}


class FcmChannel(Channel):
    """HTTP v1 through firebase-admin, which is imported on first use: it is heavy, and few installations need it.

    ``base_url`` names another server that speaks the same API. Only the relay's thread may use one instance.
    """

    name = "fcm"
    by_token = True

    def __init__(
        self,
        credentials_file: Path,
        *,
        project_id: str | None = None,
        base_url: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials_file = credentials_file
        self._project_id = project_id
        self._base_url = base_url
        self._sleep = sleep
        self._service: Any = None
        self._rest_until = 0.0

    def try_send(self, envelope: Envelope) -> list[Attempt]:
        return [self._send_to(address, envelope) for address in envelope.addresses if address.token]

    def _send_to(self, address: Address, envelope: Envelope) -> Attempt:
        from firebase_admin import exceptions, messaging
        from google.auth.exceptions import GoogleAuthError

        message = messaging.Message(
            token=address.token,
            data={"id": str(envelope.message_id)},
            android=messaging.AndroidConfig(
                priority="high" if envelope.urgent else "normal", ttl=timedelta(seconds=envelope.ttl_s)
            ),
        )
        if time.monotonic() < self._rest_until:
            return Attempt(address=address, outcome="failed", error="UNREACHABLE")
        tried = 0
        while True:
            tried += 1
            try:
                self._connect().send(message)
                return Attempt(address=address, outcome="sent")
            except messaging.UnregisteredError:
                return Attempt(address=address, outcome="unregistered", error="UNREGISTERED")
            except exceptions.FirebaseError as exc:
                status = getattr(exc.http_response, "status_code", None)
                if status is not None and status not in _RETRY_STATUS:
                    return Attempt(address=address, outcome="failed", error=str(exc.code))
                asked_s = _retry_after_s(exc.http_response)
                pause_s = asked_s if asked_s is not None else 0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0)
                if tried == (TRIES if status is not None else TRIES_UNANSWERED) or pause_s > _LONGEST_PAUSE_S:
                    if status is None:
                        self._rest_until = time.monotonic() + REST_S
                    return Attempt(address=address, outcome="failed", error=str(exc.code), retry_after_s=asked_s)
                self._sleep(pause_s)
            except GoogleAuthError as exc:
                # the server that gives out access tokens; the library has tried again already
                self._rest_until = time.monotonic() + REST_S
                return Attempt(address=address, outcome="failed", error=type(exc).__name__)

    def _connect(self) -> Any:
        if self._service is None:
            import firebase_admin
            from firebase_admin import credentials, messaging

            app = firebase_admin.initialize_app(
                credentials.Certificate(str(self._credentials_file)),
                {"httpTimeout": TIMEOUT_S, **({"projectId": self._project_id} if self._project_id else {})},
                # one app per instance: a name may be taken once in a process
                name=f"pingan-{uuid.uuid4().hex}",
            )
            service = messaging._MessagingService(app)
            # retries are ours: the library's do not know Retry-After on 429 and hold the thread for a minute
            from requests.adapters import HTTPAdapter

            for scheme in ("https://fcm.googleapis.com", "https://", "http://"):
                service._client.session.mount(scheme, HTTPAdapter(max_retries=0))
            if self._base_url:
                service._fcm_url = f"{self._base_url.rstrip('/')}/v1/projects/{app.project_id}/messages:send"
            self._service = service
        return self._service


def _retry_after_s(response: Any) -> float | None:
    value = response.headers.get("Retry-After") if response is not None else None
    return float(value) if value is not None and value.isdigit() else None
