"""Mutual aid: one incident opened to one neighbouring station, and what two stations have agreed upon beforehand"""

from alembic import op

revision = "0017_share_one_incident_with_a_neighbour"
down_revision = "0016_propose_swaps_on_the_way"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        -- 支援约定: what two leaders have signed for all cases within its limits
        CREATE TABLE pacts (
            id            uuid PRIMARY KEY,
            district_id   uuid NOT NULL,
            proposed_by_station_id uuid NOT NULL,
            other_station_id       uuid NOT NULL,
            state         text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'active', 'revoked')),
            limits        jsonb NOT NULL DEFAULT '{}',
            proposed_by   uuid NOT NULL REFERENCES accounts,
            proposed_at   timestamptz NOT NULL,
            signed_by     uuid REFERENCES accounts,
            signed_at     timestamptz,
            revoked_by    uuid REFERENCES accounts,
            revoked_by_station_id uuid,
            revoked_at    timestamptz,
            reason        text,
            version       integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, proposed_by_station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (district_id, other_station_id) REFERENCES stations (district_id, id),
            CHECK (proposed_by_station_id <> other_station_id),
            CHECK ((signed_by IS NULL) = (signed_at IS NULL)),
            -- nobody signs for both
            CHECK (signed_by <> proposed_by),
            CHECK (state <> 'active' OR signed_at IS NOT NULL),
            CHECK (state <> 'proposed' OR signed_at IS NULL),
            CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
            CHECK ((revoked_by IS NULL) = (revoked_at IS NULL)),
            CHECK (revoked_by_station_id IN (proposed_by_station_id, other_station_id))
        );
        CREATE UNIQUE INDEX ux_pacts_one_of_a_pair
            ON pacts (least(proposed_by_station_id, other_station_id),
                      greatest(proposed_by_station_id, other_station_id))
            WHERE state IN ('proposed', 'active');
        CREATE INDEX ix_pacts_other ON pacts (other_station_id) WHERE state IN ('proposed', 'active');
        CREATE TRIGGER pacts_guard_state BEFORE UPDATE OF state ON pacts
            FOR EACH ROW EXECUTE FUNCTION guard_state('pact');

        -- 邻所支援: one incident of one station, opened to one other, with both leaders' yes, until it ends
        CREATE TABLE aids (
            id                    uuid PRIMARY KEY,
            district_id           uuid NOT NULL,
            incident_id           uuid NOT NULL,
            requesting_station_id uuid NOT NULL,
            helping_station_id    uuid NOT NULL,
            state                 text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'active', 'declined',
                'lapsed', 'withdrawn', 'revoked', 'expired', 'finished')),
            -- view: they see it; assist: their people may be asked as well
            tier                  text NOT NULL CHECK (tier IN ('view', 'assist')),
            kinds                 text[] NOT NULL
                CHECK (kinds <@ ARRAY['guard', 'safe_house', 'patrol_unit'] AND cardinality(kinds) BETWEEN 0 AND 3),
            -- how many of them may hold an open order of it at once
            max_people            integer NOT NULL CHECK (max_people BETWEEN 1 AND 50),
            lasts_s               integer NOT NULL CHECK (lasts_s BETWEEN 600 AND 43200),
            reason                text NOT NULL,
            -- the machine asked: nobody of one's own was left
            automatic             boolean NOT NULL DEFAULT false,
            requested_by          uuid REFERENCES accounts,
            requested_at          timestamptz NOT NULL,
            consent_due_at        timestamptz NOT NULL,
            pact_id               uuid REFERENCES pacts,
            -- the yes of the requesting station (a) and of the helping one (b)
            approved_a_how        text CHECK (approved_a_how IN ('leader', 'pact', 'district')),
            approved_a_by         uuid REFERENCES accounts,
            approved_a_at         timestamptz,
            approved_b_how        text CHECK (approved_b_how IN ('leader', 'pact', 'district')),
            approved_b_by         uuid REFERENCES accounts,
            approved_b_at         timestamptz,
            -- the district's two persons, where it overrides a leader
            forced_first_by       uuid REFERENCES accounts,
            forced_second_by      uuid REFERENCES accounts,
            starts_at             timestamptz,
            ends_at               timestamptz,
            ended_at              timestamptz,
            ended_by              uuid REFERENCES accounts,
            end_reason            text,
            version               integer NOT NULL DEFAULT 1,
            FOREIGN KEY (requesting_station_id, incident_id) REFERENCES incidents (station_id, id),
            FOREIGN KEY (district_id, requesting_station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (district_id, helping_station_id) REFERENCES stations (district_id, id),
            UNIQUE (incident_id, id),
            CHECK (requesting_station_id <> helping_station_id),
            CHECK ((tier = 'assist') = (cardinality(kinds) > 0)),
            CHECK ((requested_by IS NULL) = automatic),
            CHECK (consent_due_at > requested_at),
            CHECK ((approved_a_how IS NULL) = (approved_a_at IS NULL)),
            CHECK ((approved_b_how IS NULL) = (approved_b_at IS NULL)),
            CHECK (approved_a_how IS DISTINCT FROM 'leader' OR approved_a_by IS NOT NULL),
            CHECK (approved_b_how IS DISTINCT FROM 'leader' OR approved_b_by IS NOT NULL),
            CHECK (NOT ('pact' IN (approved_a_how, approved_b_how)) OR pact_id IS NOT NULL),
            -- nobody says yes for both, and the district's two are two
            CHECK (approved_a_by <> approved_b_by),
            CHECK (forced_first_by <> forced_second_by),
            CHECK (NOT ('district' IN (approved_a_how, approved_b_how))
                OR (forced_first_by IS NOT NULL AND forced_second_by IS NOT NULL)),
            -- open only with both, and never without an end
            CHECK ((starts_at IS NULL) = (state IN ('requested', 'declined', 'lapsed', 'withdrawn'))),
            CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
            CHECK (starts_at IS NULL OR (approved_a_at IS NOT NULL AND approved_b_at IS NOT NULL)),
            CHECK (ends_at >= starts_at AND ends_at <= starts_at + interval '12 hours'),
            CHECK ((state IN ('requested', 'active')) = (ended_at IS NULL))
        );
        CREATE UNIQUE INDEX ux_aids_one_open ON aids (incident_id, helping_station_id)
            WHERE state IN ('requested', 'active');
        -- whoever asks whether an incident is open to him
        CREATE INDEX ix_aids_live ON aids (helping_station_id, incident_id) WHERE state = 'active';
        CREATE INDEX ix_aids_helping ON aids (helping_station_id, requested_at DESC);
        CREATE INDEX ix_aids_requesting ON aids (requesting_station_id, requested_at DESC);
        CREATE INDEX ix_aids_pact ON aids (pact_id) WHERE state IN ('requested', 'active');
        CREATE INDEX ix_aids_consent_due ON aids (consent_due_at) WHERE state = 'requested';
        CREATE INDEX ix_aids_ends ON aids (ends_at) WHERE state = 'active';
        CREATE TRIGGER aids_guard_state BEFORE UPDATE OF state ON aids
            FOR EACH ROW EXECUTE FUNCTION guard_state('aid');

        -- by which aid the person of another station came
        ALTER TABLE orders ADD COLUMN aid_id uuid;
        ALTER TABLE orders ADD CONSTRAINT orders_aid_of_the_incident
            FOREIGN KEY (incident_id, aid_id) REFERENCES aids (incident_id, id) NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT orders_aid_of_the_incident;
        CREATE INDEX ix_orders_aid ON orders (aid_id) WHERE aid_id IS NOT NULL;

        -- nobody of another station is sent without an aid that is open to him at that moment
        CREATE FUNCTION guard_foreign_order() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            person responders;
            aid aids;
        BEGIN
            SELECT * INTO person FROM responders WHERE id = NEW.responder_id;
            IF person.station_id = NEW.station_id AND NEW.aid_id IS NULL THEN
                RETURN NEW;
            END IF;
            -- held, so that two who ask at once count one after the other
            SELECT * INTO aid FROM aids WHERE id = NEW.aid_id FOR NO KEY UPDATE;
            IF aid.id IS NULL OR aid.state <> 'active' OR aid.tier <> 'assist'
                OR aid.helping_station_id <> person.station_id
                OR NOT person.kind = ANY (aid.kinds)
                OR NEW.offered_at < aid.starts_at OR NEW.offered_at >= aid.ends_at
                OR (SELECT count(*) FROM orders o WHERE o.aid_id = aid.id AND o.state IN
                    ('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived')) >= aid.max_people
            THEN
                RAISE EXCEPTION 'no aid lets this station''s incident have that responder'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'guard_foreign_order';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER orders_guard_foreign BEFORE INSERT ON orders
            FOR EACH ROW EXECUTE FUNCTION guard_foreign_order();

        ALTER TABLE alarms DROP CONSTRAINT alarms_kind_check;
        ALTER TABLE alarms ADD CONSTRAINT alarms_kind_check CHECK (kind IN
            ('helpers_short', 'police_short', 'sos', 'unreceived', 'undispatched', 'boundary', 'aid_lapsed'));

        INSERT INTO state_transitions (machine, source, target) VALUES
            ('aid', 'requested', 'active'),
            ('aid', 'requested', 'declined'),
            ('aid', 'requested', 'lapsed'),
            ('aid', 'requested', 'withdrawn'),
            ('aid', 'active', 'revoked'),
            ('aid', 'active', 'expired'),
            ('aid', 'active', 'finished'),
            ('pact', 'proposed', 'active'),
            ('pact', 'proposed', 'revoked'),
            ('pact', 'active', 'revoked');

        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingan_app') THEN
                GRANT SELECT, INSERT, UPDATE ON aids, pacts TO pingan_app;
                REVOKE DELETE ON aids, pacts FROM pingan_app;
            END IF;
        END $$;
        """
    )
