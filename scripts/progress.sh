# To be sourced: say TEXT…, and with_progress LABEL COMMAND….

say() { printf '%s\n' "$*" >&2; }

with_progress() { # the command's output goes to a log; its last line and the seconds are shown
    local label=$1 log code=0 ticker
    shift
    log=$(mktemp "${TMPDIR:-/tmp}/peerapp-log.XXXXXX")
    show_progress "$label" "$log" "$$" &
    ticker=$!
    "$@" > "$log" 2>&1 < /dev/null || code=$?
    kill "$ticker" 2> /dev/null || true
    wait "$ticker" 2> /dev/null || true
    [ ! -t 2 ] || printf '\r\033[K' >&2
    if [ "$code" -eq 0 ]; then
        say "$label: done"
    else
        say "$label: failed"
        tail -n 15 "$log" >&2
    fi
    rm -f "$log"
    return "$code"
}

show_progress() { # on a terminal one line that changes, elsewhere a line each ten seconds
    local label=$1 log=$2 parent=$3 seconds=0 last
    say "$label …"
    while sleep 1 && kill -0 "$parent" 2> /dev/null; do
        seconds=$((seconds + 1))
        last=$(tail -n 1 "$log" 2> /dev/null | tr -d '\r' | cut -c 1-60)
        if [ -t 2 ]; then
            printf '\r\033[K  %d s  %s' "$seconds" "$last" >&2
        elif [ $((seconds % 10)) -eq 0 ]; then
            say "  $seconds s  $last"
        fi
    done
}
