"""Responders, their posts, duties and last positions; tracks by day"""

from alembic import op

revision = "0003_index_responders_by_place"
down_revision = "0002_name_stations_and_accounts"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE posts (
            id              uuid PRIMARY KEY,
            district_id     uuid NOT NULL,
            station_id      uuid NOT NULL,
            organization_id uuid NOT NULL,
            name            text NOT NULL,
            position        geography(Point, 4326) NOT NULL,
            minimum_staff   integer NOT NULL DEFAULT 1 CHECK (minimum_staff >= 0),
            demo            boolean NOT NULL DEFAULT false,
            version         integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (station_id, organization_id) REFERENCES organizations (station_id, id),
            UNIQUE (station_id, id),
            UNIQUE (station_id, name)
        );

        CREATE TABLE responders (
            id              uuid PRIMARY KEY,
            kind            text NOT NULL CHECK (kind IN ('guard', 'safe_house', 'patrol_unit')),
            district_id     uuid NOT NULL,
            station_id      uuid NOT NULL,
            organization_id uuid NOT NULL,
            -- who answers for it: the guard himself, the keeper, the officer who leads the crew
            account_id      uuid UNIQUE REFERENCES accounts,
            name            text NOT NULL,
            call_sign       text,
            skills          text[] NOT NULL DEFAULT '{}',
            capabilities    text[] NOT NULL DEFAULT '{}',
            post_id         uuid,
            address         text,
            -- safe-houses: where it stands, in use or not; the index has a copy of those in use
            position        geography(Point, 4326),
            -- safe-houses: {"mon": [["08:00", "22:00"]], …}, local time of the district
            opening_hours   jsonb,
            -- patrol units
            mobility        text CHECK (mobility IN ('foot', 'bicycle', 'car')),
            auxiliary       boolean NOT NULL DEFAULT false,
            crew            integer CHECK (crew BETWEEN 1 AND 20),
            active          boolean NOT NULL DEFAULT true,
            demo            boolean NOT NULL DEFAULT false,
            created_at      timestamptz NOT NULL,
            version         integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (station_id, organization_id) REFERENCES organizations (station_id, id),
            FOREIGN KEY (station_id, post_id) REFERENCES posts (station_id, id),
            CHECK ((kind = 'patrol_unit') = (mobility IS NOT NULL AND crew IS NOT NULL)),
            CHECK ((kind = 'safe_house') = (opening_hours IS NOT NULL)),
            UNIQUE (station_id, id)
        );
        -- people share names, places and cars do not: guards are told apart by account and post
        CREATE UNIQUE INDEX ux_responders_name ON responders (station_id, kind, name) WHERE kind <> 'guard';
        CREATE INDEX ix_responders_organization ON responders (organization_id);
        CREATE INDEX ix_responders_post ON responders (post_id) WHERE post_id IS NOT NULL;

        -- one narrow row per responder: what the nearest search reads and what moves
        CREATE TABLE responder_index (
            responder_id  uuid PRIMARY KEY REFERENCES responders ON DELETE CASCADE,
            kind          text NOT NULL,
            district_id   uuid NOT NULL,
            station_id    uuid NOT NULL,
            organization_id uuid NOT NULL,
            post_id       uuid,
            skills        text[] NOT NULL DEFAULT '{}',
            on_duty       boolean NOT NULL DEFAULT false,
            engaged       boolean NOT NULL DEFAULT false,
            -- a safe-house stands where it stands: its position never grows old
            fixed         boolean NOT NULL DEFAULT false,
            position      geography(Point, 4326),
            captured_at   timestamptz,
            received_at   timestamptz,
            accuracy_m    real CHECK (accuracy_m >= 0),
            speed_mps     real CHECK (speed_mps >= 0),
            heading_deg   real CHECK (heading_deg >= 0 AND heading_deg < 360),
            source        text,
            battery_pct   smallint CHECK (battery_pct BETWEEN 0 AND 100),
            -- the newest fix in the track, be it suspect or coarse: what is older needs another look at the track
            seen_at       timestamptz,
            -- how many fixes in a row he cannot have come to: a receiver that is mocked or broken
            suspect_fixes integer NOT NULL DEFAULT 0 CHECK (suspect_fixes >= 0),
            CHECK (position IS NULL OR (
                ST_X(position::geometry) BETWEEN -180 AND 180 AND ST_Y(position::geometry) BETWEEN -90 AND 90)),
            CHECK (fixed OR (position IS NULL) = (captured_at IS NULL)),
            CHECK (captured_at <= received_at + interval '30 s')
        ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0,
                autovacuum_analyze_scale_factor = 0.2);
        CREATE INDEX gx_free_guards ON responder_index USING gist (position)
            WHERE kind = 'guard' AND on_duty AND NOT engaged;
        CREATE INDEX gx_free_safe_houses ON responder_index USING gist (position)
            WHERE kind = 'safe_house' AND on_duty AND NOT engaged;
        CREATE INDEX gx_free_patrol_units ON responder_index USING gist (position)
            WHERE kind = 'patrol_unit' AND on_duty AND NOT engaged;
        -- few have an AED: without its own index the search walks past all the others
        CREATE INDEX gx_free_aed ON responder_index USING gist (position)
            WHERE skills @> '{aed}' AND on_duty AND NOT engaged;
        -- everybody else who is somewhere: the matcher says why he is left out
        CREATE INDEX gx_not_free ON responder_index USING gist (position)
            WHERE position IS NOT NULL AND (engaged OR NOT on_duty);
        CREATE INDEX ix_responder_index_moved ON responder_index (station_id) WHERE on_duty;

        CREATE TABLE duties (
            id           uuid PRIMARY KEY,
            responder_id uuid NOT NULL,
            station_id   uuid NOT NULL,
            started_at   timestamptz NOT NULL,
            planned_end  timestamptz NOT NULL,
            ended_at     timestamptz,
            ended_how    text CHECK (ended_how IN ('self', 'station', 'planned_end', 'revoked')),
            FOREIGN KEY (station_id, responder_id) REFERENCES responders (station_id, id),
            CHECK (planned_end > started_at),
            CHECK (ended_at >= started_at),
            CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
            CONSTRAINT ex_duties_no_overlap EXCLUDE USING gist (
                responder_id WITH =, tstzrange(started_at, coalesce(ended_at, 'infinity'), '[)') WITH &&)
        );
        CREATE INDEX ix_duties_open ON duties (planned_end) WHERE ended_at IS NULL;
        CREATE INDEX ix_duties_responder ON duties (responder_id, started_at DESC);

        CREATE TABLE tracks (
            captured_at  timestamptz NOT NULL,
            responder_id uuid NOT NULL,
            station_id   uuid NOT NULL,
            received_at  timestamptz NOT NULL,
            lon          double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
            lat          double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
            accuracy_m   real,
            speed_mps    real,
            heading_deg  real,
            source       text NOT NULL,
            suspect      boolean NOT NULL DEFAULT false
        ) PARTITION BY RANGE (captured_at);
        CREATE INDEX bx_tracks_captured_at ON tracks USING brin (captured_at);
        -- a fix sent twice is one row, also when the answer to the first sending was lost
        CREATE UNIQUE INDEX ux_tracks_one_fix_per_instant ON tracks (responder_id, captured_at);

        -- a fix that was written while the end of the duty was on its way leaves no trace either;
        -- whoever writes positions holds the row of the index that is locked here
        CREATE FUNCTION forget_after_duty() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM responder_index WHERE responder_id = NEW.responder_id FOR NO KEY UPDATE;
            DELETE FROM tracks t
            WHERE t.responder_id = NEW.responder_id AND t.captured_at >= NEW.ended_at AND NOT EXISTS (
                SELECT FROM duties d WHERE d.responder_id = t.responder_id AND d.started_at <= t.captured_at
                    AND t.captured_at < coalesce(d.ended_at, 'infinity'));
            UPDATE responder_index SET position = NULL, captured_at = NULL, received_at = NULL, accuracy_m = NULL,
                speed_mps = NULL, heading_deg = NULL, source = NULL, battery_pct = NULL
            WHERE responder_id = NEW.responder_id AND NOT fixed AND captured_at >= NEW.ended_at;
            RETURN NULL;
        END $$;
        CREATE TRIGGER duties_forget_after AFTER UPDATE OF ended_at ON duties
            FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION forget_after_duty();

        -- the app may make and drop days, nothing else
        CREATE FUNCTION make_track_day(day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public, pg_temp AS $$
        DECLARE name text := 'tracks_' || to_char(day, 'YYYYMMDD');
        BEGIN
            -- two processes find at midnight that the day is missing
            PERFORM pg_advisory_xact_lock(hashtext('make_track_day'));
            IF to_regclass(name) IS NULL THEN
                EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF tracks FOR VALUES FROM (%L) TO (%L)',
                    name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
            END IF;
        END $$;
        CREATE FUNCTION drop_track_days(before date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public, pg_temp AS $$
        DECLARE part record; dropped integer := 0;
        BEGIN
            FOR part IN
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'tracks'::regclass AND c.relname ~ '^tracks_[0-9]{8}$'
                  AND to_date(right(c.relname, 8), 'YYYYMMDD') < before
            LOOP
                EXECUTE format('DROP TABLE %I', part.relname);
                dropped := dropped + 1;
            END LOOP;
            RETURN dropped;
        END $$;
        """
    )
