"""A server that is not ours: a container's, or the one of a district."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from cli.installation import has_outside_server, running_database
from kit.cluster import Cluster, ClusterInfo
from kit.cluster.backup import client_environment
from kit.cluster.provision import APP, DATABASE_SQL, OWNER, SUPERUSER, autocommit
from kit.migrate import find_current, find_head, upgrade
from kit.settings import CHECKOUT, get_settings


@pytest.fixture
def bare(cluster: Cluster) -> ClusterInfo:
    """A server as the postgis image leaves it: a superuser, an empty database, none of our roles."""
    info = cluster.ensure()
    with autocommit(info.dsn(SUPERUSER, "postgres")) as cursor:
        cursor.execute("DROP DATABASE pingan WITH (FORCE)")
        for role in (OWNER, APP):
            cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        cursor.execute("CREATE DATABASE pingan")
    return info


def test_the_containers_script_gives_the_same_rights(bare: ClusterInfo) -> None:
    environment = client_environment(bare.dsn(SUPERUSER)) | {
        "POSTGRES_USER": SUPERUSER,
        "POSTGRES_DB": "pingan",
        "PINGAN_OWNER_PASSWORD": bare.passwords[OWNER],
        "PINGAN_APP_PASSWORD": bare.passwords[APP],
        "PINGAN_DATABASE_SQL": str(DATABASE_SQL),
    }
    script = CHECKOUT / "kit" / "cluster" / "container-roles.sh"
    subprocess.run([script], env=environment, check=True, capture_output=True)
    upgrade(bare.owner_url)
    assert find_current(bare.app_url) == find_head()
    with autocommit(bare.dsn(APP)) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE mine (n int)")


def test_an_outside_server_is_used_and_no_private_one_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path))
    monkeypatch.setenv("PINGAN_DATABASE_URL", "postgres://app@somewhere/pingan")
    get_settings.cache_clear()
    try:
        assert has_outside_server()
        with running_database() as settings:
            assert settings.database_url == "postgresql+psycopg2://app@somewhere/pingan"
        assert os.listdir(tmp_path) == []
    finally:
        get_settings.cache_clear()


def test_the_compose_file_logs_as_little_as_the_private_server() -> None:
    from kit.cluster import configuration

    text = (CHECKOUT / "compose.yaml").read_text()
    ours = configuration.render(socket_folder=Path("/s"), port=5432, durable=True, log_folder=Path("/l"))
    for name in (
        "log_min_messages",
        "log_min_error_statement",
        "log_error_verbosity",
        "log_parameter_max_length",
        "log_parameter_max_length_on_error",
        "autovacuum_naptime",
    ):
        [value] = [line.split("'")[1] for line in ours.splitlines() if line.startswith(f"{name} =")]
        assert f"-c{name}={value}\n" in text
