#!/usr/bin/env bash
# Gets a bare Debian or Ubuntu ready: bootstrap.sh run | check | test | lock
#
# Installs Debian packages when root, otherwise says exactly what to install. Makes .venv from a lock
# file with hashes. Does nothing, quickly, when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:?usage: bootstrap.sh run | check | test | lock}
minimum="3.11"
venv=.venv
packages=()
mkdir -p build

say() { printf '%s\n' "$*" >&2; }
fail() { say ""; say "Cannot go on: $*"; exit 1; }

find_python() {
    local name
    for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$name" ] && command -v "$name" > /dev/null || continue
        if "$name" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$minimum'.split('.'))))"; then
            echo "$name"
            return
        fi
    done
    fail "Python $minimum or newer is needed; this machine has $(python3 --version 2>&1 || echo none).
Debian 12, Ubuntu 24.04 and newer have it as python3."
}

want() { # want TEST-COMMAND PACKAGE…: remember the packages if the test fails
    local test=$1
    shift
    bash -c "$test" > /dev/null 2>&1 || packages+=("$@")
}

install_packages() {
    [ "${#packages[@]}" -gt 0 ] || return 0
    command -v apt-get > /dev/null || fail "please install: ${packages[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
            as_root=(sudo -n)
        else
            fail "packages are missing, and only root may install them. Run this, then try again:

    sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${packages[*]}
"
        fi
    fi
    say "Installing ${packages[*]} …"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update > build/apt.log 2>&1 || { tail -n 5 build/apt.log >&2; fail "apt-get update failed"; }
    "${as_root[@]}" apt-get install --yes --no-install-recommends "${packages[@]}" >> build/apt.log 2>&1 \
        || { tail -n 5 build/apt.log >&2; fail "apt-get could not install ${packages[*]} (build/apt.log)"; }
}

make_venv() { # make_venv LOCK-FILE
    local lock=$1 stamp="$venv/stamp-$(basename "$1")" wanted
    wanted=$( (cat "$lock"; "$python" --version) | sha256sum | cut -d ' ' -f 1)
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2> /dev/null)" = "$wanted" ]; then
        return
    fi
    if ! "$venv/bin/python" -c 'import pip' > /dev/null 2>&1; then
        say "Making $venv …"
        rm -rf "$venv"
        "$python" -m venv "$venv"
    fi
    say "Installing Python packages from $lock (a few minutes the first time) …"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --requirement "$lock" 2> >(grep -v '^WARNING' >&2)
    pwd > "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/peerapp-checkout.pth"
    printf '#!/bin/sh\nexec "%s/bin/python" -m peerapp.cli "$@"\n' "$(pwd)/$venv" > "$venv/bin/peerapp"
    chmod +x "$venv/bin/peerapp"
    echo "$wanted" > "$stamp"
    # The larger set holds the smaller one.
    if [ "$lock" = requirements-dev.lock ]; then
        (cat requirements.lock; "$python" --version) | sha256sum | cut -d ' ' -f 1 > "$venv/stamp-requirements.lock"
    fi
}

python=$(find_python)
want "'$python' -c 'import ensurepip, venv'" "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info.minor)')"
if [ "$purpose" = test ]; then
    want "scripts/find_browser.sh" chromium libatomic1
    want "scripts/find_postgres.sh" postgresql
fi
install_packages

case $purpose in
    run) make_venv requirements.lock ;;
    check | test) make_venv requirements-dev.lock ;;
    lock)
        make_venv requirements-dev.lock
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
        options=(--quiet --universal --python-version "$minimum" --generate-hashes --no-header)
        "$venv/bin/uv" pip compile "${options[@]}" pyproject.toml --output-file requirements.lock
        "$venv/bin/uv" pip compile "${options[@]}" pyproject.toml --group dev --output-file requirements-dev.lock
        ;;
    *) fail "unknown purpose: $purpose" ;;
esac

if [ "$purpose" = test ]; then
    scripts/find_browser.sh > /dev/null || fail "no Chromium found, and apt-get gave none that runs.
Set PEERAPP_CHROMIUM to the path of a Chromium or Chrome."
fi
