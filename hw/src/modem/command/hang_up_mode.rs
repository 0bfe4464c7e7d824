//! `AT+CVHU=0`: let ATH end voice calls, which some modules otherwise only pretend to do.
//!
//! Defined in 27.007 section 6.20. Only the final result counts.

use super::AtCommand;

/// `AT+CVHU=0`: let ATH end voice calls, which some modules otherwise only pretend to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HangUpMode;

impl AtCommand for HangUpMode {
    fn encode(&self) -> String {
        "AT+CVHU=0".to_owned()
    }

    fn name(&self) -> &'static str {
        "+CVHU"
    }
}
