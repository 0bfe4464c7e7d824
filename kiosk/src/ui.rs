//! The screens as Slint compiles them. Only the adapters use it.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::todo,
    clippy::undocumented_unsafe_blocks,
    reason = "generated code"
)]

slint::include_modules!();
