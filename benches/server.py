"""The server as ``./pingan serve`` runs it, on the cluster of a bench."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from benches.district import DATA_KEY, TOKEN_KEY
from benches.programs import free_port, program
from kit.cluster import ClusterInfo


def environment(info: ClusterInfo) -> dict[str, str]:
    """What server and worker are told."""
    return {
        "PINGAN_DATABASE_URL": info.app_url,
        "PINGAN_OWNER_DATABASE_URL": info.owner_url,
        "PINGAN_TOKEN_KEY": TOKEN_KEY,
        "PINGAN_DATA_KEY": DATA_KEY,
        "PINGAN_LOG_LEVEL": "WARNING",
    }


@contextmanager
def serving(info: ClusterInfo, processes: int) -> Iterator[str]:
    """Its address, once it is ready."""
    port = free_port()
    serve = ("cli", "serve", "--port", str(port), "--processes", str(processes))
    with program(*serve, port=port, env=environment(info)):
        base_url = f"http://127.0.0.1:{port}"
        _wait_ready(base_url)
        yield base_url


def _wait_ready(base_url: str) -> None:
    for _ in range(100):
        with suppress(httpx.TransportError):
            if httpx.get(f"{base_url}/health/ready").is_success:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not get ready")
