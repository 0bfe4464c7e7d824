//! The module starts anew by command: `AT+CFUN=1,1` (27.007 section 8.2, parameter `rst`), or its maker's own.
//!
//! What is answered does not matter: some modules are gone before the final result.

use super::AtCommand;

/// Starts the module anew; the whole command line is the dialect's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftReset(pub &'static str);

impl AtCommand for SoftReset {
    fn encode(&self) -> String {
        self.0.to_owned()
    }

    fn name(&self) -> &'static str {
        "reset"
    }
}
