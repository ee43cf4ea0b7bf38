"""Who has just become available, for needs that are short of people"""

from alembic import op

revision = "0018_hear_at_once_who_is_there"
down_revision = "0017_share_one_incident_with_a_neighbour"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        -- no reference to responders: a line is read within a second and waits for nobody
        CREATE TABLE availabilities (
            id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            responder_id uuid NOT NULL,
            noted_at     timestamptz NOT NULL DEFAULT clock_timestamp()
        );

        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingan_app') THEN
                GRANT SELECT, INSERT, UPDATE, DELETE ON availabilities TO pingan_app;
            END IF;
        END $$;
        """
    )
