#!/usr/bin/env bash
# A Chromium for the browser tests: there already, or installed from Debian when this account may.
set -uo pipefail
present() {
    [ -n "${DESK_TEST_CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome
}
present >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium …"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install chromium; } \
        >/dev/null 2>&1
fi
present >/dev/null
