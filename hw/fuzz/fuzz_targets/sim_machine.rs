//! See `src/sim_machine.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xinting_hw_fuzz::sim_machine::run(input));
