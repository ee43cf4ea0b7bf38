"""Districts, stations, organizations; accounts, their sessions and devices"""

from alembic import op

revision = "0002_name_stations_and_accounts"
down_revision = "0001_lay_the_ground"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE districts (
            id         uuid PRIMARY KEY,
            name       text NOT NULL UNIQUE,
            demo       boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL
        );
        CREATE TABLE stations (
            id          uuid PRIMARY KEY,
            district_id uuid NOT NULL REFERENCES districts,
            name        text NOT NULL UNIQUE,
            code        text NOT NULL UNIQUE,
            settings    jsonb NOT NULL DEFAULT '{}',
            demo        boolean NOT NULL DEFAULT false,
            created_at  timestamptz NOT NULL,
            version     integer NOT NULL DEFAULT 1,
            UNIQUE (district_id, id)
        );
        CREATE TABLE organizations (
            id          uuid PRIMARY KEY,
            district_id uuid NOT NULL,
            station_id  uuid NOT NULL,
            name        text NOT NULL,
            kind        text NOT NULL CHECK (kind IN
                ('security_company', 'property_manager', 'merchant', 'school', 'police', 'other')),
            active      boolean NOT NULL DEFAULT true,
            demo        boolean NOT NULL DEFAULT false,
            created_at  timestamptz NOT NULL,
            version     integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            UNIQUE (station_id, name),
            UNIQUE (station_id, id)
        );

        CREATE TABLE accounts (
            id              uuid PRIMARY KEY,
            role            text NOT NULL CHECK (role IN ('guard', 'keeper', 'officer', 'dispatcher',
                'leader', 'company_manager', 'district_admin')),
            district_id     uuid NOT NULL REFERENCES districts,
            station_id      uuid,
            organization_id uuid,
            name            text NOT NULL,
            phone_box       bytea,
            phone_index     bytea UNIQUE,
            badge_no        text UNIQUE,
            password_hash   text,
            active          boolean NOT NULL DEFAULT true,
            failed_logins   integer NOT NULL DEFAULT 0,
            locked_until    timestamptz,
            demo            boolean NOT NULL DEFAULT false,
            created_at      timestamptz NOT NULL,
            version         integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            FOREIGN KEY (station_id, organization_id) REFERENCES organizations (station_id, id),
            CHECK ((role = 'district_admin') = (station_id IS NULL)),
            CHECK (role NOT IN ('guard', 'keeper', 'company_manager') OR organization_id IS NOT NULL),
            CHECK (phone_index IS NOT NULL OR badge_no IS NOT NULL)
        );
        CREATE INDEX ix_accounts_station ON accounts (station_id, role);

        CREATE TABLE devices (
            id                 uuid PRIMARY KEY,
            account_id         uuid NOT NULL REFERENCES accounts,
            kind               text NOT NULL CHECK (kind IN ('web', 'android', 'ios', 'tracker')),
            name               text NOT NULL,
            push_channel       text CHECK (push_channel IN ('fcm')),
            push_token         text,
            tracking_key_hash  bytea UNIQUE,
            registered_at      timestamptz NOT NULL,
            last_seen_at       timestamptz,
            reachable_at       timestamptz,
            revoked_at         timestamptz,
            CHECK ((push_channel IS NULL) = (push_token IS NULL))
        );
        CREATE INDEX ix_devices_account ON devices (account_id) WHERE revoked_at IS NULL;
        CREATE UNIQUE INDEX ux_devices_push_token ON devices (push_channel, push_token) WHERE revoked_at IS NULL;

        CREATE TABLE sessions (
            id               uuid PRIMARY KEY,
            account_id       uuid NOT NULL REFERENCES accounts,
            device_id        uuid NOT NULL REFERENCES devices,
            refresh_hash     bytea NOT NULL UNIQUE,
            -- the token before the present one: seeing it again means that somebody copied it
            spent_hash       bytea,
            started_at       timestamptz NOT NULL,
            refreshed_at     timestamptz NOT NULL,
            expires_at       timestamptz NOT NULL,
            revoked_at       timestamptz,
            revoked_reason   text
        );
        CREATE INDEX ix_sessions_account ON sessions (account_id) WHERE revoked_at IS NULL;
        CREATE INDEX ix_sessions_spent ON sessions (spent_hash);

        CREATE TABLE onboarding_codes (
            id         uuid PRIMARY KEY,
            account_id uuid NOT NULL REFERENCES accounts,
            code_hash  bytea NOT NULL UNIQUE,
            -- NULL: the command line, which makes the first leader's code
            made_by    uuid REFERENCES accounts,
            made_at    timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at    timestamptz,
            revoked_at timestamptz
        );

        CREATE TABLE socket_tickets (
            ticket_hash bytea PRIMARY KEY,
            session_id  uuid NOT NULL REFERENCES sessions,
            expires_at  timestamptz NOT NULL,
            used_at     timestamptz
        );
        """
    )
