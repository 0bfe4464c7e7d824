//! See `src/content.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_content_fuzz::content::article(input));
