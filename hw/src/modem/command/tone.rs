//! `AT+VTS=<c>`: send one tone on the open line.
//!
//! Defined in 27.007 annex C.2.11. Some makers want the character in quotes; that belongs to their dialects.

use super::AtCommand;
use crate::modem::dialect::Dialect;

/// One tone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tone(char);

impl std::fmt::Debug for Tone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tone(hidden)")
    }
}

impl Tone {
    /// A tone for 0 to 9, `*`, `#` and A to D (in either case); `None` for anything else.
    #[must_use]
    pub fn new(c: char) -> Option<Self> {
        let c = c.to_ascii_uppercase();
        matches!(c, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Self(c))
    }
}

/// One tone in the words of the module that is to send it. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SendTone(String);

impl SendTone {
    /// The tone as `dialect` wants it.
    #[must_use]
    pub fn new(tone: Tone, dialect: &dyn Dialect) -> Self {
        Self(dialect.tone(tone.0))
    }
}

impl std::fmt::Debug for SendTone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SendTone(hidden)")
    }
}

impl AtCommand for SendTone {
    fn encode(&self) -> String {
        self.0.clone()
    }

    fn name(&self) -> &'static str {
        "tone"
    }
}

impl AtCommand for Tone {
    fn encode(&self) -> String {
        format!("AT+VTS={}", self.0)
    }

    fn name(&self) -> &'static str {
        "+VTS"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones() {
        assert_eq!(Tone::new('5').unwrap().encode(), "AT+VTS=5");
        assert_eq!(Tone::new('#').unwrap().encode(), "AT+VTS=#");
        assert_eq!(Tone::new('b').unwrap().encode(), "AT+VTS=B");
        for wrong in ['E', ' ', '\r', ';', '５'] {
            assert_eq!(Tone::new(wrong), None);
        }
    }
}
