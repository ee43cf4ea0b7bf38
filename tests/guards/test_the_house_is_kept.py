"""Layers, small files, services without SQL, one who commits, migrations that are numbered sentences."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import tests.guards.routes  # noqa: F401  (every mapped class is imported with the routes)
from kit.database import Base
from tests.guards.tree import BESIDE, PACKAGES, ROOT, imported_names, named, python_files

#: longer than 300 lines (tests: 400), each with the reason
LONG: dict[str, str] = {}
#: whoever ends a unit of work: the edge, the worker's loops, the command line; session.commit() elsewhere is a bug
COMMITTERS = re.compile(r"(api/route|kit/database|dispatch/worker|cli/\w+)\.py")
_SELECTS = {f"sqlalchemy.{name}" for name in ("select", "insert", "update", "delete", "text")}


def _is_too_long(path: Path) -> bool:
    limit = 400 if named(path).startswith("tests/") else 300
    return len(path.read_text().splitlines()) > limit


def test_no_file_is_long() -> None:
    found = {named(path) for path in python_files(*PACKAGES, *BESIDE) if _is_too_long(path)}
    assert found == set(LONG)


def test_data_flows_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    "path", [p for p in python_files("dispatch", "geo", "notifications") if p.stem == "service"], ids=named
)
def test_a_service_holds_no_sql(path: Path) -> None:
    assert not imported_names(path) & _SELECTS


@pytest.mark.parametrize("path", list(python_files("api")), ids=named)
def test_an_endpoint_holds_no_sql(path: Path) -> None:
    if path.stem == "endpoints" and path.parent.name != "health":
        assert not imported_names(path) & _SELECTS


@pytest.mark.parametrize("path", list(python_files("dispatch", "geo", "notifications", "api")), ids=named)
def test_only_the_edge_commits(path: Path) -> None:
    if COMMITTERS.fullmatch(named(path)):
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr != "commit", f"{named(path)}:{node.lineno}"


def test_nobody_names_a_file_utils_or_helpers() -> None:
    found = [named(p) for p in python_files(*PACKAGES, *BESIDE) if p.stem in ("utils", "helpers", "common", "misc")]
    assert found == []


@pytest.fixture(scope="module")
def scripts() -> ScriptDirectory:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)


class TestMigrations:
    def test_are_numbered_sentences_in_one_line(self, scripts: ScriptDirectory) -> None:
        revisions = list(reversed(list(scripts.walk_revisions())))
        for number, script in enumerate(revisions, start=1):
            assert script.revision == Path(script.path).stem
            assert re.fullmatch(rf"{number:04d}_[a-z]+(_[a-z0-9]+)+", script.revision)
            before = revisions[number - 2].revision if number > 1 else None
            assert script.down_revision == before

    def test_have_one_head(self, scripts: ScriptDirectory) -> None:
        assert len(scripts.get_heads()) == 1

    def test_do_not_wait_long_for_a_lock(self, scripts: ScriptDirectory) -> None:
        for script in scripts.walk_revisions():
            assert "lock_timeout" in Path(script.path).read_text(), script.revision

    def test_make_the_columns_that_are_mapped(self, engine: Engine) -> None:
        def compared(_: object, name: str | None, kind: str, reflected: bool, __: object) -> bool:
            return kind == "column" or (kind == "table" and (not reflected or name in Base.metadata.tables))

        options = {"compare_type": True, "include_object": compared, "target_metadata": Base.metadata}
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, Base.metadata) == []
