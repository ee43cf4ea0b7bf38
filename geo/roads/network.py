"""Both networks of an import in one file of arrays, named by its own digest."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from geo.roads.errors import NetworkDamaged
from geo.roads.graph import NETWORK_OF, NETWORKS, Graph, graph_from_arrays, graph_to_arrays
from geo.roads.hours import DAYS, MEANS, Hours
from geo.roads.search import Net

#: of the layout of the file; a file of another one is imported again
LAYOUT = 1


@dataclass(frozen=True, eq=False)
class Network:
    """Streets for walkers and for cars, the names of their ways, and the factors of the hours."""

    graphs: dict[str, Graph]
    #: by the number in ``Graph.way``; "" where a way has none
    names: Sequence[str]
    hours: Hours
    _nets: dict[tuple[str, bool], Net] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def graph_of(self, means: str) -> Graph:
        return self.graphs[NETWORK_OF[means]]

    def net(self, means: str, *, towards: bool) -> Net:
        """The searchable form of one means; made once."""
        key = (means, towards)
        with self._lock:
            if key not in self._nets:
                self._nets[key] = Net(self.graph_of(means), means, towards=towards)
            return self._nets[key]


def pack(network: Network) -> bytes:
    """The file's content: the same network gives the same bytes."""
    distinct = sorted(set(network.names))
    number = {name: n for n, name in enumerate(distinct)}
    arrays: dict[str, Any] = {
        "layout": np.int32(LAYOUT),
        "names": np.frombuffer("\n".join(distinct).encode(), dtype=np.uint8),
        "way_name": np.array([number[name] for name in network.names], dtype=np.int32),
        "hours": np.array([[network.hours[means, day] for day in DAYS] for means in MEANS], dtype=np.float64),
    }
    for name, graph in network.graphs.items():
        arrays |= graph_to_arrays(graph, name)
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def path_of(folder: Path, name: str) -> Path:
    """Where the network of that digest lies."""
    return folder / f"{name}.npz"


def write(folder: Path, content: bytes) -> str:
    """Put the file beside the others, whole or not at all; its digest. Twice is once."""
    name = digest(content)
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, name)
    partial = folder / f".{name}.{os.getpid()}"
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return name


def read(folder: Path, name: str) -> Network:
    """The network of that digest; raises NetworkDamaged."""
    try:
        content = path_of(folder, name).read_bytes()
        if digest(content) != name:
            raise NetworkDamaged(f"{name}.npz is not what was imported.")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            if int(arrays["layout"]) != LAYOUT:
                raise NetworkDamaged(f"{name}.npz was written by another version; import the roads again.")
            distinct = arrays["names"].tobytes().decode().split("\n")
            factors = arrays["hours"].tolist()
            return Network(
                graphs={network: graph_from_arrays(arrays, network) for network in NETWORKS},
                names=[distinct[n] for n in arrays["way_name"].tolist()],
                hours={
                    (means, day): tuple(factors[i][k]) for i, means in enumerate(MEANS) for k, day in enumerate(DAYS)
                },
            )
    except (OSError, ValueError, KeyError) as wrong:
        raise NetworkDamaged(f"{name}.npz cannot be read.") from wrong


def sweep(folder: Path, keep: Sequence[str]) -> None:
    """Remove what no import names any more. Whoever has loaded one of them has it in memory."""
    for path in folder.glob("*.npz"):
        if path.stem not in keep:
            path.unlink(missing_ok=True)
