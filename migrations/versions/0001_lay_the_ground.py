"""Extensions, and the one function that keeps every state machine on its table"""

from alembic import op

revision = "0001_lay_the_ground"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';
        CREATE EXTENSION IF NOT EXISTS postgis;
        CREATE EXTENSION IF NOT EXISTS btree_gist;

        -- a revision is a sentence; 32 characters are too few for one
        ALTER TABLE alembic_version ALTER COLUMN version_num TYPE varchar(120);

        -- the transitions that the state tables in code allow; a test compares the two
        CREATE TABLE state_transitions (
            machine text NOT NULL,
            source  text NOT NULL,
            target  text NOT NULL,
            PRIMARY KEY (machine, source, target)
        );

        CREATE FUNCTION guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
                SELECT FROM state_transitions
                WHERE machine = TG_ARGV[0] AND source = OLD.state AND target = NEW.state
            ) THEN
                RAISE EXCEPTION '%: no way from % to %', TG_ARGV[0], OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'guard_state';
            END IF;
            RETURN NEW;
        END $$;

        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$;
        """
    )
