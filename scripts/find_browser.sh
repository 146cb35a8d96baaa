#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome that runs without a desktop; fails when there is none.
# Ubuntu's chromium package is a stub for a snap, which containers cannot run: it is tried, not trusted.
set -euo pipefail
fetched=$(cd "$(dirname "$0")/.." && pwd)/build/chromium/chromium
for name in "${PEERAPP_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable "$fetched"; do
    [ -n "$name" ] || continue
    path=$(command -v "$name") || continue
    if timeout 20 "$path" --version 2> /dev/null | grep -qE '[0-9]+\.[0-9]+\.[0-9]+'; then
        echo "$path"
        exit 0
    fi
done
exit 1
