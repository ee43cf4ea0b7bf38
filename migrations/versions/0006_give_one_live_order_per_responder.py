"""Orders: a responder holds at most one that is open"""

from alembic import op

revision = "0006_give_one_live_order_per_responder"
down_revision = "0005_open_incidents"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE orders (
            id                uuid PRIMARY KEY,
            district_id       uuid NOT NULL,
            station_id        uuid NOT NULL,
            incident_id       uuid NOT NULL,
            need_id           uuid NOT NULL REFERENCES needs,
            responder_id      uuid NOT NULL REFERENCES responders,
            -- who answers for the responder while this order lives
            account_id        uuid NOT NULL REFERENCES accounts,
            organization_id   uuid NOT NULL REFERENCES organizations,
            mode              text NOT NULL CHECK (mode IN ('command', 'offer')),
            state             text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'received', 'shown',
                'accepted', 'en_route', 'arrived', 'completed', 'rated',
                'declined', 'expired', 'stood_down', 'cancelled', 'failed')),
            recommendation_id uuid REFERENCES recommendations,
            score             jsonb NOT NULL DEFAULT '{}',
            replaces_id       uuid REFERENCES orders,
            forced            boolean NOT NULL DEFAULT false,
            instruction       text NOT NULL,
            allowed_verbs     text[] NOT NULL,
            -- where to go: the scene, or the stand-off point of a dangerous one
            target            geography(Point, 4326) NOT NULL,
            stand_off_m       integer NOT NULL DEFAULT 0,
            checklist         jsonb NOT NULL DEFAULT '[]',
            photo_required    boolean NOT NULL DEFAULT false,
            offered_at        timestamptz NOT NULL,
            receipt_due_at    timestamptz,
            -- how often the next channel was tried for want of a receipt
            reminders         smallint NOT NULL DEFAULT 0,
            accept_due_at     timestamptz,
            ended_at          timestamptz,
            reason            text,
            -- where he was as he accepted, until he has left; a position is kept no longer than it serves
            accepted_from     geography(Point, 4326) CHECK (accepted_from IS NULL OR state = 'accepted'),
            arrival_seen_at   timestamptz,
            version           integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (station_id, incident_id) REFERENCES incidents (station_id, id),
            CHECK ((state IN ('completed', 'rated', 'declined', 'expired', 'stood_down', 'cancelled', 'failed'))
                = (ended_at IS NOT NULL)),
            CHECK (state <> 'declined' OR (mode = 'offer' AND reason IS NOT NULL))
        );
        -- never one guard in two places
        CREATE UNIQUE INDEX ux_orders_one_open_per_responder ON orders (responder_id)
            WHERE state IN ('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived');
        CREATE INDEX ix_orders_incident ON orders (incident_id);
        CREATE INDEX ix_orders_need ON orders (need_id);
        CREATE INDEX ix_orders_account ON orders (account_id, offered_at DESC);
        CREATE INDEX ix_orders_organization ON orders (organization_id, offered_at DESC);
        CREATE INDEX ix_orders_receipt_due ON orders (receipt_due_at) WHERE state = 'offered';
        CREATE INDEX ix_orders_accept_due ON orders (accept_due_at) WHERE state IN ('offered', 'received', 'shown');
        CREATE TRIGGER orders_guard_state BEFORE UPDATE OF state ON orders
            FOR EACH ROW EXECUTE FUNCTION guard_state('order');

        ALTER TABLE alarms ADD FOREIGN KEY (order_id) REFERENCES orders;

        CREATE TABLE order_milestones (
            order_id uuid NOT NULL REFERENCES orders,
            name     text NOT NULL CHECK (name IN ('offered', 'received', 'shown', 'accepted', 'en_route',
                'arrived', 'completed', 'rated', 'declined', 'expired', 'stood_down', 'cancelled', 'failed',
                'stand_down_received')),
            at       timestamptz NOT NULL,
            how      text NOT NULL CHECK (how IN ('measured', 'inferred', 'stated')),
            evidence jsonb NOT NULL DEFAULT '{}',
            PRIMARY KEY (order_id, name)
        );
        CREATE TRIGGER order_milestones_write_once BEFORE UPDATE OR DELETE ON order_milestones
            FOR EACH ROW EXECUTE FUNCTION refuse_change();

        CREATE TABLE reports (
            id         uuid PRIMARY KEY,
            order_id   uuid NOT NULL REFERENCES orders,
            account_id uuid NOT NULL REFERENCES accounts,
            at         timestamptz NOT NULL,
            text       text NOT NULL,
            checklist  jsonb NOT NULL DEFAULT '[]'
        );
        CREATE INDEX ix_reports_order ON reports (order_id, at);

        CREATE TABLE photos (
            id          uuid PRIMARY KEY,
            order_id    uuid NOT NULL REFERENCES orders,
            incident_id uuid NOT NULL REFERENCES incidents,
            account_id  uuid NOT NULL REFERENCES accounts,
            at          timestamptz NOT NULL,
            media_type  text NOT NULL,
            width_px    integer NOT NULL,
            height_px   integer NOT NULL,
            sha256      bytea NOT NULL,
            content     bytea NOT NULL,
            UNIQUE (order_id, sha256)
        );

        INSERT INTO state_transitions (machine, source, target)
        SELECT 'order', source, target FROM (VALUES
            ('offered', '{received,shown,accepted,declined,expired,stood_down,cancelled}'),
            ('received', '{shown,accepted,declined,expired,stood_down,cancelled}'),
            ('shown', '{accepted,declined,expired,stood_down,cancelled}'),
            ('accepted', '{en_route,arrived,completed,stood_down,cancelled,failed}'),
            ('en_route', '{arrived,completed,stood_down,cancelled,failed}'),
            ('arrived', '{completed,stood_down,cancelled,failed}'),
            ('completed', '{rated}')
        ) AS t (source, targets), unnest(targets::text[]) AS target;
        """
    )
