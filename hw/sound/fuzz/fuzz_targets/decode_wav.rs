//! See `src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_sound_fuzz::run(
    xinting_sound::Codec::Wav,
    input
));
