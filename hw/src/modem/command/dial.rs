//! `ATD<digits>;`: start a voice call.
//!
//! Defined in V.250 section 6.3.1 and 27.007 section 6.2; the semicolon makes it a voice call. Modules answer in three
//! ways: OK at once; nothing until the call is taken and then CONNECT; nothing until then and then OK. So OK means
//! that the number was accepted, never that the line is open, and nobody waits for it.

use std::time::Duration;

use super::AtCommand;
use crate::modem::line::FinalResult;
use crate::modem::timer::Timings;
use crate::modem::{DialNumber, RefusedReason};

/// Dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial(pub DialNumber);

impl Dial {
    /// Why the module said no, when it did.
    #[must_use]
    pub const fn refusal(end: FinalResult) -> Option<RefusedReason> {
        match end {
            FinalResult::Ok | FinalResult::Connect => None,
            // 27.007 section 9.2.1: 5 to 7 and 40 to 47 are locks of the module to a card or a network, 10 to 16 are
            // about the card itself.
            FinalResult::Cme(Some(5..=7 | 10..=16 | 40..=47)) => Some(RefusedReason::NoSim),
            FinalResult::Cme(Some(30..=32)) => Some(RefusedReason::NoNetwork),
            FinalResult::Cme(code) => Some(RefusedReason::ByModem(code)),
            FinalResult::Error => Some(RefusedReason::ByModem(None)),
        }
    }
}

impl AtCommand for Dial {
    fn encode(&self) -> String {
        format!("ATD{};", self.0.digits())
    }

    fn timeout(&self, timings: &Timings) -> Duration {
        timings.dial_final
    }

    fn name(&self) -> &'static str {
        "ATD"
    }
}
