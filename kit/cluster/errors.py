"""What can be wrong with the private server. Each sentence ends in what to do about it."""

from __future__ import annotations

from kit.errors import Unavailable


class ClusterError(Unavailable):
    """The private database server cannot be used."""

    slug, title, hint = "database-unavailable", "数据库不可用", "请运行 ./pingan doctor 查看原因。"


class ProgramsMissing(ClusterError):
    """PostgreSQL with PostGIS is not installed, and may not be installed from here.

    ``command`` is the line that an administrator has to run.
    """

    def __init__(self, detail: str, command: str) -> None:
        super().__init__(f"{detail} Run: {command}")
        self.command = command


class DataFolderUnreachable(ClusterError):
    """The database server's user cannot reach the data folder."""


class ServerRefusesToStart(ClusterError):
    """The database server does not start."""


class BackupFailed(ClusterError):
    """The backup could not be written or read."""
