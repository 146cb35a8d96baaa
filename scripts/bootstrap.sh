#!/usr/bin/env bash
# Gets a bare Debian or Ubuntu ready: bootstrap.sh run | check | test | lock
#
# Installs Debian packages when root, otherwise says exactly what to install. Makes .venv from a lock
# file with hashes. Does nothing, quickly, when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/progress.sh

purpose=${1:?usage: bootstrap.sh run | check | test | lock}
minimum="3.11"
venv=.venv
packages=()
mkdir -p build

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
Debian 12, Ubuntu 24.04 and newer have it as python3. On Ubuntu 22.04:

    sudo apt-get update && sudo apt-get install --yes python3.11 python3.11-venv
"
}

want() { # want TEST-COMMAND PACKAGE…: remember the packages if the test fails
    local test=$1
    shift
    bash -c "$test" > /dev/null 2>&1 || packages+=("$@")
}

may_install() { # sets as_root to what must stand before a command that installs
    as_root=()
    [ "$(id -u)" -ne 0 ] || return 0
    as_root=(sudo -n)
    command -v sudo > /dev/null && sudo -n true 2> /dev/null
}

install_packages() {
    [ "${#packages[@]}" -gt 0 ] || return 0
    command -v apt-get > /dev/null || fail "please install: ${packages[*]}"
    may_install || fail "packages are missing, and only root may install them. Run this, then try again:

    sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${packages[*]}
"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
    with_progress "Asking for the list of packages" "${apt[@]}" update || fail "apt-get update failed"
    with_progress "Installing ${packages[*]}" \
        "${apt[@]}" install --yes --no-install-recommends "${packages[@]}" \
        || fail "apt-get could not install ${packages[*]}"
}

stamp_of() { (cat "$1"; "$python" --version) | sha256sum | cut -d ' ' -f 1; }

make_venv() { # make_venv LOCK-FILE
    local lock=$1 stamp="$venv/stamp-$(basename "$1")" wanted
    wanted=$(stamp_of "$lock")
    # Its scripts hold absolute paths: a checkout that was moved or copied needs a new one.
    if [ -f "$venv/stamp-place" ] && [ "$(cat "$venv/stamp-place")" != "$PWD" ]; then
        rm -rf "$venv"
    fi
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2> /dev/null)" = "$wanted" ]; then
        return
    fi
    if ! "$venv/bin/python" -c 'import pip' > /dev/null 2>&1; then
        rm -rf "$venv"
        with_progress "Making $venv" "$python" -m venv "$venv" || fail "no virtual environment"
    fi
    pwd > "$venv/stamp-place"
    with_progress "Installing $(grep -c '^[a-z].*==' "$lock") Python packages of $lock" \
        "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --require-hashes --requirement "$lock" || fail "pip could not install $lock"
    pwd > "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/peerapp-checkout.pth"
    printf '#!/bin/sh\nexec "%s/bin/python" -m peerapp.cli "$@"\n' "$PWD/$venv" > "$venv/bin/peerapp"
    chmod +x "$venv/bin/peerapp"
    echo "$wanted" > "$stamp"
    if [ "$lock" = requirements-dev.lock ]; then # the larger set holds the smaller one
        stamp_of requirements.lock > "$venv/stamp-requirements.lock"
    fi
}

want_browser() { # Ubuntu's chromium is a stub for a snap; elsewhere the distribution's is the best
    scripts/find_browser.sh > /dev/null && return
    if may_install && grep -qx 'ID=debian' /etc/os-release 2> /dev/null; then
        packages+=(chromium fonts-dejavu-core)
    fi
}

python=$(find_python)
want "'$python' -c 'import ensurepip, venv'" "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info.minor)')"
if [ "$purpose" = test ]; then
    want "PATH=\$PATH:/sbin ldconfig -p | grep libatomic.so.1" libatomic1
    want_browser
    want "command -v openssl" openssl
fi
install_packages

case $purpose in
    run) make_venv requirements.lock ;;
    check | test) make_venv requirements-dev.lock ;;
    lock)
        make_venv requirements-dev.lock
        with_progress "Installing uv" "$venv/bin/python" -m pip install --disable-pip-version-check uv
        options=(--quiet --universal --python-version "$minimum" --generate-hashes --no-header)
        "$venv/bin/uv" pip compile "${options[@]}" pyproject.toml --output-file requirements.lock
        "$venv/bin/uv" pip compile "${options[@]}" pyproject.toml --group dev --output-file requirements-dev.lock
        ;;
    *) fail "unknown purpose: $purpose" ;;
esac

if [ "$purpose" = test ] && ! scripts/find_browser.sh > /dev/null; then
    scripts/fetch_browser.sh && scripts/find_browser.sh > /dev/null || fail "there is no Chromium that runs.
Install Chromium or Chrome, or set PEERAPP_CHROMIUM to the path of one."
fi
