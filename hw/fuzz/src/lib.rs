//! The bodies of the modem's fuzz targets: bytes in, a panic where a promise of the protocol is broken.
//!
//! They are ordinary code, compiled twice: into the fuzz targets beside this folder, and into `hw/tests/corpus.rs`,
//! which replays the committed corpus with every `cargo test`. So nothing here needs a fuzzer, a port, a clock or a
//! file. How to run a campaign is in `docs/fuzzing.md`.

pub mod dialect;
pub mod line_engine;
pub mod parsers;
pub mod seeds;
pub mod sim_machine;
pub mod stage;
pub mod witness;

use xinting_hw::modem::dialect::DialectId;

/// One target: its name, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("line_engine", line_engine::run),
    ("parsers", parsers::run),
    ("sim_machine", sim_machine::run),
    ("dialect_generic", |input| {
        dialect::run(DialectId::Generic, input);
    }),
    ("dialect_simcom", |input| {
        dialect::run(DialectId::Simcom, input);
    }),
    ("dialect_quectel", |input| {
        dialect::run(DialectId::Quectel, input);
    }),
    ("dialect_air724", |input| {
        dialect::run(DialectId::Air724, input);
    }),
    ("dialect_huawei", |input| {
        dialect::run(DialectId::Huawei, input);
    }),
    ("dialect_ublox", |input| {
        dialect::run(DialectId::Ublox, input);
    }),
];
