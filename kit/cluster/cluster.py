"""The private server as a whole: make, start, use, stop, back up, restore."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from kit.cluster import backup, configuration, process, provision
from kit.cluster.errors import ClusterError, DataFolderUnreachable
from kit.cluster.identity import ServerUser, can_traverse, server_user
from kit.cluster.locks import SharedLock, exclusive
from kit.cluster.packages import ensure_programs
from kit.cluster.programs import Programs, find_programs

PORT = 5432
#: the kernel takes 107 bytes for the path of a socket (104 on macOS); the file's own name needs 15
LONGEST_SOCKET_FOLDER = 85

Say = Callable[[str], None]


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True)
class ClusterInfo:
    """How to reach a running cluster. ``started`` is true when this call started it."""

    socket_folder: Path
    port: int
    passwords: dict[str, str] = field(repr=False)
    started: bool = False
    database: str = provision.DATABASE

    def url(self, role: str, database: str | None = None) -> str:
        """A SQLAlchemy URL for one of ``provision.ROLES``."""
        return URL.create(
            "postgresql+psycopg2",
            username=role,
            password=self.passwords[role],
            database=database or self.database,
            query={"host": str(self.socket_folder), "port": str(self.port)},
        ).render_as_string(hide_password=False)

    @property
    def app_url(self) -> str:
        """For the programs: reads and writes rows, changes no table."""
        return self.url(provision.APP)

    @property
    def owner_url(self) -> str:
        """For migrations."""
        return self.url(provision.OWNER)

    @property
    def superuser_url(self) -> str:
        """For backups and the tests' databases."""
        return self.url(provision.SUPERUSER)

    def dsn(self, role: str, database: str | None = None) -> dict[str, Any]:
        """The same for psycopg2 itself."""
        return {
            "host": str(self.socket_folder),
            "port": self.port,
            "user": role,
            "password": self.passwords[role],
            "dbname": database or self.database,
        }


