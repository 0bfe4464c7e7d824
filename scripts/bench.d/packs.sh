#!/usr/bin/env bash
# The packs' part of scripts/bench: installs 200 MB beside cp, sync and sha256sum, opens what is installed, and keeps the
# tables that tests/benches/packs prints.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
files=target/bench/packs
mkdir -p "$files"
cargo build --profile dist --locked -q -p xinting-author
"$CARGO_TARGET_DIR/dist/xinting-pack" build content/starter -o "$files/starter.xpack"
cargo bench --profile dist --locked -q -p xinting-e2e --bench packs -- "$PWD/$files" "$PWD/$files/starter.xpack" "$PWD/.dev/pack.pub" |
    tee target/bench/packs.md
