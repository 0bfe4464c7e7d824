//! `AT+CFUN`: is the radio on, switch it on or off.
//!
//! Defined in 27.007 section 8.2. 1 is full function, 4 is flight mode.

use std::time::Duration;

use super::{AtCommand, fields};
use crate::modem::timer::Timings;

/// Asks for or sets the radio's function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Radio {
    /// `AT+CFUN?`
    Query,
    /// `AT+CFUN=1`
    On,
    /// `AT+CFUN=4`, which also drops every call.
    Off,
}

impl Radio {
    /// True when an answer to [`Radio::Query`] says full function; `None` when it says nothing readable.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<bool> {
        lines
            .iter()
            .rev()
            .find_map(|line| fields(line).first()?.parse::<u8>().ok())
            .map(|level| level == 1)
    }
}

impl AtCommand for Radio {
    fn encode(&self) -> String {
        match self {
            Self::Query => "AT+CFUN?",
            Self::On => "AT+CFUN=1",
            Self::Off => "AT+CFUN=4",
        }
        .to_owned()
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("+CFUN:")
    }

    fn timeout(&self, timings: &Timings) -> Duration {
        match self {
            Self::Query => timings.command,
            Self::On | Self::Off => timings.radio,
        }
    }

    fn name(&self) -> &'static str {
        "+CFUN"
    }
}
