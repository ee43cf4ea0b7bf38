"""Where the server's programs are, and whether PostGIS is there for that very version."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

#: generated columns, GiST on geography and CREATE DATABASE … STRATEGY as the migrations use them
OLDEST_MAJOR = 15
NEEDED = ("postgres", "initdb", "pg_ctl", "pg_dump", "pg_restore", "psql")
EXTENSIONS = ("postgis", "btree_gist", "pgcrypto", "pg_trgm")
PATTERNS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Programs:
    """One installed PostgreSQL."""

    bin: Path

    @cached_property
    def major(self) -> int:
        """15 for PostgreSQL 15.x; 0 when the programs do not answer."""
        try:
            out = subprocess.run(
                [self.bin / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return 0
        found = re.search(r"\b(\d+)(?:\.|devel|beta|rc|\b)", out)
        return int(found[1]) if found else 0

    @cached_property
    def extension_folder(self) -> Path | None:
        """Where this version looks for its extensions."""
        candidates: list[Path] = []
        pg_config = self.bin / "pg_config"
        if pg_config.exists():
            try:
                out = subprocess.run(
                    [pg_config, "--sharedir"], capture_output=True, text=True, timeout=20, check=True
                ).stdout
                candidates.append(Path(out.strip()) / "extension")
            except (OSError, subprocess.SubprocessError):
                pass
        prefix = self.bin.parent
        candidates += [
            Path("/usr/share/postgresql") / str(self.major) / "extension",
            prefix / "share/postgresql/extension",
            prefix / "share/extension",
        ]
        return next((folder for folder in candidates if folder.is_dir()), None)

    @property
    def missing_extensions(self) -> tuple[str, ...]:
        """Names of the needed extensions that this version does not have."""
        folder = self.extension_folder
        return tuple(name for name in EXTENSIONS if folder is None or not (folder / f"{name}.control").exists())

    @property
    def complete(self) -> bool:
        """New enough, and every extension at hand."""
        return self.major >= OLDEST_MAJOR and not self.missing_extensions

    def __getitem__(self, name: str) -> Path:
        return self.bin / name


def _folders(root: Path) -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config:
        try:
            out = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, timeout=20, check=True)
            yield Path(out.stdout.strip())
        except (OSError, subprocess.SubprocessError):
            pass
    for pattern in PATTERNS:
        yield from root.glob(pattern)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder:
            yield Path(folder)


def list_installed(root: Path = Path("/")) -> list[Programs]:
    """Every PostgreSQL server on this machine: those with all extensions first, then the newest."""
    seen: dict[Path, Programs] = {}
    for folder in _folders(root):
        real = folder.resolve()
        if real not in seen and all((real / name).exists() for name in NEEDED):
            seen[real] = Programs(real)
    return sorted(seen.values(), key=lambda p: (p.complete, p.major), reverse=True)


def find_programs(major: int | None = None) -> Programs | None:
    """The newest complete PostgreSQL; with ``major`` that one, since data of one serve no other."""
    return next(
        (p for p in list_installed() if p.complete and (major is None or p.major == major)),
        None,
    )
