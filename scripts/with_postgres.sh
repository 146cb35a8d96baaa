#!/usr/bin/env bash
# with_postgres.sh COMMAND…: runs it with PEERAPP_TEST_POSTGRES_URL set to a PostgreSQL server of its own,
# on loopback, that ends with the command. A server that the variable names already is used as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${PEERAPP_TEST_POSTGRES_URL:-}" ]; then
    exec "$@"
fi
programs=$(scripts/find_postgres.sh) || {
    echo "No PostgreSQL server found: apt-get install postgresql, or set PEERAPP_TEST_POSTGRES_URL." >&2
    exit 1
}
folder=$(mktemp -d "${TMPDIR:-/tmp}/peerapp-postgres.XXXXXX")
as_owner=()
if [ "$(id -u)" -eq 0 ]; then # the server refuses to run as root
    owner=nobody
    id postgres > /dev/null 2>&1 && owner=postgres
    chown "$owner" "$folder"
    as_owner=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups)
fi
stop() {
    [ -n "${server:-}" ] && kill -INT "$server" 2> /dev/null && wait "$server" 2> /dev/null
    rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
"${as_owner[@]}" "$programs/initdb" --pgdata data --username peerapp --auth trust --encoding UTF8 \
    --locale C --no-sync > initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as_owner[@]}" "$programs/postgres" -D data -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \
    -c fsync=off -c full_page_writes=off -c max_connections=200 > "$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    if python3 - "$port" << 'PY'
import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
PY
    then break; fi 2> /dev/null
    sleep 0.1
done
cd "$OLDPWD"
export PEERAPP_TEST_POSTGRES_URL="postgresql://peerapp@127.0.0.1:$port/postgres"
code=0
"$@" || code=$?
exit "$code"
