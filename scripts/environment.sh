#!/usr/bin/env bash
# Makes .venv and installs pinned dependencies and the three distributions into it: environment.sh run|dev
# PYTHON names the interpreter; without it the first one of 3.11 or later on PATH is taken.
set -euo pipefail
cd "$(dirname "$0")/.."
pins=requirements/${1:-dev}.txt

say() { printf '==> %s\n' "$*"; }
stop() { printf 'tallymark: %s\n' "$*" >&2; exit 2; }

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if recent "$candidate"; then command -v "$candidate"; return; fi
    done
    if [ -n "${PYTHON:-}" ]; then
        stop "$PYTHON is not a working Python 3.11 or later. Name another one: make PYTHON=/path/to/python3.11 …"
    fi
    stop "Python 3.11 or later is needed. Install it (Debian 12: apt-get install python3) or say where it is: make PYTHON=/path/to/python3.11 …"
}

# Reads pip's output and keeps one line alive, so that a minute of downloads doesn't look like a hang.
progress() {
    awk -v total="$1" '
        /^Collecting/ { n++; if (tty) printf "\r    %d of %d packages", n, total; else if (n % 20 == 0) printf "    %d of %d packages\n", n, total; fflush() }
        /^Installing collected/ { if (tty) printf "\n"; print "    unpacking"; fflush() }
    ' tty="$([ -t 1 ] && echo 1 || echo 0)"
}

python=$(find_python)
bash scripts/system_packages.sh "$python" "${1:-dev}"

if ! recent .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "Making .venv with $("$python" -V)"
    "$python" -m venv --clear .venv
fi

install() { .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps "$@"; }

# The pins are whole, so nothing is left to resolve: --no-deps.
say "Installing the dependencies pinned in $pins"
install --require-hashes -r "$pins" | progress "$(grep -c '==' "$pins")"

say "Installing tallymark-sdk, tallymark-metrics and tallymark from this folder"
install --quiet --no-build-isolation -e metrics_plugins/sdk -e metrics_plugins/core -e .
