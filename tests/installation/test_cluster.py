"""The private server as an installation has it: closed, checked, and with no more rights than needed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psycopg2
import pytest

from kit.cluster import Cluster, ClusterInfo
from kit.cluster.process import find_running
from kit.cluster.provision import APP, OWNER, ROLES, SUPERUSER, autocommit


@pytest.fixture(scope="module")
def info(cluster: Cluster) -> ClusterInfo:
    return cluster.ensure()


def ask(info: ClusterInfo, role: str, question: str) -> list[tuple[object, ...]]:
    with autocommit(info.dsn(role)) as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


class TestWhatIsMade:
    def test_pages_carry_checksums(self, info: ClusterInfo) -> None:
        assert ask(info, SUPERUSER, "SHOW data_checksums") == [("on",)]

    def test_it_listens_on_no_network_address(self, info: ClusterInfo) -> None:
        assert ask(info, SUPERUSER, "SHOW listen_addresses") == [("",)]

    def test_a_commit_waits_for_the_disk(self, info: ClusterInfo) -> None:
        assert ask(info, SUPERUSER, "SELECT current_setting('fsync'), current_setting('synchronous_commit')") == [
            ("on", "on")
        ]

    def test_text_is_utf8_and_sorts_the_same_everywhere(self, info: ClusterInfo) -> None:
        [(encoding, collation)] = ask(
            info,
            SUPERUSER,
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = 'pingan'",
        )
        assert (encoding, collation) == ("UTF8", "C")

    def test_chinese_street_names_have_trigrams(self, info: ClusterInfo) -> None:
        [(trigrams,)] = ask(info, APP, "SELECT show_trgm('剑川路')")
        assert len(trigrams) >= 4  # type: ignore[arg-type]

    def test_making_it_again_changes_nothing(self, cluster: Cluster, info: ClusterInfo) -> None:
        again = cluster.ensure()
        assert not again.started
        assert again.app_url == info.app_url


class TestWhoMayWhat:
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to drop")
    def test_root_runs_the_server_as_somebody_else(self, cluster: Cluster, info: ClusterInfo) -> None:
        running = find_running(cluster.data)
        assert running is not None
        assert os.stat(f"/proc/{running.pid}").st_uid != 0

    def test_the_socket_is_closed_to_other_users(self, info: ClusterInfo) -> None:
        assert stat.S_IMODE(info.socket_folder.stat().st_mode) == 0o700

    def test_passwords_are_readable_for_the_installer_alone(self, cluster: Cluster) -> None:
        files = list((cluster.folder / "passwords").iterdir())
        assert {file.name for file in files} == set(ROLES)
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}

    def test_nobody_gets_in_without_the_password(self, info: ClusterInfo) -> None:
        for role in ROLES:
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(**info.dsn(role) | {"password": "wrong"})

    def test_neither_owner_nor_app_is_more_than_it_must_be(self, info: ClusterInfo) -> None:
        rights = ask(
            info,
            SUPERUSER,
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname IN ('pingan_owner', 'pingan_app') ORDER BY rolname DESC",
        )
        assert rights == [(OWNER, *[False] * 5), (APP, *[False] * 5)]

    def test_the_app_writes_rows_and_changes_no_table(self, info: ClusterInfo) -> None:
        with autocommit(info.dsn(OWNER)) as cursor:
            cursor.execute("CREATE TABLE diary (n int)")
        with autocommit(info.dsn(APP)) as cursor:
            cursor.execute("INSERT INTO diary VALUES (1)")
            for forbidden in (
                "ALTER TABLE diary ADD m int",
                "DROP TABLE diary",
                "TRUNCATE diary",
                "CREATE TABLE mine (n int)",
                "CREATE EXTENSION hstore",
                "ALTER ROLE pingan_app SUPERUSER",
            ):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(forbidden)

    def test_the_urls_show_no_password_when_printed(self, info: ClusterInfo) -> None:
        assert info.passwords[APP] not in repr(info)


class TestTheLog:
    def test_no_value_of_a_failed_statement_reaches_the_log(self, cluster: Cluster, info: ClusterInfo) -> None:
        with autocommit(info.dsn(OWNER)) as cursor:
            cursor.execute("CREATE TABLE callers (phone text PRIMARY KEY CHECK (length(phone) = 11))")
        with autocommit(info.dsn(APP)) as cursor:
            cursor.execute("INSERT INTO callers VALUES (%s)", ("13800000001",))
            for values, statement in (
                (("13800000001",), "INSERT INTO callers VALUES (%s)"),
                (("1380000000199",), "INSERT INTO callers VALUES (%s)"),
                (("13800000001x",), "SELECT %s::bigint"),
            ):
                with pytest.raises(psycopg2.Error):
                    cursor.execute(statement, values)
        written = "".join(file.read_text() for file in cluster.logs.iterdir())
        assert "ready to accept connections" in written
        assert "13800000001" not in written


class TestStoppingAndStarting:
    def test_what_was_committed_is_there_after_a_restart(self, cluster: Cluster, info: ClusterInfo) -> None:
        with autocommit(info.dsn(OWNER)) as cursor:
            cursor.execute("CREATE TABLE kept (n int)")
            cursor.execute("INSERT INTO kept VALUES (7)")
        assert cluster.stop()
        assert not cluster.is_running()
        assert not cluster.stop()
        assert cluster.start().started
        assert ask(info, OWNER, "SELECT n FROM kept") == [(7,)]

    def test_the_urls_are_known_while_it_is_stopped(self, cluster: Cluster, info: ClusterInfo) -> None:
        cluster.stop()
        found = cluster.find_info()
        cluster.start()
        assert found is not None
        assert found.app_url == info.app_url

    def test_before_it_is_made_there_are_no_urls(self, tmp_path: Path) -> None:
        assert Cluster(tmp_path / "nowhere").find_info() is None
