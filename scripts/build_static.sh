#!/usr/bin/env bash
# Builds site.css, site.js and passkeys.js in peerapp/static from frontend/, the same bytes every time.
# With --check it builds aside and fails if what is committed differs.
# Needs node and npm; the site itself needs neither.
set -euo pipefail
cd "$(dirname "$0")/.."

out=peerapp/static
if [ "${1:-}" = "--check" ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi

wanted=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ "$(cat node_modules/.installed 2>/dev/null || true)" != "$wanted" ]; then
  echo "Installing the build tools …" >&2
  npm ci --ignore-scripts --no-update-notifier --loglevel=error
  echo "$wanted" > node_modules/.installed
fi

npx --no-install sass --style=compressed --no-source-map --no-charset --quiet-deps \
  --load-path=node_modules frontend/site.scss "$out/site.css"
npx --no-install esbuild frontend/site.js --bundle --minify --format=esm --target=es2020 \
  --charset=utf8 --legal-comments=none --log-level=warning \
  --banner:js='/*! Contains GOV.UK Frontend, MIT licence: see govuk-frontend-licence.txt */' \
  --outfile="$out/site.js"
npx --no-install esbuild frontend/passkeys.js --bundle --minify --format=esm --target=es2020 \
  --charset=utf8 --legal-comments=none --log-level=warning --outfile="$out/passkeys.js"
cp frontend/js-enabled.js frontend/govuk-frontend-licence.txt "$out/"

if [ "$out" != peerapp/static ]; then
  for file in site.css site.js passkeys.js js-enabled.js govuk-frontend-licence.txt; do
    cmp "$out/$file" "peerapp/static/$file"
  done
  echo "peerapp/static is what frontend/ builds."
fi
