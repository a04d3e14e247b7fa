#!/usr/bin/env bash
# Everything that is checked, in one go; a failing step does not hide the ones after it.
#   PYTEST_WORKERS=4 PYTEST_ARGS="-k transfer" make test
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
# The tests choose their own settings; those of a desk in use must not reach them.
for name in $(compgen -e DESK_ || true); do
    case $name in DESK_TEST_*) ;; *) unset "$name" ;; esac
done

failed=()
step() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "$output"
        echo "FAILED  $name"
        failed+=("$name")
    fi
}

scripts/chromium.sh && chromium=yes || chromium=no
step "translations compile" scripts/translations.sh compile
step "ruff check" ruff check .
step "ruff format" ruff format --check .
step "mypy" mypy
step "import contracts" lint-imports

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
pytest -q -n "${PYTEST_WORKERS:-2}" ${PYTEST_ARGS:-} 2>&1 | tee "$log"
[ "${PIPESTATUS[0]}" = 0 ] || failed+=(pytest)
closing=$(grep -E '[0-9]+ (passed|failed|error|skipped)' "$log" | tail -n 1)

if [ ${#failed[@]} -gt 0 ]; then
    result="make test FAILED: $(IFS=,; echo "${failed[*]}" | sed 's/,/, /g')"
else
    result="make test passed"
fi
echo "$result. pytest: ${closing:-gave no result}"
if [ $chromium = no ]; then
    echo "!! The browser tests (marker 'browser') DID NOT RUN: there is no Chromium. Install Debian's package chromium" \
        "as root, or set DESK_TEST_CHROMIUM to the path of one, and run make test again."
fi
[ ${#failed[@]} -eq 0 ]
