"""What the people of an incident write to each other, and who has seen what is urgent"""

from alembic import op

revision = "0015_talk_about_an_incident"
down_revision = "0014_give_each_command_room_a_number"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE chat_lines (
            id          uuid PRIMARY KEY,
            incident_id uuid NOT NULL,
            station_id  uuid NOT NULL,
            account_id  uuid NOT NULL REFERENCES accounts,
            at          timestamptz NOT NULL,
            text        text NOT NULL CHECK (text <> ''),
            urgent      boolean NOT NULL,
            readers     text NOT NULL CHECK (readers IN ('everybody', 'police')),
            FOREIGN KEY (station_id, incident_id) REFERENCES incidents (station_id, id)
        );
        CREATE INDEX ix_chat_lines_incident ON chat_lines (incident_id, at, id);
        CREATE INDEX bx_chat_lines_at ON chat_lines USING brin (at);

        -- told_at: he was asked to say that he has seen an urgent line; NULL: he said so unasked
        CREATE TABLE chat_receipts (
            line_id    uuid NOT NULL REFERENCES chat_lines ON DELETE CASCADE,
            account_id uuid NOT NULL REFERENCES accounts,
            told_at    timestamptz,
            seen_at    timestamptz,
            PRIMARY KEY (line_id, account_id),
            CHECK (told_at IS NOT NULL OR seen_at IS NOT NULL)
        );

        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingan_app') THEN
                GRANT SELECT, INSERT, UPDATE, DELETE ON chat_lines, chat_receipts TO pingan_app;
            END IF;
        END $$;
        """
    )
