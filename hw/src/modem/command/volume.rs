//! `AT+CLVL`: loudness of the earpiece.
//!
//! Defined in 27.007 section 8.23; the range is the maker's own, so it is asked for first.

use super::{AtCommand, fields};

/// Asks for the range, or sets a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// `AT+CLVL=?`
    Range,
    /// `AT+CLVL=<level>`
    Set(u8),
}

impl Volume {
    /// The loudest level of a range such as `+CLVL: (0-7)` or `(0-100)`.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<u8> {
        let range = lines
            .iter()
            .rev()
            .find_map(|line| fields(line).into_iter().next_back())?;
        let last = range.trim_matches(['(', ')']).rsplit('-').next()?;
        last.parse().ok().filter(|loudest| *loudest > 0)
    }

    /// The level nearest to `percent` of `loudest`.
    #[must_use]
    pub fn from_percent(percent: u8, loudest: u8) -> Self {
        let scaled = (u16::from(percent.min(100)) * u16::from(loudest) + 50) / 100;
        Self::Set(u8::try_from(scaled).unwrap_or(loudest))
    }
}

impl AtCommand for Volume {
    fn encode(&self) -> String {
        match self {
            Self::Range => "AT+CLVL=?".to_owned(),
            Self::Set(level) => format!("AT+CLVL={level}"),
        }
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("+CLVL:")
    }

    fn name(&self) -> &'static str {
        "+CLVL"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_levels() {
        for (line, loudest) in [
            ("+CLVL: (0-7)", Some(7)),
            ("+CLVL: (0-100)", Some(100)),
            ("+CLVL: (0,1,2,3)", Some(3)),
            ("+CLVL: ()", None),
            ("+CLVL: (0-0)", None),
        ] {
            assert_eq!(Volume::parse(&[line.to_owned()]), loudest, "{line}");
        }
        assert_eq!(Volume::from_percent(0, 7), Volume::Set(0));
        assert_eq!(Volume::from_percent(50, 7), Volume::Set(4));
        assert_eq!(Volume::from_percent(100, 7), Volume::Set(7));
        assert_eq!(Volume::from_percent(255, 255), Volume::Set(255));
    }
}
