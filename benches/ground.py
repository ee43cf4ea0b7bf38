"""Where a bench measures: a durable cluster of this run alone, migrated, and gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.cluster import Cluster, ClusterInfo
from kit.migrate import upgrade


@contextmanager
def private_cluster() -> Iterator[ClusterInfo]:
    """A running cluster with the present migrations."""
    home = Path(tempfile.mkdtemp(prefix="pingan-bench-"))
    # the server runs as somebody else, who has to get in
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        cluster.start()
        info = cluster.find_info()
        assert info is not None
        upgrade(info.owner_url)
        yield info
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)
