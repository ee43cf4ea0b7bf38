"""OSRM as a second engine: the tools of the wheel ``osrm-bindings``, which is for Python 3.12 and newer.

They are found where this Python has the wheel, or where another one has that is named. The network is prepared from
the same file with OSRM's own rules for cars, so its seconds are others than ours: orders are compared, not seconds.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from scipy.stats import spearmanr

from benches.programs import free_port, listening
from geo.crs import Position

_WHERE = "import importlib.util as u; s = u.find_spec('osrm'); print(s.origin if s and s.origin else '')"


@dataclass(frozen=True)
class Peer:
    """A running ``osrm-routed``."""

    http: httpx.Client

    def seconds(self, people: Sequence[Position], target: Position) -> list[float | None]:
        """By car from each of the people to the target, in one question; None: no way."""
        places = ";".join(f"{p.lon:.7f},{p.lat:.7f}" for p in (target, *people))
        sources = ";".join(str(n) for n in range(1, len(people) + 1))
        answer = self.http.get(f"/table/v1/driving/{places}", params={"destinations": "0", "sources": sources})
        return [row[0] for row in answer.raise_for_status().json()["durations"]]


def find_tools(python: str | None) -> Path | None:
    """The folder of the wheel that ``python`` (else this one) has; None: it has none."""
    asked = subprocess.run([python or sys.executable, "-c", _WHERE], capture_output=True, text=True, timeout=30)
    origin = asked.stdout.strip() if asked.returncode == 0 else ""
    folder = Path(origin).parent if origin else None
    return folder if folder is not None and (folder / "bin" / "osrm-routed").exists() else None


@contextmanager
def running(tools: Path, streets: Path) -> Iterator[Peer]:
    """Prepare the file beside itself and serve it to this machine alone."""
    network = streets.with_name(streets.name.removesuffix(".osm.pbf") + ".osrm")
    rules = tools / "share" / "profiles" / "car.lua"
    for step in (
        ("osrm-extract", "-p", str(rules), str(streets)),
        ("osrm-partition", str(network)),
        ("osrm-customize", str(network)),
    ):
        _run(tools, *step)
    port = free_port()
    command = [
        str(tools / "bin" / "osrm-routed"), "--algorithm", "mld", "--ip", "127.0.0.1", "--port", str(port),
        "--max-table-size", "1000", "--verbosity", "NONE", str(network),
    ]  # fmt: skip
    with listening(command, port), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        yield Peer(http)


def rank_agreement(ours: Sequence[float], theirs: Sequence[float | None]) -> float:
    """Spearman's rank correlation of those for whom both know a way."""
    known = [(a, b) for a, b in zip(ours, theirs, strict=True) if b is not None and math.isfinite(a)]
    return float(spearmanr(*zip(*known, strict=True)).statistic)


def _run(tools: Path, name: str, *arguments: str) -> None:
    done = subprocess.run([str(tools / "bin" / name), *arguments], capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise RuntimeError(f"{name}: {(done.stderr or done.stdout).strip()[-300:]}")
