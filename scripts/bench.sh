#!/usr/bin/env bash
# Make .venv-bench, bring it to benchmarks/requirements.txt, and run `python -m benchmarks` in it with the arguments.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-bench
[ -x "$venv/bin/python" ] || .venv/bin/python -m venv "$venv"
stamp=$venv/.installed
wanted=$(sha256sum benchmarks/requirements.txt)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    echo "Installing benchmarks/requirements.txt …"
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-input -r benchmarks/requirements.txt
    echo "$wanted" >"$stamp"
fi
exec "$venv/bin/python" -m benchmarks "$@"
