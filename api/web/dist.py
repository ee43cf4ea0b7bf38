"""The built web apps on disk: which files there are, and which build they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: what the build writes last: when it is there, everything is
MANIFEST = "build.json"
#: packed by the build, the best first
ENCODINGS = ("br", "gzip")
_SUFFIXES = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True)
class File:
    """One file in every form that the build has packed it in; ``identity`` is the file itself."""

    name: str
    forms: Mapping[str, bytes]

    def best(self, accepted: str) -> tuple[str, bytes]:
        """The smallest form that an ``Accept-Encoding`` takes."""
        takes = {part.split(";")[0].strip() for part in accepted.split(",")}
        coding = next((c for c in ENCODINGS if c in takes and c in self.forms), "identity")
        return coding, self.forms[coding]


@dataclass
class Dist:
    """Files are read when they are first asked for, and read anew after another build."""

    folder: Path
    _stamp: int = -1
    _build: str | None = None
    _names: frozenset[str] = frozenset()
    _read: dict[str, File] = field(default_factory=dict)

    @property
    def build(self) -> str | None:
        """The id of the build that lies there; None when there is none."""
        self._look()
        return self._build

    def find(self, name: str) -> File | None:
        """The file of that name below the folder. Only names that the build has made are ever opened."""
        self._look()
        if name not in self._names:
            return None
        if name not in self._read:
            path = self.folder / name
            forms = {"identity": path.read_bytes()}
            for coding, suffix in _SUFFIXES.items():
                if name + suffix in self._names:
                    forms[coding] = (self.folder / (name + suffix)).read_bytes()
            self._read[name] = File(name, forms)
        return self._read[name]

    def _look(self) -> None:
        try:
            stamp = (self.folder / MANIFEST).stat().st_mtime_ns
        except OSError:
            stamp = -1
        if stamp == self._stamp:
            return
        self._stamp, self._read, self._build, self._names = stamp, {}, None, frozenset()
        if stamp != -1:
            files = (path for path in self.folder.rglob("*") if path.is_file())
            self._names = frozenset(path.relative_to(self.folder).as_posix() for path in files)
            self._build = str(json.loads((self.folder / MANIFEST).read_text())["build"])
