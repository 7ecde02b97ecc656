#!/bin/sh
# Run by the image of PostgreSQL when the database is made: a login for each service that is a plain member of the role it works in.
set -eu
# login SERVICE ROLE
login() {
  psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set=role="$2" --set=login="${1}_login" --set=password="$(cat "/run/secrets/$1-password")" <<'SQL'
CREATE ROLE :"login" LOGIN NOINHERIT PASSWORD :'password';
GRANT :"role" TO :"login";
SQL
}
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE medserve_gateway NOLOGIN;
CREATE ROLE medserve_recorder NOLOGIN;
CREATE ROLE medserve_monitor NOLOGIN;
CREATE ROLE medserve_auditor NOLOGIN;
SQL
login gateway medserve_gateway
login recorder medserve_recorder
login monitor medserve_monitor
