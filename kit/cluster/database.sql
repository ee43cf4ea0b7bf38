-- What a database of pingan needs from a superuser, once; safe to run again.
-- The roles pingan_owner (migrations) and pingan_app (the programs) exist already.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO pingan_app', current_database());
    EXECUTE format('ALTER DATABASE %I OWNER TO pingan_owner', current_database());
END
$$;

ALTER SCHEMA public OWNER TO pingan_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO pingan_app;

-- the programs read and write rows; what may never be changed is taken away table by table in the migrations
ALTER DEFAULT PRIVILEGES FOR ROLE pingan_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pingan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE pingan_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO pingan_app;
