"""kill -9 at any moment: nothing committed is lost, nothing rolled back is told."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.database import make_engine, make_session_factory
from tests.notifications.support import put
from tests.support.database import Clone
from tests.support.people import Login, guard, make_station

ROUNDS = 8
ROOT = Path(__file__).resolve().parents[2]


def _start(url: str, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.notifications.relay_program", url, str(path)], cwd=ROOT)


def _write_some(session: Session, person: Login, chance: random.Random, committed: set[str]) -> set[str]:
    """Thirty messages, due at once; a tenth of the transactions is rolled back. Returns those."""
    gone = set()
    for _ in range(30):
        # the rung that the relay climbs lies in the past
        message_id = str(put(session, person, at=datetime.now(UTC) - timedelta(seconds=10)).id)
        if chance.random() < 0.1:
            session.rollback()
            gone.add(message_id)
        else:
            session.commit()
            committed.add(message_id)
    return gone


def test_killed_relays_lose_nothing_and_invent_nothing(committed_clone: Clone, tmp_path: Path) -> None:
    engine = make_engine(committed_clone.app_url, pool_size=2)
    chance, told_file = random.Random(7), tmp_path / "told"
    committed: set[str] = set()
    rolled_back: set[str] = set()
    relays = [_start(committed_clone.app_url, told_file) for _ in range(2)]
    try:
        with make_session_factory(engine)() as session:
            person = guard(session, make_station(session))
            session.commit()
            while not told_file.exists():
                time.sleep(0.05)
            for number in range(ROUNDS):
                rolled_back |= _write_some(session, person, chance, committed)
                # long enough for the other one to have come up and be at work
                time.sleep(chance.uniform(0.3, 0.9))
                relays[number % 2].kill()
                relays[number % 2].wait()
                relays[number % 2] = _start(committed_clone.app_url, told_file)
            for _ in range(300):
                session.rollback()
                if session.execute(text("SELECT count(*) FROM messages WHERE due_at IS NOT NULL")).scalar() == 0:
                    break
                time.sleep(0.05)
    finally:
        for relay in relays:
            relay.kill()
            relay.wait()
        engine.dispose()
    told = told_file.read_text().split()
    assert committed - set(told) == set(), "lost"
    assert set(told) - committed == set(), "phantoms"
    assert not rolled_back & set(told)
    assert len(rolled_back) > 5
    # told twice is allowed after a kill, and the id says that it is the same message
    assert len(told) - len(set(told)) <= ROUNDS * 20
