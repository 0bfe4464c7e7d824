//! `AT`: are you there? Any final result means yes.
//!
//! Defined in V.250 section 5.2. Only the final result counts.

use std::time::Duration;

use super::AtCommand;
use crate::modem::timer::Timings;

/// `AT`: are you there? Any final result means yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attention;

impl AtCommand for Attention {
    fn encode(&self) -> String {
        "AT".to_owned()
    }

    fn timeout(&self, timings: &Timings) -> Duration {
        // It asks for nothing, so a module that is there answers at once.
        timings.retry
    }

    fn name(&self) -> &'static str {
        "AT"
    }
}
