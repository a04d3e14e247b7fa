#!/usr/bin/env bash
# Make .venv and bring it to the pinned requirements; nothing to do takes no time.
#   scripts/environment.sh run|dev
# The stamp holds the digest of the requirements, so a changed file is noticed whatever its date.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
venv=.venv
files=(requirements.txt)
[ "$kind" = dev ] && files+=(requirements-dev.txt)

fail() { echo "$*" >&2; exit 1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    local found
    found=$("${PYTHON:-python3}" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none)
    fail "The desk needs Python 3.11 or newer; found: $found. Install it, or name one: make PYTHON=/path/to/python3.11 run"
}

make_venv() {
    local python
    python=$(find_python)
    echo "Making the environment in $venv ($("$python" --version)) …"
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" 2>/dev/null; then
        # Debian ships venv without ensurepip; a pip of the system can fill the environment instead.
        rm -rf "$venv"
        "$python" -m venv --without-pip "$venv" 2>/dev/null && "$python" -m pip --version >/dev/null 2>&1 ||
            fail "$python cannot make an environment with pip. Install its venv module (Debian: apt-get install python3.11-venv)."
        "$python" -m pip --python "$venv/bin/python" install --quiet --quiet --disable-pip-version-check pip
    fi
}

digest() { cat "${files[@]}" | "$venv/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

"$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv
stamp=$venv/.installed-$kind
wanted=$(digest)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    echo "Installing $(basename "${files[-1]}") …"
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-input -r "${files[-1]}" ||
        fail "The packages of ${files[-1]} could not be installed; the lines above say why. Is a package index reachable?"
    echo "$wanted" >"$stamp"
fi
