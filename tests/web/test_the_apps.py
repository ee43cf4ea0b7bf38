"""The web apps' own tests, run by Node: units, types, and that the API's types are of this API."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.console import say
from cli.web_build import WEB, Node, ensure_libraries
from cli.web_openapi import TYPES, write_openapi

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def node() -> Node:
    return ensure_libraries(say)


def run(node: Node, program: str, *arguments: str) -> str:
    """A program of the libraries; what it printed. Fails with that."""
    done = subprocess.run(
        [node.program, WEB / "node_modules" / program, *arguments],
        cwd=WEB,
        env=node.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


def test_the_units_of_the_apps(node: Node) -> None:
    run(node, "vitest/vitest.mjs", "run", "--reporter=dot")


def test_the_types_of_the_apps(node: Node) -> None:
    run(node, "vue-tsc/bin/vue-tsc.js", "--noEmit", "-p", "tsconfig.json")


def test_the_types_of_the_api_are_fresh(node: Node, tmp_path: Path) -> None:
    document, types = tmp_path / "openapi.json", tmp_path / "schema.d.ts"
    write_openapi(document)
    run(node, "openapi-typescript/bin/cli.js", str(document), "--output", str(types), "--alphabetize")
    assert types.read_text() == TYPES.read_text(), "the API has changed; run: ./pingan web types"
