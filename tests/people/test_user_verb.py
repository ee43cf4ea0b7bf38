"""``pingan user`` as a program of its own, on a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from sqlalchemy import Engine, text

from tests.guards.tree import ROOT
from tests.support.database import Clone
from tests.support.people import DATA_KEY, TOKEN_KEY

FIRST = ("--district", "闵行分局", "--station", "吴泾派出所", "--code", "wujing", "--leader", "陈所长")


def _run(clone: Clone, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PINGAN_DATABASE_URL": clone.app_url,
        "PINGAN_TOKEN_KEY": TOKEN_KEY,
        "PINGAN_DATA_KEY": DATA_KEY,
    }
    command = [sys.executable, "-m", "cli", "user", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_first_leader_is_made_and_made_once(committed_clone: Clone, committed_database: Engine) -> None:
    first = _run(committed_clone, "bootstrap", *FIRST, "--phone", "13800000001")
    assert first.returncode == 0, first.stderr
    assert len(first.stdout.strip()) == 8
    again = _run(committed_clone, "bootstrap", *FIRST, "--phone", "13800000001")
    assert again.returncode == 0, again.stderr
    # he had not used the code: a new one, and the old one has ended
    assert again.stdout != first.stdout
    with committed_database.connect() as connection:
        counts = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM stations), (SELECT count(*) FROM accounts),"
                " (SELECT count(*) FROM onboarding_codes WHERE revoked_at IS NULL)"
            )
        ).one()
    assert tuple(counts) == (1, 1, 1)


def test_accounts_are_opened_listed_and_cut_off(committed_clone: Clone, committed_database: Engine) -> None:
    _run(committed_clone, "bootstrap", *FIRST, "--badge", "L001")
    made = _run(
        committed_clone,
        *("create", "--role", "officer", "--name", "王警官", "--phone", "13912345678"),
        *("--station", "wujing", "--password-stdin"),
        stdin="老槐树下 3 只猫\n",
    )
    assert (made.returncode, made.stdout) == (0, ""), made.stderr
    listed = _run(committed_clone, "list", "--station", "wujing").stdout
    assert "139****5678" in listed
    assert "13912345678" not in listed
    assert len(listed.splitlines()) == 2
    assert _run(committed_clone, "passwd", "L001", "--password-stdin", stdin="梧桐树下 5 只猫\n").returncode == 0
    assert len(_run(committed_clone, "code", "13912345678").stdout.strip()) == 8
    assert _run(committed_clone, "revoke", "13912345678", "--reason", "手机丢失").returncode == 0


def test_a_failure_is_one_sentence(committed_clone: Clone) -> None:
    unknown = _run(committed_clone, "code", "13912345678")
    assert unknown.returncode == 1
    assert unknown.stderr.strip() == "pingan: No account has this telephone number or badge number."
    homeless = _run(committed_clone, "create", "--role", "guard", "--name", "x", "--badge", "G001")
    assert homeless.returncode == 1
    assert "13912345678" not in unknown.stderr + homeless.stderr


def test_a_station_is_named_by_its_code_or_its_name_and_a_wrong_one_is_told_which_there_are(
    committed_clone: Clone, committed_database: Engine
) -> None:
    _run(committed_clone, "bootstrap", *FIRST, "--badge", "L001")
    person = ("create", "--role", "officer", "--name", "王警官", "--badge", "P001")
    refused = _run(committed_clone, *person, "--station", "梅陇")
    assert refused.returncode == 1
    assert "wujing (吴泾派出所)" in refused.stderr
    made = _run(committed_clone, *person, "--station", "吴泾派出所")
    assert made.returncode == 0, made.stderr
