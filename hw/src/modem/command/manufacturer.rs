//! `AT+CGMI`: who made you?
//!
//! Defined in 27.007 section 5.1. The answer is free text, with or without a prefix.

use super::AtCommand;
use super::model::name;

/// Asks for the manufacturer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manufacturer;

impl Manufacturer {
    /// The first line that looks like a name, at most [`super::model::Model::LONGEST`] characters of it.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<String> {
        name(lines, "+CGMI:")
    }
}

impl AtCommand for Manufacturer {
    fn encode(&self) -> String {
        "AT+CGMI".to_owned()
    }

    fn free_text(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "+CGMI"
    }
}
