//! `AT+CPIN="<pin>"`: open the SIM.
//!
//! Defined in 27.007 section 8.3. A card locks after three wrong ones, so the core enters one once; a PUK is never
//! entered.

use std::time::Duration;

use super::AtCommand;
use crate::modem::pin::Pin;
use crate::modem::timer::Timings;

/// Enters the PIN. `Debug` and [`AtCommand::name`] show no digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinEntry(pub Pin);

impl AtCommand for PinEntry {
    fn encode(&self) -> String {
        format!("AT+CPIN=\"{}\"", self.0.digits())
    }

    fn timeout(&self, timings: &Timings) -> Duration {
        timings.radio
    }

    fn name(&self) -> &'static str {
        "+CPIN="
    }
}
