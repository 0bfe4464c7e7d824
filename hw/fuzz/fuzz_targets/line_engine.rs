//! See `src/line_engine.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_hw_fuzz::line_engine::run(input));
