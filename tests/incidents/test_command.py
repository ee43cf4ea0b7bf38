"""``pingan import incidents`` and ``pingan webhook`` as somebody types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident, WebhookSource
from kit.database import make_engine
from kit.settings import CHECKOUT
from kit.tenancy import District, Station
from tests.support.database import Clone
from tests.support.people import make_district, make_station

COLUMNS = "lat,lon,type,time,township,address"


class Command:
    """The command line over a database of its own."""

    def __init__(self, clone: Clone, home: Path) -> None:
        self.engine = make_engine(clone.app_url)
        self.environment = {**os.environ, "PINGAN_DATABASE_URL": clone.app_url, "PINGAN_HOME": str(home)}
        with Session(self.engine, expire_on_commit=False) as session:
            self.district: District = make_district(session)
            self.station: Station = make_station(session, self.district)
            session.commit()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *words],
            cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def count(self) -> int:
        with Session(self.engine) as session:
            return session.scalars(select(func.count()).select_from(Incident)).one()


@pytest.fixture
def command(committed_clone: Clone, tmp_path: Path) -> Command:
    return Command(committed_clone, tmp_path)


def test_a_file_is_imported_once_and_a_faulty_one_not_at_all(command: Command, tmp_path: Path) -> None:
    good = "31.0467,121.4633,help.lost_person,2025-01-01 15:50,吴泾镇,剑川路"
    path = tmp_path / "calls.csv"
    path.write_text(f"{good}\n31.04,121.46,,2025-01-01 15:50,吴泾镇,剑川路\n", encoding="utf-8")
    words = ("import", "incidents", str(path), "--columns", COLUMNS, "--station", command.station.name)
    refused = command.run(*words)
    assert refused.returncode == 1
    assert "第 2 行：类型为空" in refused.stderr
    assert command.count() == 0
    path.write_text(good + "\n", encoding="utf-8")
    for known in (0, 1):
        done = command.run(*words)
        assert done.returncode == 0, done.stderr
        assert f"{known} known already" in done.stderr
    assert command.count() == 1


def test_it_is_said_what_is_missing(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("lat,lon,type,time\n", encoding="utf-8")
    for words, sentence in (
        ((), "--station NAME or --area-by-point"),
        (("--station", "无此所"), "no station of that name"),
        (("--area-by-point", "--district", "无此局"), "no district of that name"),
    ):
        refused = command.run("import", "incidents", str(path), *words)
        assert refused.returncode == 1
        assert sentence in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_source_is_let_in_with_a_secret_told_once_and_shut_out(command: Command) -> None:
    create = ("webhook", "create", "minhang-110", "--district", command.district.name)
    made = command.run(*create)
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.strip()) >= 40
    again = command.run(*create)
    assert (again.returncode, again.stdout) == (1, "")
    assert command.run("webhook", "revoke", "minhang-110").returncode == 0
    with Session(command.engine) as session:
        assert [source.active for source in session.scalars(select(WebhookSource))] == [False]
