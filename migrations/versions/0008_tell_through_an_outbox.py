"""The outbox, deliveries per device, and the numbered feed of the live screens"""

from alembic import op

revision = "0008_tell_through_an_outbox"
down_revision = "0007_close_with_feedback"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE messages (
            id          uuid PRIMARY KEY,
            account_id  uuid NOT NULL REFERENCES accounts,
            kind        text NOT NULL,
            subject_id  uuid NOT NULL,
            station_id  uuid NOT NULL,
            urgent      boolean NOT NULL,
            created_at  timestamptz NOT NULL,
            expires_at  timestamptz NOT NULL,
            -- the ladder: which channel comes next, and when
            step        smallint NOT NULL DEFAULT 0,
            due_at      timestamptz,
            claimed_until timestamptz,
            received_at timestamptz,
            shown_at    timestamptz,
            recalled_at timestamptz
        );
        CREATE INDEX ix_messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX ix_messages_unseen ON messages (expires_at) WHERE shown_at IS NULL AND recalled_at IS NULL;
        CREATE INDEX ix_messages_account ON messages (account_id, created_at DESC);
        CREATE INDEX ix_messages_subject ON messages (subject_id);

        CREATE TABLE deliveries (
            id          uuid PRIMARY KEY,
            message_id  uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
            device_id   uuid REFERENCES devices,
            channel     text NOT NULL CHECK (channel IN ('socket', 'fcm', 'log')),
            state       text NOT NULL DEFAULT 'queued' CHECK (state IN
                ('queued', 'sent', 'received', 'shown', 'failed')),
            queued_at   timestamptz NOT NULL,
            sent_at     timestamptz,
            received_at timestamptz,
            shown_at    timestamptz,
            failed_at   timestamptz,
            error       text,
            attempts    smallint NOT NULL DEFAULT 0,
            UNIQUE NULLS NOT DISTINCT (message_id, device_id, channel)
        );

        CREATE TABLE feed_heads (
            audience text PRIMARY KEY,
            epoch    uuid NOT NULL,
            seq      bigint NOT NULL
        ) WITH (fillfactor = 50);
        CREATE TABLE feed_events (
            audience  text NOT NULL,
            seq       bigint NOT NULL,
            at        timestamptz NOT NULL,
            entity    text NOT NULL,
            entity_id uuid NOT NULL,
            value     jsonb,
            PRIMARY KEY (audience, seq)
        );
        CREATE INDEX bx_feed_events_at ON feed_events USING brin (at);
        """
    )
