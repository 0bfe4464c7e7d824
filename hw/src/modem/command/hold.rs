//! `AT+CHLD=1`: release all active calls.
//!
//! Defined in 27.007 section 7.13 and 22.030 section 6.5.5. Only the final result counts.

use super::AtCommand;

/// `AT+CHLD=1`: release all active calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold;

impl AtCommand for Hold {
    fn encode(&self) -> String {
        "AT+CHLD=1".to_owned()
    }

    fn name(&self) -> &'static str {
        "+CHLD"
    }
}
