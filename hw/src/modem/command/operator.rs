//! `AT+COPS`: which operator?
//!
//! Defined in 27.007 section 7.3. The name is asked for in its long form; modules that cannot give it write a number.

use super::{AtCommand, fields};

/// Asks for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `AT+COPS=3,0`: names in their long form.
    LongNames,
    /// `AT+COPS?`
    Query,
}

impl Operator {
    /// Longest name kept, in characters.
    pub const LONGEST: usize = 40;

    /// The name, when the module gives one.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<String> {
        let name = lines
            .iter()
            .rev()
            .find_map(|line| fields(line).into_iter().nth(2))?;
        (!name.is_empty()).then(|| name.chars().take(Self::LONGEST).collect())
    }
}

impl AtCommand for Operator {
    fn encode(&self) -> String {
        match self {
            Self::LongNames => "AT+COPS=3,0",
            Self::Query => "AT+COPS?",
        }
        .to_owned()
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("+COPS:")
    }

    fn name(&self) -> &'static str {
        "+COPS"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let table = [
            ("+COPS: 0,0,\"CHINA MOBILE\",7", Some("CHINA MOBILE")),
            ("+COPS: 0,2,\"46000\"", Some("46000")),
            ("+COPS: 0,0,CMCC,7", Some("CMCC")),
            ("+COPS: 0", None),
            ("+COPS: 0,0,\"\",7", None),
        ];
        for (line, wanted) in table {
            assert_eq!(
                Operator::parse(&[line.to_owned()]).as_deref(),
                wanted,
                "{line}"
            );
        }
    }
}
