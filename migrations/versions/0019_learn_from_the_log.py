"""What a station learned from its log, how sure a need wants to be, and whether a phone is still there"""

from alembic import op

revision = "0019_learn_from_the_log"
down_revision = "0018_hear_at_once_who_is_there"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        -- one row a station, so that dispatch reads one; made anew by the worker
        CREATE TABLE calibrations (
            station_id  uuid PRIMARY KEY REFERENCES stations,
            version     integer NOT NULL CHECK (version >= 1),
            made_at     timestamptz NOT NULL,
            since       timestamptz NOT NULL,
            log_rows    integer NOT NULL CHECK (log_rows >= 0),
            experience  jsonb NOT NULL,
            reliability jsonb NOT NULL
        );

        -- NULL: as many are asked as the alert factor says
        ALTER TABLE needs ADD COLUMN target_chance double precision CHECK (target_chance > 0 AND target_chance <= 1);
        ALTER TABLE needs ADD COLUMN within_s integer CHECK (within_s BETWEEN 1 AND 3600);

        -- since when the newest live socket stands, and when the last one was lost
        ALTER TABLE devices ADD COLUMN connected_at timestamptz;
        ALTER TABLE devices ADD COLUMN lost_at timestamptz;

        -- how often somebody was asked lately, and when he last came back
        CREATE INDEX ix_orders_responder ON orders (responder_id, offered_at DESC);
        -- who has been at this place before
        CREATE INDEX gx_incidents_position ON incidents USING gist (position);
        """
    )
