"""A server whose making, running or machine was interrupted comes back by itself, or says what to do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit.cluster import Cluster, DataFolderUnreachable, ProgramsMissing, packages
from kit.cluster.process import find_running
from kit.cluster.provision import APP, OWNER, autocommit
from kit.settings import CHECKOUT


def answers(cluster: Cluster) -> bool:
    with autocommit(cluster.ensure().dsn(APP)) as cursor:
        cursor.execute("SELECT postgis_version()")
        return bool(cursor.fetchone())


class TestInterruptedMaking:
    def test_a_half_made_data_folder_is_made_again(self, home: Path) -> None:
        half = home / "cluster" / "data.partial"
        half.mkdir(parents=True)
        (home / "cluster").chmod(0o711)
        (half / "PG_VERSION").write_text("15\n")
        assert answers(Cluster(home))
        assert not half.exists()

    def test_a_data_folder_without_its_heart_is_kept_aside_and_made_again(self, home: Path) -> None:
        broken = home / "cluster" / "data"
        broken.mkdir(parents=True)
        (home / "cluster").chmod(0o711)
        (broken / "something").write_text("perhaps of value")
        assert answers(Cluster(home))
        [kept] = (home / "cluster").glob("data.broken-*")
        assert (kept / "something").read_text() == "perhaps of value"


class TestInterruptedRunning:
    def test_roles_that_were_not_finished_are_finished(self, cluster: Cluster) -> None:
        (cluster.folder / "provisioned").unlink()
        (cluster.folder / "passwords" / APP).unlink()
        assert answers(cluster)

    def test_a_pid_file_with_somebody_elses_number_does_not_keep_it_from_starting(self, cluster: Cluster) -> None:
        running = find_running(cluster.data)
        assert running is not None
        pid_file = (cluster.data / "postmaster.pid").read_text()
        cluster.stop()
        mine = pid_file.replace(str(running.pid), str(os.getpid()), 1)
        (cluster.data / "postmaster.pid").write_text(mine)
        (running.socket_folder / ".s.PGSQL.5432.lock").write_text(mine)
        assert not cluster.is_running()
        assert answers(cluster)

    def test_a_killed_server_recovers(self, cluster: Cluster) -> None:
        with autocommit(cluster.ensure().dsn(OWNER)) as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS before_the_crash (n int)")
        running = find_running(cluster.data)
        assert running is not None
        os.kill(running.pid, signal.SIGKILL)
        while cluster.is_running():
            time.sleep(0.01)
        with autocommit(cluster.ensure().dsn(OWNER)) as cursor:
            cursor.execute("SELECT count(*) FROM before_the_crash")

    def test_a_socket_that_a_cleaner_took_away_comes_back(self, cluster: Cluster) -> None:
        info = cluster.ensure()
        (info.socket_folder / ".s.PGSQL.5432").unlink()
        assert answers(cluster)


class TestWhatItCannotMend:
    def test_data_of_a_version_that_was_uninstalled_name_the_packages(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, home: Path
    ) -> None:
        monkeypatch.setattr(packages, "root_prefix", lambda: None)
        old = home / "cluster" / "data"
        (old / "global").mkdir(parents=True)
        (old / "global" / "pg_control").touch()
        (old / "PG_VERSION").write_text("12\n")
        (home / "cluster").chmod(0o711)
        with pytest.raises(ProgramsMissing, match=r"PostgreSQL 12.*postgresql-12-postgis-3"):
            Cluster(home).ensure()
        shutil.rmtree(old)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")
    def test_a_home_that_the_servers_user_cannot_reach_is_refused(self, home: Path) -> None:
        home.chmod(0o700)
        with pytest.raises(DataFolderUnreachable, match="PINGAN_HOME"):
            Cluster(home).ensure()

    def test_a_home_with_a_long_name_gets_its_socket_elsewhere(self, home: Path) -> None:
        deep = home / ("a-folder-whose-name-goes-on-and-on-" * 3)
        cluster = Cluster(deep)
        try:
            info = cluster.ensure()
            assert len(str(info.socket_folder)) < 100
            assert answers(cluster)
        finally:
            cluster.stop()
            shutil.rmtree(info.socket_folder)


class TestManyAtOnce:
    def test_processes_that_start_together_share_one_server(self, home: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from kit.cluster import Cluster;"
            " print(Cluster(Path(sys.argv[1])).ensure().started)"
        )
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        started = [
            subprocess.Popen([sys.executable, "-c", code, home], stdout=subprocess.PIPE, text=True, env=environment)
            for _ in range(3)
        ]
        answers = [process.communicate()[0].strip() for process in started]
        assert sorted(answers) == ["False", "False", "True"]

    def test_the_last_user_stops_what_a_user_started(self, home: Path) -> None:
        cluster = Cluster(home)
        with cluster.lease():
            with Cluster(home).lease():
                pass
            assert cluster.is_running()
        assert not cluster.is_running()

    def test_a_server_that_was_started_on_purpose_stays(self, home: Path) -> None:
        cluster = Cluster(home)
        cluster.start()
        with cluster.lease():
            pass
        assert cluster.is_running()
