//! Time as an argument.

use jiff::civil::DateTime;
use std::time::Duration;

/// The time at which an input arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since some fixed moment in the past; never goes backwards. All deadlines use it.
    pub monotonic: Duration,
    /// Local date and time; `None` until the clock is plausible. Used for words and opening hours.
    pub civil: Option<DateTime>,
}
