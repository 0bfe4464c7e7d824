#!/usr/bin/env bash
# The modem's part of scripts/bench: builds hw/benches/modem and keeps the table it prints.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p target/bench
cargo bench --locked -p xinting-hw --bench modem | tee target/bench/modem.md