class Cluster:
    """The server whose data are in ``<home>/<name>``. ``durable=False`` is for tests: fast, and lost with the power."""

    def __init__(self, home: Path, *, name: str = "cluster", durable: bool = True, say: Say = _silent) -> None:
        self.home = home.absolute()
        self.folder = self.home / name
        self.data = self.folder / "data"
        self.logs = self.folder / "log"
        self.durable = durable
        self._say = say
        self._passwords_folder = self.folder / "passwords"
        self._provisioned = self.folder / "provisioned"
        self._kept = self.folder / "keep-running"

    @classmethod
    def for_tests(cls, home: Path, say: Say = _silent) -> Cluster:
        """The tests' own server in the same data folder: never the one that holds somebody's data."""
        return cls(home, name="testing", durable=False, say=say)

    def exists(self) -> bool:
        """Whether it was made here before, in whole."""
        return (self.data / "PG_VERSION").exists() or self._provisioned.exists()

    def is_running(self) -> bool:
        """Whether its server is there (perhaps still recovering)."""
        return process.find_running(self.data) is not None

    def find_info(self) -> ClusterInfo | None:
        """How to reach it, without starting anything; None before it was made."""
        passwords = provision.read_passwords(self._passwords_folder) if self.folder.exists() else None
        if passwords is None:
            return None
        running = process.find_running(self.data)
        folder = running.socket_folder if running else self._socket_folder()
        return ClusterInfo(folder, running.port if running else PORT, passwords)

    def ensure(self) -> ClusterInfo:
        """Make it if it is not there, start it if it does not run. Any number of processes may call this at once."""
        user = server_user(self.data)
        self._make_folder(user)
        with exclusive(self.folder / "lock"):
            programs = ensure_programs(self.major(), self._say)
            self._create(programs, user)
            running, started = self._start(programs, user)
            passwords = provision.make_passwords(self._passwords_folder)
            info = ClusterInfo(running.socket_folder, running.port, passwords, started)
            self._provision(info, programs)
            return info

    def start(self) -> ClusterInfo:
        """Like ``ensure``, and it stays until ``stop``, whoever used it meanwhile."""
        with self.lease() as info:
            self._kept.touch()
            return info

    def stop(self) -> bool:
        """Stop it, in use or not. False if it was not running."""
        if not self.folder.exists():
            return False
        with exclusive(self.folder / "lock"):
            self._kept.unlink(missing_ok=True)
            return process.stop(self._find_programs(), self.data, server_user(self.data))

    @contextmanager
    def lease(self) -> Iterator[ClusterInfo]:
        """It runs inside this block. The last of all leases to end stops it, unless ``start`` asked it to stay."""
        self._make_folder(server_user(self.data))
        users = SharedLock(self.folder / "users.lock")
        try:
            yield self.ensure()
        finally:
            if not self._kept.exists() and users.is_last():
                with exclusive(self.folder / "lock"):
                    process.stop(self._find_programs(), self.data, server_user(self.data))
            users.release()

    def backup(self, file: Path) -> int:
        """Write the database to ``file`` while it is in use; the size in bytes."""
        with self.lease() as info:
            return backup.dump(self.programs(), info.dsn(provision.SUPERUSER), file.absolute())

    def restore(self, file: Path) -> None:
        """Replace the database by the one in ``file``. A file that cannot be read changes nothing."""
        with self.lease() as info:
            backup.load(self.programs(), info.dsn(provision.SUPERUSER), file.absolute())

    def programs(self) -> Programs:
        """The server's programs for these data, installed now if need be."""
        return ensure_programs(self.major(), self._say)

    def major(self) -> int | None:
        """The version that made the data folder, 15 for 15.x; None before it was made."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except PermissionError:
            raise DataFolderUnreachable(f"{self.data} belongs to somebody else.") from None
        except (FileNotFoundError, ValueError):
            return None

    def _find_programs(self) -> Programs | None:
        return find_programs(self.major())

    def _make_folder(self, user: ServerUser) -> None:
        mode = 0o711 if user.dropped else 0o700
        for folder in (self.home, self.folder):
            if not folder.exists():
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise DataFolderUnreachable(f"{folder} cannot be made: {error.strerror}.") from None
                # the caller's umask must not decide whether the server's user gets through
                folder.chmod(mode)
        if not can_traverse(user, self.folder):
            raise DataFolderUnreachable(
                f"The user {user.name}, as which the database server runs, cannot reach {self.folder}."
                " Choose another folder with PINGAN_HOME, or do not run as root."
            )
        if not os.access(self.folder, os.W_OK):
            raise DataFolderUnreachable(f"{self.folder} is not writable. Choose another folder with PINGAN_HOME.")

    def _create(self, programs: Programs, user: ServerUser) -> None:
        if (self.data / "PG_VERSION").exists() and (self.data / "global/pg_control").exists():
            return
        if self.data.exists():
            # not ours to throw away: somebody may still want to look into it
            aside = self.data.with_name(f"data.broken-{time.strftime('%Y%m%d-%H%M%S')}")
            self._say(f"the data folder is not whole; keeping it as {aside.name} and starting again")
            self.data.rename(aside)
        self._provisioned.unlink(missing_ok=True)
        partial = self.data.with_name("data.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        user.own(partial, 0o700)
        self._say(f"making the database in {self.data} (PostgreSQL {programs.major})")
        passwords = provision.make_passwords(self._passwords_folder)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=".pw", delete=True) as file:
            file.write(passwords[provision.SUPERUSER] + "\n")
            file.flush()
            user.own(Path(file.name), 0o600)
            command: list[str | Path] = [programs["initdb"], "-D", partial, "--username", provision.SUPERUSER]
            command += ["--pwfile", file.name, "--auth", "scram-sha-256", "--data-checksums"]
            command += ["--encoding", "UTF8", "--locale=C", f"--lc-ctype={_character_type()}"]
            if not self.durable:
                command.append("--no-sync")
            done = user.run(command, timeout_s=300, cwd=partial)
        if done.returncode:
            last = next((x for x in reversed(done.stdout.splitlines()) if "error" in x), done.stdout[-300:])
            raise ClusterError(f"The database could not be made ({last.strip()}).")
        with (partial / "postgresql.conf").open("a") as file:
            file.write("\n" + configuration.INCLUDE)
        partial.rename(self.data)

    def _start(self, programs: Programs, user: ServerUser) -> tuple[process.RunningServer, bool]:
        running = process.wait_ready(self.data)
        if running and running.reachable:
            return running, False
        if running:
            self._say("the server's socket has been taken away; starting the server again")
            process.stop(programs, self.data, user)
        self.logs.mkdir(exist_ok=True)
        user.own(self.logs, 0o700)
        socket_folder = self._make_socket_folder(user)
        text = configuration.render(socket_folder=socket_folder, port=PORT, durable=self.durable, log_folder=self.logs)
        for name, content in (("pingan.conf", text), ("pg_hba.conf", configuration.HBA)):
            path = self.data / name
            path.write_text(content)
            user.own(path, 0o600)
        self._say("starting the database server")
        return process.start(programs, self.data, user, self.logs / "start.log"), True

    def _provision(self, info: ClusterInfo, programs: Programs) -> None:
        stamp = hashlib.sha256(
            provision.DATABASE_SQL.read_bytes() + repr(sorted(info.passwords.items())).encode()
        ).hexdigest()
        superuser = info.dsn(provision.SUPERUSER)
        if not self._provisioned.exists() or self._provisioned.read_text().strip() != stamp:
            self._say("making roles, database and extensions")
            provision.provision_roles(superuser, info.passwords)
            provision.provision_database(superuser)
            provision.write_secret(self._provisioned, stamp)
        elif info.started:
            for name in provision.upgrade_extensions(superuser):
                self._say(f"brought the extension {name} to the version of the installed package")

    def _socket_folder(self) -> Path:
        inside = self.folder / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        short = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"pingan-{os.geteuid()}-{short}"

    def _make_socket_folder(self, user: ServerUser) -> Path:
        folder = self._socket_folder()
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if folder.is_symlink() or folder.stat().st_uid not in (user.uid, os.geteuid()):
            raise ClusterError(f"{folder} belongs to somebody else. Remove it, or choose a shorter PINGAN_HOME.")
        user.own(folder, 0o700)
        return folder


def _character_type() -> str:
    """A UTF-8 locale: with plain C, pg_trgm would take Chinese characters for punctuation and find nothing."""
    try:
        offered = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    except OSError:
        offered = []
    plain = {name.lower().replace("-", ""): name for name in offered}
    for wanted in ("c.utf8", "zh_cn.utf8", "en_us.utf8"):
        if wanted in plain:
            return plain[wanted]
    return next((name for key, name in plain.items() if key.endswith("utf8")), "C")
