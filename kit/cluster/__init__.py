"""A private PostgreSQL + PostGIS server in the data folder, for installations without one of their own.

``Cluster(home).ensure()`` is enough for most callers: it finds (or installs) the server's programs, makes
the data folder once, starts the server on a socket that only this installation can open, and gives the
URLs of the roles.
"""

from __future__ import annotations

from kit.cluster.cluster import Cluster, ClusterInfo
from kit.cluster.errors import (
    ClusterError,
    DataFolderUnreachable,
    ProgramsMissing,
    ServerRefusesToStart,
)

__all__ = [
    "Cluster",
    "ClusterError",
    "ClusterInfo",
    "DataFolderUnreachable",
    "ProgramsMissing",
    "ServerRefusesToStart",
]
