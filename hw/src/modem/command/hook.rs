//! `ATH`: put the hook down.
//!
//! Defined in V.250 section 6.3.6, for voice calls subject to +CVHU. Only the final result counts.

use super::AtCommand;

/// `ATH`: put the hook down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook;

impl AtCommand for Hook {
    fn encode(&self) -> String {
        "ATH".to_owned()
    }

    fn name(&self) -> &'static str {
        "ATH"
    }
}
