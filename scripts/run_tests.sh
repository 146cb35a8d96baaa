#!/usr/bin/env bash
# run_tests.sh MARK [PYTEST-ARGUMENTS]: everything once on SQLite, then what opens a database again on
# PostgreSQL, on a server of its own that goes when the tests end; walks over all pages only if MARK is
# "long". Ends with the scorecard of both.
set -euo pipefail
cd "$(dirname "$0")/.."

mark=$1
shift
. .venv/bin/activate
PEERAPP_CHROMIUM=$(scripts/find_browser.sh)
export PEERAPP_CHROMIUM PYTHONHASHSEED=0 TZ=UTC
export PEERAPP_SCORECARD=build/scorecard
rm -rf "$PEERAPP_SCORECARD"
unset DATABASE_URL SECRET_KEY "${!PEERAPP_MAIL@}" || true
# Each test has a database of its own, and SQLite waits for the disk at each commit: memory is quicker.
roomy=$(df --output=avail /dev/shm 2> /dev/null | tail -n 1 || true)
if [ -w /dev/shm ] && [ "${roomy:-0}" -gt 1000000 ]; then export TMPDIR=/dev/shm; fi
pytest=(python -m pytest -q --durations=40 --durations-min=2 -n "${WORKERS:-2}" --dist worksteal)

run() { # run COMMAND…; pytest's exit code 5, no test of that mark among these, is no failure
    local code=0
    echo "== tests on $PEERAPP_TEST_DB"
    "$@" || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 5 ] || exit "$code"
}

export PEERAPP_TEST_DB=sqlite
run "${pytest[@]}" -m "$mark" "$@"
export PEERAPP_TEST_DB=postgres
again="$mark and not walk"
if [ "$mark" = "long" ]; then again="long or walk"; fi
run python -m tests.support.postgres "${pytest[@]}" -m "database and ($again)" "$@"
# All of the ordinary tests show each row, with its control; a part of them need not.
whole=()
if [ "$mark" = "not long" ] && [ "$#" -eq 0 ]; then whole=(--whole); fi
python -m tests.support.scorecard "$PEERAPP_SCORECARD" "${whole[@]}"
