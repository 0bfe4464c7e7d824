#!/usr/bin/env bash
# Building the starter beside `zip -9 -r` of the same files, in one run: cold (every sound rendered), cached, and with the
# sounds there but not measured. zip gets the texts and the rendered sounds, as they lie in the pack.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
command -v zip >/dev/null || { echo "bench: zip is missing; apt-get install zip" >&2; exit 2; }
cargo build --release --locked -q -p xinting-author
tool=$CARGO_TARGET_DIR/release/xinting-pack
desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT
cp -r content/starter "$desk/starter"
# Outside the clone, so that its cache is neither used nor filled.
cd "$desk"
export XDG_CACHE_HOME=$desk/cache
"$tool" keygen bench --no-password >/dev/null

# Milliseconds that a command takes, what it says thrown away.
ms() {
    local began ended
    began=$(date +%s%N)
    "$@" >/dev/null 2>&1
    ended=$(date +%s%N)
    echo $(((ended - began) / 1000000))
}
middle() { sort -n | sed -n "$((($1 + 1) / 2))p"; }
build() { "$tool" build starter -o starter.xpack --key bench.key "$@"; }
zipped() {
    rm -f reference.zip
    (cd files && zip -9 -q -r ../reference.zip .)
}

cold=$(for _ in 1 2 3; do
    rm -rf cache
    ms build
done | middle 3)
one=$(
    rm -rf cache
    ms build --jobs 1
)
cached=$(for _ in 1 2 3 4 5; do ms build; done | middle 5)
checked=$(for _ in 1 2 3 4 5; do ms "$tool" check starter; done | middle 5)
mkdir files
python3 -m zipfile -e starter.xpack files
rm -f files/manifest.json*
reference=$(for _ in 1 2 3 4 5; do ms zipped; done | middle 5)
ratio() { awk -v a="$1" -v b="$reference" 'BEGIN { printf "%.2f", a / b }'; }

mkdir -p "$OLDPWD/target/bench"
{
    echo "| the starter, $(du -sm files | cut -f1) MB, $(find files -type f | wc -l) files, $(nproc) cores | ms | to zip -9 |"
    echo "|---|---|---|"
    echo "| build, cold: every sound rendered and measured (median of 3) | $cold | $(ratio "$cold") |"
    echo "| the same on one thread (once) | $one | $(ratio "$one") |"
    echo "| build, cached: texts read, sounds taken from the cache, packed, signed, verified (median of 5) | $cached | $(ratio "$cached") |"
    echo "| check, cached (median of 5) | $checked | $(ratio "$checked") |"
    echo "| zip -9 -r of the same files (median of 5) | $reference | 1 |"
    echo
    echo "starter.xpack: $(stat -c %s starter.xpack) bytes; zip: $(stat -c %s reference.zip) bytes"
} | tee "$OLDPWD/target/bench/build.md"
