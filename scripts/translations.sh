#!/usr/bin/env bash
# Message catalogues: extract FILE|update|compile. Compiling touches only what changed.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
template=$(mktemp)
trap 'rm -f "$template"' EXIT

compile() {
    local po mo
    for po in translations/*/LC_MESSAGES/*.po; do
        [ -e "$po" ] || continue
        mo=${po%.po}.mo
        if [ ! -e "$mo" ] || [ "$po" -nt "$mo" ]; then
            pybabel --quiet compile --input-file "$po" --output-file "$mo"
        fi
    done
}

extract() {
    pybabel --quiet extract --mapping babel.cfg --keyword _l --keyword lazy_gettext --keyword _n:1,2 \
        --no-location --sort-output --width 110 --project zhisu --output "$1" .
}

update() {
    local locale
    extract "$template"
    for locale in zh_Hans_CN en; do
        if [ -e "translations/$locale/LC_MESSAGES/messages.po" ]; then
            pybabel --quiet update --input-file "$template" --output-dir translations --locale "$locale" \
                --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110
        else
            pybabel --quiet init --input-file "$template" --output-dir translations --locale "$locale" \
                --width 110
        fi
    done
}

case ${1:-compile} in
    extract) extract "${2:?the file to write}" ;;
    compile) compile ;;
    update) update && compile ;;
    *) echo "usage: $0 compile|update|extract FILE" >&2; exit 2 ;;
esac
