"""A local server that speaks the part of FCM HTTP v1 and of OAuth 2.0 that sending needs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT = "pingan-test"
EMAIL = f"relay@{PROJECT}.iam.gserviceaccount.com"
_ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


@dataclass
class FcmServer:
    """What it received, and what it is to answer next."""

    url: str
    credentials_file: Path
    #: bodies of messages:send, in order
    received: list[dict[str, Any]] = field(default_factory=list)
    #: (status, headers, body) for the next requests; afterwards it accepts
    next_answers: list[tuple[int, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    unauthorized: int = 0
    tokens_given: int = 0

    def refuse(self, status: int, code: str, *, fcm_code: str | None = None, **headers: str) -> None:
        """Answer the next request with an error."""
        details = [{"@type": _ERROR_TYPE, "errorCode": fcm_code}] if fcm_code else []
        error = {"code": status, "message": "refused", "status": code, "details": details}
        self.next_answers.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, {"error": error}))


def _handler(state: FcmServer, public_key: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/token":
                self._give_token(parse_qs(body.decode()))
            elif self.headers.get("Authorization") != "Bearer opaque-access":
                state.unauthorized += 1
                self._answer(401, {}, {"error": {"status": "UNAUTHENTICATED", "message": "no"}})
            elif self.path != f"/v1/projects/{PROJECT}/messages:send":
                self._answer(404, {}, {"error": {"status": "NOT_FOUND", "message": "no such method"}})
            else:
                state.received.append(json.loads(body))
                name = f"projects/{PROJECT}/messages/{len(state.received)}"
                self._answer(*(state.next_answers.pop(0) if state.next_answers else (200, {}, {"name": name})))

        def _give_token(self, form: dict[str, list[str]]) -> None:
            claims = jwt.decode(form["assertion"][0], public_key, algorithms=["RS256"], options={"verify_aud": False})
            assert claims["iss"] == EMAIL
            state.tokens_given += 1
            self._answer(200, {}, {"access_token": "opaque-access", "expires_in": 3600, "token_type": "Bearer"})

        def _answer(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    return Handler


@contextmanager
def running_fcm_server(folder: Path) -> Iterator[FcmServer]:
    """On loopback, with the credentials file of a service account made for it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    credentials_file = folder / "service-account.json"
    state = FcmServer(url=url, credentials_file=credentials_file)
    server.RequestHandlerClass = _handler(state, key.public_key())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    credentials_file.write_text(
        json.dumps(
            {
                "type": "service_account",
                "project_id": PROJECT,
                "private_key_id": "1",
                "private_key": pem.decode(),
                "client_email": EMAIL,
                "client_id": "1",
                "token_uri": f"{url}/token",
            }
        )
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
