//! The pack file and what is read from it: round trips, every flipped bit, truncation, strangers,
//! ratchet, hostile bytes, stock minisign.

mod flips;
mod hostile;
mod layering;
mod refusals;
mod sample;
