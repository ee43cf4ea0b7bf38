"""Jurisdictions, beats and post areas; places that can be searched in Chinese"""

from alembic import op

revision = "0004_draw_areas_and_places"
down_revision = "0003_index_responders_by_place"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE TABLE areas (
            id          uuid PRIMARY KEY,
            district_id uuid NOT NULL,
            station_id  uuid NOT NULL,
            kind        text NOT NULL CHECK (kind IN ('jurisdiction', 'beat', 'post')),
            name        text NOT NULL,
            outline     geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(outline)),
            attribution text,
            demo        boolean NOT NULL DEFAULT false,
            version     integer NOT NULL DEFAULT 1,
            FOREIGN KEY (district_id, station_id) REFERENCES stations (district_id, id),
            UNIQUE (station_id, kind, name)
        );
        CREATE INDEX gx_areas_outline ON areas USING gist (outline);

        -- every pair of neighbouring characters: a substring search that needs no word boundaries
        CREATE FUNCTION bigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
            SELECT coalesce(array_agg(DISTINCT substr(w, i, 2)), '{}')
            FROM (SELECT lower(words) AS w) AS s, generate_series(1, char_length(words) - 1) AS i
        $$;

        CREATE TABLE places (
            id          uuid PRIMARY KEY,
            district_id uuid NOT NULL REFERENCES districts,
            name        text NOT NULL,
            address     text NOT NULL DEFAULT '',
            aliases     text[] NOT NULL DEFAULT '{}',
            category    text NOT NULL,
            position    geography(Point, 4326) NOT NULL,
            words       text NOT NULL,
            attribution text,
            demo        boolean NOT NULL DEFAULT false,
            UNIQUE (district_id, name, address)
        );
        CREATE INDEX gx_places_position ON places USING gist (position);
        CREATE INDEX gin_places_words ON places USING gin (bigrams(words));
        """
    )
