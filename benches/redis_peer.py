"""Redis as a peer of the nearest search: a server of this run alone, one key of places for each kind and state."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geo.crs import Position

_PATIENCE_S = 20
_AT_ONCE = 5000
#: Redis knows places to half a metre, and its sphere is another one than ours
_SLACK, _SLACK_M = 1.0001, 1.0


class Peer:
    """Places by key, and the question for the nearest."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def fill(self, key: str, people: Sequence[tuple[str, float, float]]) -> None:
        """Name, longitude, latitude of each."""
        for start in range(0, len(people), _AT_ONCE):
            values = [v for name, lon, lat in people[start : start + _AT_ONCE] for v in (lon, lat, name)]
            self._client.geoadd(key, values)

    def radius(self, key: str, place: Position, k: int) -> float:
        """The smallest one, in metres, within which there are ``k``; found before anything is timed."""
        reach = 100.0
        while True:
            found = self.ask(key, place, k, reach)
            if len(found) == k:
                return found[-1][1] * _SLACK + _SLACK_M
            if reach > 3e7:
                raise RuntimeError("there are not so many")
            reach *= 2

    def ask(self, key: str, place: Position, k: int, radius_m: float) -> list[tuple[str, float]]:
        """Names and metres, nearest first."""
        found = self._client.geosearch(
            key, longitude=place.lon, latitude=place.lat, radius=radius_m, unit="m", sort="ASC", count=k, withdist=True
        )
        return [(name, float(metres)) for name, metres in found]


@contextmanager
def find_peer() -> Iterator[Peer | None]:
    """A running one; None where redis-server (Debian: apt) or its client for Python is not installed."""
    server = shutil.which("redis-server")
    try:
        import redis
    except ImportError:
        server = None
    if server is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="pingan-redis-"))
    wire = home / "redis.sock"
    command = [server, "--port", "0", "--unixsocket", str(wire), "--save", "", "--appendonly", "no", "--dir", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(unix_socket_path=str(wire), decode_responses=True, protocol=2)
        deadline = time.monotonic() + _PATIENCE_S
        while not _answers(client):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("redis-server does not answer")
            time.sleep(0.05)
        yield Peer(client)
        client.close()
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def _answers(client: Any) -> bool:
    import redis

    try:
        return bool(client.ping())
    except redis.exceptions.ConnectionError:
        return False
