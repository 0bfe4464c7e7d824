//! The bodies of the fuzz targets of packs: bytes in, a panic where a promise of the pack file is broken.
//!
//! They are ordinary code, compiled twice: into the fuzz targets beside this folder, and into
//! `content/tests/corpus.rs`, which replays the committed corpus with every `cargo test`. The keys and the good pack are
//! also what the hostile packs of `content/tests/hostile` are made with. So nothing here needs a fuzzer, a clock or a
//! file. How to run a campaign is in `docs/fuzzing.md`.

pub mod content;
pub mod holds;
pub mod keys;
pub mod packs;
pub mod sample;
pub mod seeds;
pub mod trust;

/// One target: its name, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("zip", packs::zip),
    ("pack_signed", packs::pack_signed),
    ("manifest", packs::manifest),
    ("signature", packs::signature),
    ("key_list", trust::key_list),
    ("document", trust::document),
    ("pack_toml", content::pack_toml),
    ("instrument", content::instrument),
    ("article", content::article),
    ("practice", content::practice),
    ("captions", content::captions),
    ("bed", content::bed),
    ("hotlines", content::hotlines),
    ("support", content::support),
    ("counsellor", content::counsellor),
    ("calendar", content::calendar),
];
