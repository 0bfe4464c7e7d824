//! See `src/dialect.rs`.
#![no_main]

use xinting_hw::modem::dialect::DialectId;

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_hw_fuzz::dialect::run(DialectId::Simcom, input));
