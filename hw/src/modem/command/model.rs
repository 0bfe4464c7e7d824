//! `AT+CGMM`: what are you called?
//!
//! Defined in 27.007 section 5.2. The answer is free text, with or without a prefix.

use super::AtCommand;

/// Asks for the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model;

impl Model {
    /// Longest model name kept, in characters.
    pub const LONGEST: usize = 40;

    /// The first line that looks like a name.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<String> {
        name(lines, "+CGMM:")
    }
}

/// The first line that looks like a name, alone or behind `prefix`.
pub(super) fn name(lines: &[String], prefix: &str) -> Option<String> {
    let line = lines
        .iter()
        .find(|line| !line.starts_with('+') || line.to_ascii_uppercase().starts_with(prefix))?;
    let name = if line.starts_with('+') {
        line.split_once(':')?.1
    } else {
        line
    };
    let name: String = name
        .trim()
        .trim_matches('"')
        .chars()
        .take(Model::LONGEST)
        .collect();
    (!name.is_empty()).then_some(name)
}

impl AtCommand for Model {
    fn encode(&self) -> String {
        "AT+CGMM".to_owned()
    }

    fn free_text(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "+CGMM"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_forms_seen() {
        let table: [(&[&str], Option<&str>); 5] = [
            (&["SIMCOM_SIM800C"], Some("SIMCOM_SIM800C")),
            (&["+CGMM: \"EC25\""], Some("EC25")),
            (&["+QIND: x", "EC20F"], Some("EC20F")),
            (&["+CGMM:"], None),
            (&[], None),
        ];
        for (lines, wanted) in table {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(Model::parse(&lines).as_deref(), wanted, "{lines:?}");
        }
    }
}
