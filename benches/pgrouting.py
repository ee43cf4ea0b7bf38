"""pgRouting in a private cluster, as a second engine: an extension of PostgreSQL, installed or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg2
from psycopg2.extras import execute_values

from geo.roads.graph import Graph
from kit.cluster import ClusterInfo
from kit.cluster.provision import SUPERUSER

_EDGES = "SELECT id, source, target, cost, reverse_cost FROM peer_streets"


class Peer:
    """Its own tables in the cluster's database; everything is dropped with the cluster."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def load(self, graph: Graph, means: str) -> None:
        """The streets of our graph, with the delay of the corner at which each ends; closed ways are negative."""
        pace = graph.paces[means]
        forward = np.where(np.isfinite(pace.forward), pace.forward + pace.delay[graph.v], -1.0)
        backward = np.where(np.isfinite(pace.backward), pace.backward + pace.delay[graph.u], -1.0)
        x, y = (graph.node_x[graph.u] / 1e7).tolist(), (graph.node_y[graph.u] / 1e7).tolist()
        rows = zip(
            range(graph.streets), graph.u.tolist(), graph.v.tolist(), forward.tolist(), backward.tolist(), x, y,
            strict=True,
        )  # fmt: skip
        with self.connection.cursor() as cursor:
            cursor.execute(
                "DROP TABLE IF EXISTS peer_streets; CREATE TABLE peer_streets (id bigint PRIMARY KEY, source bigint,"
                " target bigint, cost float8, reverse_cost float8, place geometry(Point, 4326))"
            )
            execute_values(
                cursor,
                "INSERT INTO peer_streets VALUES %s",
                rows,
                template="(%s, %s, %s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
                page_size=10_000,
            )
            cursor.execute("CREATE INDEX ON peer_streets USING gist (place); ANALYZE peer_streets")

    def costs(self, starts: Sequence[int], end: int, box: tuple[float, float, float, float] | None) -> dict[int, float]:
        """Seconds from each start that has a way to the end; ``box``: over the streets inside it only."""
        edges = _EDGES
        if box is not None:
            edges += " WHERE place && ST_MakeEnvelope({:f}, {:f}, {:f}, {:f}, 4326)".format(*box)
        return self.ask("SELECT start_vid, agg_cost FROM pgr_dijkstraCost(%s, %s, %s)", (edges, list(starts), end))

    def ask(self, query: str, values: tuple[Any, ...]) -> dict[int, float]:
        """Pairs of id and seconds."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return dict(cursor.fetchall())


def find_peer(info: ClusterInfo) -> Peer | None:
    """None: the extension is not installed on this machine."""
    connection = psycopg2.connect(**info.dsn(SUPERUSER))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pgrouting'")
        if not cursor.fetchone()[0]:
            connection.close()
            return None
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pgrouting")
    return Peer(connection)
