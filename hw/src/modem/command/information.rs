//! `ATI`: say something about yourself.
//!
//! Defined in V.250 section 6.1.3. The answer is free text of several lines; it is read only to find the dialect, for
//! modules that answer neither `+CGMI` nor `+CGMM`.

use super::AtCommand;

/// Asks for the module's own description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Information;

impl AtCommand for Information {
    fn encode(&self) -> String {
        "ATI".to_owned()
    }

    fn free_text(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "ATI"
    }
}
