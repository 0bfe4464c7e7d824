//! `AT+CMEE=1`: say errors as numbers. Some modules answer ERROR to this one.
//!
//! Defined in 27.007 section 9.1. Only the final result counts.

use super::AtCommand;

/// `AT+CMEE=1`: say errors as numbers. Some modules answer ERROR to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCodes;

impl AtCommand for ErrorCodes {
    fn encode(&self) -> String {
        "AT+CMEE=1".to_owned()
    }

    fn name(&self) -> &'static str {
        "+CMEE"
    }
}
