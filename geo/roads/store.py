"""The network that this process has in memory: always the current one, without a restart."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from sqlalchemy.orm import Session

from geo.roads import network as files
from geo.roads.errors import NetworkDamaged
from geo.roads.network import Network
from geo.roads.repository import find_current_digest
from kit.settings import get_settings

_log = logging.getLogger(__name__)


def roads_folder() -> Path:
    """Where the files of networks lie."""
    return get_settings().home / "roads"


class RoadStore:
    """Loads a network once. The database is asked each time, by one look at one row: what it says counts at once.

    While a new network is being loaded, others are answered from the former one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._loaded: tuple[str, Network] | None = None
        self._damaged: tuple[str, int] | None = None
        self._loading = threading.Lock()

    def find(self, session: Session) -> Network | None:
        """The current network; None: there is none, or its file cannot be read on this machine."""
        digest = find_current_digest(session)
        if digest is None:
            return None
        loaded = self._loaded
        if loaded is not None and loaded[0] == digest:
            return loaded[1]
        if self._loading.acquire(blocking=loaded is None):
            try:
                self._load(digest)
            finally:
                self._loading.release()
        loaded = self._loaded
        return loaded[1] if loaded is not None else None

    def _load(self, digest: str) -> None:
        if self._loaded is not None and self._loaded[0] == digest:
            return
        folder = self._folder or roads_folder()
        state = (digest, _written_at(files.path_of(folder, digest)))
        if self._damaged == state:
            return
        try:
            self._loaded, self._damaged = (digest, files.read(folder, digest)), None
        except NetworkDamaged as wrong:
            _log.error("roads: %s", wrong.detail)
            # what was replaced does not come back because its successor is damaged
            self._loaded, self._damaged = None, state


def _written_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


STORE = RoadStore()
