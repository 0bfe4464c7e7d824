//! `ATE0`: do not repeat what is written to you.
//!
//! Defined in V.250 section 6.2.4. Only the final result counts.

use super::AtCommand;

/// `ATE0`: do not repeat what is written to you.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EchoOff;

impl AtCommand for EchoOff {
    fn encode(&self) -> String {
        "ATE0".to_owned()
    }

    fn name(&self) -> &'static str {
        "ATE0"
    }
}
