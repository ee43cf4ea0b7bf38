"""The whole database to one file and back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kit.cluster import Cluster
from kit.cluster.errors import BackupFailed
from kit.cluster.provision import APP, OWNER, autocommit
from kit.migrate import find_current, upgrade


@pytest.fixture(scope="module")
def migrated(cluster: Cluster) -> Cluster:
    upgrade(cluster.ensure().owner_url)
    with autocommit(cluster.ensure().dsn(OWNER)) as cursor:
        cursor.execute("CREATE TABLE scene (n int, point geography(Point))")
        cursor.execute("INSERT INTO scene VALUES (1, 'POINT(121.45 31.04)')")
    return cluster


def count(cluster: Cluster) -> int:
    with autocommit(cluster.ensure().dsn(APP)) as cursor:
        cursor.execute("SELECT count(*) FROM scene")
        [(found,)] = cursor.fetchall()
        return int(found)


def test_a_restored_database_is_what_it_was_at_the_backup(migrated: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "pingan.backup"
    revision = find_current(migrated.ensure().owner_url)
    size = migrated.backup(file)
    assert size == file.stat().st_size > 0
    with autocommit(migrated.ensure().dsn(APP)) as cursor:
        cursor.execute("INSERT INTO scene VALUES (2, NULL)")
    migrated.restore(file)
    assert count(migrated) == 1
    assert find_current(migrated.ensure().owner_url) == revision


def test_a_restored_database_still_lets_the_app_write_and_nobody_else_in(migrated: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "pingan.backup"
    migrated.backup(file)
    migrated.restore(file)
    with autocommit(migrated.ensure().dsn(OWNER)) as cursor:
        cursor.execute("CREATE TABLE after_restore (n int)")
    with autocommit(migrated.ensure().dsn(APP)) as cursor:
        cursor.execute("INSERT INTO after_restore VALUES (1)")
        cursor.execute("SELECT has_database_privilege('public', 'pingan', 'CONNECT')")
        assert cursor.fetchall() == [(False,)]
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'pingan%'")
        assert cursor.fetchall() == [(1,)]


def test_a_backup_is_for_its_owners_eyes_only(migrated: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "pingan.backup"
    migrated.backup(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_no_backup_changes_nothing(migrated: Cluster, tmp_path: Path) -> None:
    before = count(migrated)
    file = tmp_path / "letter.txt"
    file.write_text("Dear database")
    with pytest.raises(BackupFailed, match="not a backup"):
        migrated.restore(file)
    assert count(migrated) == before


def test_half_a_backup_changes_nothing(migrated: Cluster, tmp_path: Path) -> None:
    before = count(migrated)
    whole, half = tmp_path / "whole", tmp_path / "half"
    migrated.backup(whole)
    half.write_bytes(whole.read_bytes()[:-20_000])
    with pytest.raises(BackupFailed):
        migrated.restore(half)
    assert count(migrated) == before


def test_a_backup_into_a_folder_that_is_not_there_leaves_nothing(migrated: Cluster, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="no folder"):
        migrated.backup(tmp_path / "nowhere" / "file")
    assert list(tmp_path.iterdir()) == []
