#!/usr/bin/env bash
# The sound's part of scripts/bench: builds the bench program (which is a workspace of its own, because of rodio), makes
# a voice's stand-in and two beds, and keeps the tables it prints.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p target/bench/sound
cargo run --release --locked -q -p xinting-sound --example listen -- target/bench/sound >/dev/null
cargo build --release --locked --manifest-path scripts/bench.d/sound/Cargo.toml --target-dir target/bench/build
files=target/bench/sound
# No voice is shipped; the breath stands in for one, since what is decoded is a FLAC all the same.
target/bench/build/release/xinting-bench-sound all "$files/breathing.flac" "$files/rain.flac" "$files/stream.flac" |
    tee target/bench/sound.md
