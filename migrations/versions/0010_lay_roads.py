"""Road networks and their ways; the arrays for searching lie in a file that the current network names"""

from alembic import op

revision = "0010_lay_roads"
down_revision = "0009_keep_a_record"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE road_networks (
            id            uuid PRIMARY KEY,
            imported_at   timestamptz NOT NULL,
            source        text NOT NULL,
            attribution   text NOT NULL,
            file_digest   text NOT NULL CHECK (file_digest ~ '^[0-9a-f]{64}$'),
            current       boolean NOT NULL,
            ways          integer NOT NULL CHECK (ways > 0),
            walk_nodes    integer NOT NULL,
            walk_streets  integer NOT NULL,
            drive_nodes   integer NOT NULL,
            drive_streets integer NOT NULL,
            demo          boolean NOT NULL DEFAULT false
        );
        -- whoever asks for the way takes this one; there is never a second
        CREATE UNIQUE INDEX ux_road_networks_current ON road_networks (current) WHERE current;

        CREATE TABLE road_ways (
            network_id uuid NOT NULL REFERENCES road_networks ON DELETE CASCADE,
            osm_id     bigint NOT NULL,
            piece      smallint NOT NULL,
            kind       text NOT NULL,
            name       text,
            foot       boolean NOT NULL,
            car        boolean NOT NULL,
            private    boolean NOT NULL,
            oneway     smallint NOT NULL CHECK (oneway IN (-1, 0, 1)),
            car_kmh    double precision CHECK (car_kmh > 0),
            bridge     boolean NOT NULL,
            tunnel     boolean NOT NULL,
            line       geometry(LineString, 4326) NOT NULL,
            PRIMARY KEY (network_id, osm_id, piece),
            CHECK (foot OR car)
        );
        CREATE INDEX gx_road_ways_named ON road_ways USING gist (line) WHERE name IS NOT NULL;

        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingan_app') THEN
                GRANT SELECT, INSERT, UPDATE, DELETE ON road_networks, road_ways TO pingan_app;
            END IF;
        END $$;
        """
    )
