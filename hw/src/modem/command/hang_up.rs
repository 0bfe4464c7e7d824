//! `AT+CHUP`: end the call.
//!
//! Defined in 27.007 section 6.5. Only the final result counts.

use super::AtCommand;

/// `AT+CHUP`: end the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HangUp;

impl AtCommand for HangUp {
    fn encode(&self) -> String {
        "AT+CHUP".to_owned()
    }

    fn name(&self) -> &'static str {
        "+CHUP"
    }
}
