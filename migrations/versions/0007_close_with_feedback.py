"""The officer's form and ratings, appeals, the leader's review"""

from alembic import op

revision = "0007_close_with_feedback"
down_revision = "0006_give_one_live_order_per_responder"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE feedback_forms (
            id             uuid PRIMARY KEY,
            incident_id    uuid NOT NULL UNIQUE REFERENCES incidents,
            station_id     uuid NOT NULL REFERENCES stations,
            officer_id     uuid NOT NULL REFERENCES accounts,
            result_code    text NOT NULL,
            text           text NOT NULL,
            departed_at    timestamptz,
            arrived_at     timestamptz,
            handled_at     timestamptz NOT NULL,
            officers       integer NOT NULL DEFAULT 1 CHECK (officers >= 0),
            vehicles       integer NOT NULL DEFAULT 0 CHECK (vehicles >= 0),
            people_helped  integer NOT NULL DEFAULT 0 CHECK (people_helped >= 0),
            people_injured integer NOT NULL DEFAULT 0 CHECK (people_injured >= 0),
            people_dead    integer NOT NULL DEFAULT 0 CHECK (people_dead >= 0),
            people_caught  integer NOT NULL DEFAULT 0 CHECK (people_caught >= 0),
            handed_over_to text,
            submitted_at   timestamptz NOT NULL,
            editable_until timestamptz NOT NULL,
            version        integer NOT NULL DEFAULT 1
        );

        CREATE TABLE ratings (
            id                   uuid PRIMARY KEY,
            order_id             uuid NOT NULL UNIQUE REFERENCES orders,
            incident_id          uuid NOT NULL REFERENCES incidents,
            station_id           uuid NOT NULL REFERENCES stations,
            organization_id      uuid NOT NULL REFERENCES organizations,
            responder_id         uuid NOT NULL REFERENCES responders,
            rated_account_id     uuid NOT NULL REFERENCES accounts,
            officer_id           uuid NOT NULL REFERENCES accounts,
            -- "not seen" and "not needed" are not "bad": they carry no score
            outcome              text NOT NULL CHECK (outcome IN ('seen', 'not_seen', 'not_needed')),
            arrived              boolean,
            helped               boolean,
            followed_instruction boolean,
            safe                 boolean,
            score                smallint CHECK (score BETWEEN 1 AND 5),
            tags                 text[] NOT NULL DEFAULT '{}',
            text                 text NOT NULL DEFAULT '',
            made_at              timestamptz NOT NULL,
            editable_until       timestamptz NOT NULL,
            version              integer NOT NULL DEFAULT 1,
            CHECK (rated_account_id <> officer_id),
            CHECK ((outcome = 'seen') = (score IS NOT NULL)),
            CHECK ((outcome = 'seen') = (arrived IS NOT NULL AND helped IS NOT NULL
                AND followed_instruction IS NOT NULL AND safe IS NOT NULL))
        );
        CREATE INDEX ix_ratings_incident ON ratings (incident_id);
        CREATE INDEX ix_ratings_rated ON ratings (rated_account_id, made_at DESC);

        CREATE TABLE appeals (
            id         uuid PRIMARY KEY,
            rating_id  uuid NOT NULL UNIQUE REFERENCES ratings,
            station_id uuid NOT NULL REFERENCES stations,
            account_id uuid NOT NULL REFERENCES accounts,
            text       text NOT NULL,
            made_at    timestamptz NOT NULL,
            outcome    text CHECK (outcome IN ('kept', 'corrected')),
            reply      text,
            settled_by uuid REFERENCES accounts,
            settled_at timestamptz,
            CHECK ((outcome IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (settled_by IS NULL)),
            CHECK (settled_by <> account_id)
        );
        CREATE INDEX ix_appeals_open ON appeals (station_id, made_at) WHERE settled_at IS NULL;

        CREATE TABLE reviews (
            id          uuid PRIMARY KEY,
            incident_id uuid NOT NULL REFERENCES incidents,
            station_id  uuid NOT NULL REFERENCES stations,
            leader_id   uuid NOT NULL REFERENCES accounts,
            decision    text NOT NULL CHECK (decision IN ('approved', 'returned')),
            reason      text NOT NULL DEFAULT '',
            at          timestamptz NOT NULL,
            CHECK (decision = 'approved' OR reason <> '')
        );
        CREATE INDEX ix_reviews_incident ON reviews (incident_id, at);
        """
    )
