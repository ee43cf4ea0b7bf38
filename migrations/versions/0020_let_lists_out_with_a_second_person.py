"""Exports: who asked for what and why, and who agreed where a list of people leaves the house"""

from alembic import op

revision = "0020_let_lists_out_with_a_second_person"
down_revision = "0019_learn_from_the_log"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE exports (
            id           uuid PRIMARY KEY,
            district_id  uuid NOT NULL,
            station_id   uuid NOT NULL,
            kind         text NOT NULL CHECK (kind IN ('closure', 'weekly', 'figures', 'roster')),
            format       text NOT NULL CHECK (format IN ('xlsx', 'pdf')),
            asked        jsonb NOT NULL,
            reason       text NOT NULL CHECK (reason <> ''),
            asked_by     uuid NOT NULL REFERENCES accounts,
            asked_at     timestamptz NOT NULL,
            needs_second boolean NOT NULL,
            decided_by   uuid REFERENCES accounts,
            decided_at   timestamptz,
            agreed       boolean,
            expires_at   timestamptz NOT NULL,
            taken        integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (agreed IS NULL)),
            -- two people, not one twice
            CHECK (decided_by <> asked_by),
            -- what needs a second person is not taken before he has agreed
            CHECK (taken = 0 OR NOT needs_second OR coalesce(agreed, false))
        );
        CREATE INDEX ix_exports_station ON exports (station_id, asked_at DESC, id);

        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingan_app') THEN
                GRANT SELECT, INSERT, UPDATE ON exports TO pingan_app;
            END IF;
        END $$;
        """
    )
