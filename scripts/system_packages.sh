#!/usr/bin/env bash
# Sees to the few things that no Python package carries: venv with pip, Pango, which sets the text of PDFs, and for the
# tests Java, which Spark runs on, Chromium, which the pages are looked at with, and what takes PDFs apart (poppler, qpdf):
# system_packages.sh PYTHON run|dev
# Installs them with apt where it may; elsewhere it says what to install.
set -euo pipefail
python=${1:-python3}

missing=()
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")

# The loader is asked, not the package database: a library from anywhere will do.
loads() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }
loads libpango-1.0.so.0 || loads libpango-1.0.dylib || missing+=(libpango-1.0-0)
loads libpangoft2-1.0.so.0 || loads libpangoft2-1.0.dylib || missing+=(libpangoft2-1.0-0)
loads libharfbuzz-subset.so.0 || loads libharfbuzz-subset.dylib || missing+=(libharfbuzz-subset0)
if [ "${2:-run}" = dev ]; then
    java -version >/dev/null 2>&1 || missing+=(default-jre-headless)
    command -v chromium >/dev/null || missing+=(chromium)
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    command -v qpdf >/dev/null || missing+=(qpdf)
fi

[ ${#missing[@]} -eq 0 ] && exit 0

give_up() {
    printf 'tallymark: %s is missing. %s\n' "${missing[*]}" "$1" >&2
    printf '  Debian, Ubuntu: sudo apt-get install %s\n' "${missing[*]}" >&2
    printf '  Fedora: sudo dnf install pango harfbuzz java-21-openjdk-headless chromium poppler-utils qpdf    macOS: brew install pango openjdk chromium poppler qpdf\n' >&2
    exit 2
}

command -v apt-get >/dev/null || give_up "Install it with this machine's package manager, then run make again."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    { command -v sudo && sudo -n true; } >/dev/null 2>&1 || give_up "Installing it takes root; do it, then run make again:"
    as_root=(sudo -n)
fi

printf '==> Installing %s\n' "${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt() { "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=120 "$@" </dev/null; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    give_up "apt-get could not install it (its last words are above); do it by hand, then run make again:"
}
