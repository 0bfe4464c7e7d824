//! See `src/trust.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_content_fuzz::trust::key_list(input));
