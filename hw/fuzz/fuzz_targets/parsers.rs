//! See `src/parsers.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_hw_fuzz::parsers::run(input));
