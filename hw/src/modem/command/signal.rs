//! `AT+CSQ`: how strong is the signal?
//!
//! Defined in 27.007 section 8.5. Garbage in either field has been seen; only 0 to 31 in the first means something.

use super::{AtCommand, fields};

/// Asks for signal strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal;

impl Signal {
    /// Signal strength in dBm, −113 to −51; `None` when the module does not know.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<i16> {
        let level: i16 = lines
            .iter()
            .rev()
            .find_map(|line| fields(line).first()?.parse().ok())?;
        (0..=31).contains(&level).then(|| 2 * level - 113)
    }
}

impl AtCommand for Signal {
    fn encode(&self) -> String {
        "AT+CSQ".to_owned()
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("+CSQ:")
    }

    fn name(&self) -> &'static str {
        "+CSQ"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_at_their_edges() {
        let table = [
            ("+CSQ: 0,0", Some(-113)),
            ("+CSQ: 31,99", Some(-51)),
            ("+CSQ: 23,99", Some(-67)),
            ("+CSQ: 32,0", None),
            ("+CSQ: 99,99", None),
            ("+CSQ: -1,99", None),
            ("+CSQ: ,", None),
            ("+CSQ: 17,garbage", Some(-79)),
            ("+CSQ: 99999999,0", None),
        ];
        for (line, wanted) in table {
            assert_eq!(Signal::parse(&[line.to_owned()]), wanted, "{line}");
        }
    }
}
