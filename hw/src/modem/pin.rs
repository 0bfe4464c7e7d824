//! The SIM's PIN as it is configured. It hides its digits from everybody but the one command that enters it.
//!
//! Not here: when it is tried, and the rule that it is tried once; that is [`super::core`]. A PUK has no type at all.

use std::fmt;

/// Fewest digits of a PIN (ETSI TS 102 221 section 9.5.1).
pub const MIN_DIGITS: usize = 4;
/// Most digits of a PIN (ETSI TS 102 221 section 9.5.1).
pub const MAX_DIGITS: usize = 8;

/// A PIN of 4 to 8 digits. `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// Why a text cannot be a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// A character other than 0 to 9.
    #[error("a SIM PIN has digits only")]
    NotADigit,
    /// Fewer than [`MIN_DIGITS`] or more than [`MAX_DIGITS`].
    #[error("a SIM PIN has {MIN_DIGITS} to {MAX_DIGITS} digits, this one has {0}")]
    Length(usize),
}

impl Pin {
    /// Takes a text of 4 to 8 digits.
    ///
    /// # Errors
    /// [`PinError::NotADigit`] for any other character, [`PinError::Length`] for a wrong length.
    pub fn new(text: &str) -> Result<Self, PinError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PinError::NotADigit);
        }
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&text.len()) {
            return Err(PinError::Length(text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The digits, for the one command that enters them. Never log or store them.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_eight_digits_and_never_shown() {
        assert_eq!(Pin::new("123"), Err(PinError::Length(3)));
        assert_eq!(Pin::new("123456789"), Err(PinError::Length(9)));
        assert_eq!(Pin::new("12a4"), Err(PinError::NotADigit));
        assert_eq!(Pin::new("１２３４"), Err(PinError::NotADigit));
        let pin = Pin::new("98765").unwrap();
        assert_eq!(format!("{pin:?} {}", pin.digits()), "Pin(hidden) 98765");
    }
}
