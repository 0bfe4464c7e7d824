//! The pack file and what is read from it: round trips, every flipped bit, truncation, strangers,
//! ratchet, hostile bytes, stock minisign.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of these tests build what they know to be good"
)]

mod combinations;
mod documents;
mod flips;
mod glance;
mod hostile;
mod layering;
mod list_text;
mod lists;
mod marks;
mod model;
mod refusals;
mod roots;
mod sample;
mod sounds;
mod stranger;
mod trust;
