#!/bin/sh
# Run once by the postgis image when its data folder is new; compose.yaml puts it there.
# What kit/cluster/provision.py does for the private server: the two roles, then database.sql.
set -eu

# \getenv keeps the passwords off the command line; as verifiers they would also be out of the log, which
# does not carry statements here (log_statement = none, log_min_error_statement = panic)
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
\\getenv owner_password PINGAN_OWNER_PASSWORD
\\getenv app_password PINGAN_APP_PASSWORD
CREATE ROLE pingan_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE pingan_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
\\i ${PINGAN_DATABASE_SQL:-/pingan/database.sql}
SQL
