#!/usr/bin/env bash
# run_tests.sh MARK [PYTEST-ARGUMENTS]: everything once on SQLite, then what opens a database again on
# PostgreSQL, on a server of its own that goes when the tests end.
set -euo pipefail
cd "$(dirname "$0")/.."

mark=$1
shift
. .venv/bin/activate
PEERAPP_CHROMIUM=$(scripts/find_browser.sh)
export PEERAPP_CHROMIUM PYTHONHASHSEED=0 TZ=UTC
unset DATABASE_URL SECRET_KEY "${!PEERAPP_MAIL@}" || true

run() { # run DATABASE ARGUMENTS…; exit code 5, no test of that mark among these, is no failure
    local code=0 first=()
    echo "== tests on $1"
    [ "$1" = postgres ] && first=(scripts/with_postgres.sh)
    PEERAPP_TEST_DB=$1 "${first[@]}" python -m pytest -q -m "$mark" -n "${WORKERS:-2}" \
        --dist worksteal "${@:2}" || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 5 ] || exit "$code"
}

run sqlite "$@"
# Once more on PostgreSQL, but for what never opens a database.
ignored=()
for folder in adapters domain forms matching scripts templates; do
    ignored+=(--ignore "tests/$folder")
done
run postgres "${ignored[@]}" "$@"
