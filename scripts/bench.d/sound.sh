#!/usr/bin/env bash
# The sound's part of scripts/bench: builds the bench program (which is a workspace of its own, because of rodio), makes
# a voice's stand-in and two beds, and keeps the tables it prints.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
files=target/bench/sound
mkdir -p "$files"
cargo run --release --locked -q -p xinting-sound --example listen -- "$files" >"$files/sounds.md"
cargo build --release --locked --manifest-path scripts/bench.d/sound/Cargo.toml
# No voice is shipped; the sea stands in for one: a FLAC of a minute like the others, so that none goes round while measured.
"$CARGO_TARGET_DIR/release/xinting-bench-sound" all "$files/sea.flac" "$files/rain.flac" "$files/stream.flac" |
    tee target/bench/sound.md
