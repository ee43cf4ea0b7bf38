"""Scenarios, incidents with their milestones and needs, recommendations, alarms"""

from alembic import op

revision = "0005_open_incidents"
down_revision = "0004_draw_areas_and_places"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE scenarios (
            id         uuid PRIMARY KEY,
            station_id uuid NOT NULL REFERENCES stations,
            key        text NOT NULL,
            version    integer NOT NULL CHECK (version >= 1),
            name       text NOT NULL,
            spec       jsonb NOT NULL,
            current    boolean NOT NULL,
            made_by    uuid REFERENCES accounts,
            made_at    timestamptz NOT NULL,
            UNIQUE (station_id, key, version)
        );
        CREATE UNIQUE INDEX ux_scenarios_one_current ON scenarios (station_id, key) WHERE current;

        CREATE TABLE webhook_sources (
            id          uuid PRIMARY KEY,
            district_id uuid NOT NULL REFERENCES districts,
            name        text NOT NULL UNIQUE,
            secret_box  bytea NOT NULL,
            active      boolean NOT NULL DEFAULT true,
            created_at  timestamptz NOT NULL
        );

        CREATE TABLE incidents (
            id                  uuid PRIMARY KEY,
            district_id         uuid NOT NULL,
            station_id          uuid NOT NULL,
            -- 接警单编号
            number              text NOT NULL,
            source              text NOT NULL CHECK (source IN ('manual', 'webhook', 'csv', 'panic', 'replay')),
            state               text NOT NULL DEFAULT 'received',
            category            text NOT NULL,
            type                text NOT NULL,
            subtype             text,
            level               smallint NOT NULL CHECK (level BETWEEN 1 AND 4),
            scenario_id         uuid NOT NULL REFERENCES scenarios,
            summary             text NOT NULL,
            address             text NOT NULL,
            place_id            uuid REFERENCES places ON DELETE SET NULL,
            position            geography(Point, 4326) NOT NULL,
            confidential_caller boolean NOT NULL DEFAULT false,
            caller_name_box     bytea,
            caller_phone_box    bytea,
            caller_phone_index  bytea,
            caller_phone_mask   text,
            occurred_at         timestamptz,
            received_at         timestamptz NOT NULL,
            ended_at            timestamptz,
            merged_into_id      uuid REFERENCES incidents,
            reopened            integer NOT NULL DEFAULT 0,
            drill               boolean NOT NULL DEFAULT false,
            demo                boolean NOT NULL DEFAULT false,
            made_by             uuid REFERENCES accounts,
            version             integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            UNIQUE (district_id, number),
            UNIQUE (station_id, id),
            CHECK (state IN ('received', 'dispatched', 'arrived', 'handled', 'feedback', 'closed',
                'cancelled', 'merged', 'unstaffed')),
            CHECK ((state = 'merged') = (merged_into_id IS NOT NULL)),
            CHECK (merged_into_id <> id),
            CHECK ((state IN ('closed', 'cancelled', 'merged', 'unstaffed')) = (ended_at IS NOT NULL))
        );
        CREATE INDEX ix_incidents_open ON incidents (station_id, received_at) WHERE ended_at IS NULL;
        CREATE INDEX ix_incidents_station ON incidents (station_id, received_at DESC, id);
        CREATE INDEX ix_incidents_caller ON incidents (caller_phone_index, received_at)
            WHERE caller_phone_index IS NOT NULL;
        CREATE INDEX gx_incidents_open ON incidents USING gist (position) WHERE ended_at IS NULL;
        CREATE TRIGGER incidents_guard_state BEFORE UPDATE OF state ON incidents
            FOR EACH ROW EXECUTE FUNCTION guard_state('incident');

        -- numbers of incidents that come without one: counted from the first of the day, gaps allowed,
        -- so that nobody waits for another's commit
        CREATE SEQUENCE incident_numbers AS bigint;
        CREATE TABLE incident_number_days (
            district_id uuid NOT NULL REFERENCES districts,
            day         date NOT NULL,
            base        bigint NOT NULL,
            PRIMARY KEY (district_id, day)
        );

        CREATE TABLE incident_milestones (
            incident_id uuid NOT NULL REFERENCES incidents,
            -- a reopened incident passes its milestones again
            round       integer NOT NULL,
            name        text NOT NULL CHECK (name IN ('received', 'dispatched', 'arrived', 'handled',
                'feedback', 'closed', 'cancelled', 'merged', 'unstaffed', 'reopened')),
            at          timestamptz NOT NULL,
            how         text NOT NULL CHECK (how IN ('measured', 'inferred', 'stated')),
            evidence    jsonb NOT NULL DEFAULT '{}',
            PRIMARY KEY (incident_id, round, name)
        );
        CREATE TRIGGER incident_milestones_write_once BEFORE UPDATE OR DELETE ON incident_milestones
            FOR EACH ROW EXECUTE FUNCTION refuse_change();

        CREATE TABLE incident_notes (
            id          uuid PRIMARY KEY,
            incident_id uuid NOT NULL REFERENCES incidents,
            account_id  uuid NOT NULL REFERENCES accounts,
            at          timestamptz NOT NULL,
            text        text NOT NULL
        );
        CREATE INDEX ix_incident_notes_incident ON incident_notes (incident_id, at);

        -- how many of whom; the row that an accept locks before it counts
        CREATE TABLE needs (
            id           uuid PRIMARY KEY,
            incident_id  uuid NOT NULL REFERENCES incidents,
            kind         text NOT NULL CHECK (kind IN ('guard', 'safe_house', 'patrol_unit')),
            mode         text NOT NULL CHECK (mode IN ('command', 'offer')),
            skills       text[] NOT NULL DEFAULT '{}',
            needed       integer NOT NULL CHECK (needed >= 1),
            accepted     integer NOT NULL DEFAULT 0 CHECK (accepted >= 0),
            alert_factor real NOT NULL CHECK (alert_factor >= 1),
            radius_m     integer NOT NULL CHECK (radius_m BETWEEN 50 AND 50000),
            widened      boolean NOT NULL DEFAULT false,
            receipt_s    integer NOT NULL CHECK (receipt_s BETWEEN 1 AND 3600),
            accept_s     integer NOT NULL CHECK (accept_s BETWEEN 1 AND 3600),
            state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'filled', 'short', 'closed')),
            opened_at    timestamptz NOT NULL,
            -- when to look again for somebody, while too few are asked
            retry_at     timestamptz,
            CHECK (accepted <= needed)
        );
        CREATE INDEX ix_needs_incident ON needs (incident_id);
        CREATE INDEX ix_needs_open ON needs (opened_at) WHERE state = 'open';
        CREATE INDEX ix_needs_retry ON needs (retry_at) WHERE retry_at IS NOT NULL;

        CREATE TABLE recommendations (
            id          uuid PRIMARY KEY,
            incident_id uuid NOT NULL REFERENCES incidents,
            need_id     uuid NOT NULL REFERENCES needs,
            made_at     timestamptz NOT NULL,
            made_by     uuid REFERENCES accounts,
            inputs      jsonb NOT NULL,
            result      jsonb NOT NULL
        );
        CREATE INDEX ix_recommendations_incident ON recommendations (incident_id, made_at);

        CREATE TABLE alarms (
            id              uuid PRIMARY KEY,
            station_id      uuid NOT NULL REFERENCES stations,
            incident_id     uuid NOT NULL REFERENCES incidents,
            order_id        uuid,
            kind            text NOT NULL CHECK (kind IN
                ('helpers_short', 'police_short', 'sos', 'unreceived', 'undispatched', 'boundary')),
            detail          jsonb NOT NULL DEFAULT '{}',
            raised_at       timestamptz NOT NULL,
            -- told again and again until somebody takes it up
            tell_again_at   timestamptz,
            acknowledged_at timestamptz,
            acknowledged_by uuid REFERENCES accounts,
            CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
        );
        CREATE UNIQUE INDEX ux_alarms_one_open ON alarms (incident_id, kind, coalesce(order_id, incident_id))
            WHERE acknowledged_at IS NULL;
        CREATE INDEX ix_alarms_station ON alarms (station_id) WHERE acknowledged_at IS NULL;
        CREATE INDEX ix_alarms_tell_again ON alarms (tell_again_at) WHERE acknowledged_at IS NULL;

        INSERT INTO state_transitions (machine, source, target) VALUES
            ('incident', 'received', 'dispatched'),
            ('incident', 'received', 'arrived'),
            ('incident', 'received', 'handled'),
            ('incident', 'received', 'cancelled'),
            ('incident', 'received', 'merged'),
            ('incident', 'received', 'unstaffed'),
            ('incident', 'dispatched', 'arrived'),
            ('incident', 'dispatched', 'handled'),
            ('incident', 'dispatched', 'cancelled'),
            ('incident', 'dispatched', 'merged'),
            ('incident', 'dispatched', 'unstaffed'),
            ('incident', 'arrived', 'handled'),
            ('incident', 'arrived', 'cancelled'),
            ('incident', 'arrived', 'merged'),
            ('incident', 'handled', 'feedback'),
            ('incident', 'feedback', 'handled'),
            ('incident', 'feedback', 'closed'),
            ('incident', 'closed', 'received'),
            ('incident', 'cancelled', 'received'),
            ('incident', 'unstaffed', 'received');
        """
    )
