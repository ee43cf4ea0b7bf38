"""The append-only record, idempotency keys, and what the role app may do"""

from alembic import op

revision = "0009_keep_a_record"
down_revision = "0008_tell_through_an_outbox"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE record_entries (
            id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at               timestamptz NOT NULL,
            action           text NOT NULL,
            subject_kind     text NOT NULL,
            subject_id       uuid,
            station_id       uuid,
            actor_role       text NOT NULL,
            actor_account_id uuid,
            request_id       text,
            reason           text,
            detail           jsonb NOT NULL DEFAULT '{}'
        );
        CREATE INDEX ix_record_entries_subject ON record_entries (subject_id, id);
        CREATE INDEX ix_record_entries_station ON record_entries (station_id, id DESC);
        CREATE TRIGGER record_entries_append_only BEFORE UPDATE OR DELETE ON record_entries
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER record_entries_never_emptied BEFORE TRUNCATE ON record_entries
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TABLE idempotency_keys (
            account_id  uuid NOT NULL REFERENCES accounts,
            key         text NOT NULL,
            route       text NOT NULL,
            fingerprint bytea NOT NULL,
            status      smallint NOT NULL,
            headers     jsonb NOT NULL DEFAULT '{}',
            body        jsonb,
            made_at     timestamptz NOT NULL,
            PRIMARY KEY (account_id, key)
        );
        CREATE INDEX bx_idempotency_keys_made_at ON idempotency_keys USING brin (made_at);

        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingan_app') THEN
                GRANT USAGE ON SCHEMA public TO pingan_app;
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pingan_app;
                GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO pingan_app;
                REVOKE UPDATE, DELETE ON record_entries, incident_milestones, order_milestones FROM pingan_app;
                REVOKE INSERT, UPDATE, DELETE ON state_transitions FROM pingan_app;
                REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM pingan_app;
                REVOKE ALL ON FUNCTION make_track_day(date), drop_track_days(date) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION make_track_day(date), drop_track_days(date) TO pingan_app;
                ALTER DEFAULT PRIVILEGES IN SCHEMA public
                    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pingan_app;
            END IF;
        END $$;
        """
    )
