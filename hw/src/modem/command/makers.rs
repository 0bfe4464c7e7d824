//! Commands that a dialect words: whole lines, told or asked.
//!
//! Where each is defined stands in its dialect's file. What an answer means is read there as well.

use super::AtCommand;

/// Tells the module something; only the final result counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tell(pub &'static str);

/// Asks the module something; every line of the answer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask(pub &'static str);

impl AtCommand for Tell {
    fn encode(&self) -> String {
        self.0.to_owned()
    }

    fn name(&self) -> &'static str {
        self.0
    }
}

impl AtCommand for Ask {
    fn encode(&self) -> String {
        self.0.to_owned()
    }

    fn free_text(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        self.0
    }
}
