"""Swaps proposed while people travel, and how far each has come"""

from alembic import op

revision = "0016_propose_swaps_on_the_way"
down_revision = "0015_talk_about_an_incident"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        -- how near somebody with a live order has come, and when he last came nearer: a distance, no position
        CREATE TABLE travel_progress (
            order_id      uuid PRIMARY KEY REFERENCES orders,
            -- the scene may move, and his own steps count as well
            order_version integer NOT NULL,
            nearest_m     real NOT NULL,
            progressed_at timestamptz NOT NULL,
            looked_at     timestamptz
        );

        CREATE TABLE swap_proposals (
            id              uuid PRIMARY KEY,
            district_id     uuid NOT NULL,
            station_id      uuid NOT NULL,
            incident_id     uuid NOT NULL,
            order_id        uuid NOT NULL REFERENCES orders,
            responder_id    uuid NOT NULL REFERENCES responders,
            to_responder_id uuid NOT NULL REFERENCES responders,
            state           text NOT NULL DEFAULT 'proposed'
                CHECK (state IN ('proposed', 'accepted', 'dismissed', 'lapsed', 'done')),
            cause           text NOT NULL CHECK (cause IN ('nearer', 'stalled', 'silent')),
            -- seconds until the one who goes, and the other, would be there
            expected_s      real NOT NULL,
            eta_s           real NOT NULL,
            inputs          jsonb NOT NULL,
            proposed_at     timestamptz NOT NULL,
            lapses_at       timestamptz NOT NULL,
            decided_at      timestamptz,
            -- NULL: the machine, as the scenario says
            decided_by      uuid REFERENCES accounts,
            new_order_id    uuid REFERENCES orders,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (station_id, incident_id) REFERENCES incidents (station_id, id),
            CHECK (responder_id <> to_responder_id),
            CHECK ((state IN ('accepted', 'done')) <= (new_order_id IS NOT NULL)),
            CHECK ((state = 'proposed') = (decided_at IS NULL))
        );
        CREATE UNIQUE INDEX ux_swap_proposals_one_open_per_order ON swap_proposals (order_id) WHERE state = 'proposed';
        CREATE INDEX ix_swap_proposals_order ON swap_proposals (order_id, proposed_at);
        CREATE INDEX ix_swap_proposals_station ON swap_proposals (station_id, proposed_at DESC, id);
        CREATE INDEX ix_swap_proposals_going_on ON swap_proposals (id) WHERE state IN ('proposed', 'accepted');
        CREATE TRIGGER swap_proposals_guard_state BEFORE UPDATE OF state ON swap_proposals
            FOR EACH ROW EXECUTE FUNCTION guard_state('swap');

        INSERT INTO state_transitions (machine, source, target)
        SELECT 'swap', source, target FROM (VALUES
            ('proposed', '{accepted,dismissed,lapsed}'),
            ('accepted', '{done,lapsed}')
        ) AS t (source, targets), unnest(targets::text[]) AS target;
        """
    )
