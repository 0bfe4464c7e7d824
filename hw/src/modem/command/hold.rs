//! `AT+CHLD`: what becomes of several calls.
//!
//! Defined in 27.007 section 7.13 and 22.030 section 6.5.5.1. Only the final result counts.

use super::AtCommand;

/// What is asked of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// `AT+CHLD=1`: releases all active calls, and takes the one that waits or is held. So a hang-up turns away whoever
    /// waits first.
    ReleaseActive,
    /// `AT+CHLD=0`: tells a waiting caller that this side is busy. Without a waiting call it releases a held one, so during
    /// a call it is sent only while one is listed as waiting and ours is not held.
    RejectWaiting,
}

impl AtCommand for Hold {
    fn encode(&self) -> String {
        match self {
            Self::ReleaseActive => "AT+CHLD=1",
            Self::RejectWaiting => "AT+CHLD=0",
        }
        .to_owned()
    }

    fn name(&self) -> &'static str {
        "+CHLD"
    }
}
