//! The booth's clocks: one that never goes back, for deadlines; and the local date and time, where it can be believed.
//!
//! The system's clock is believed from [`EARLIEST`] on: a board whose battery is dead wakes up in 1970 or on its
//! firmware's birthday. A time set by hand is believed until the program ends.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use std::cell::Cell;
use std::time::{Duration, Instant};
use xinting_session::Now;

/// No copy of this program existed before; moved on with every release.
pub const EARLIEST: Date = date(2026, 11, 1);

/// Tells the time.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    zone: TimeZone,
    by_hand: Cell<Option<(Duration, DateTime)>>,
}

impl Clock {
    /// A clock for this zone.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self {
            started: Instant::now(),
            zone,
            by_hand: Cell::new(None),
        }
    }

    /// Sets the local date and time; it runs on from there.
    pub fn set(&self, civil: DateTime) {
        self.by_hand.set(Some((self.monotonic(), civil)));
    }

    /// Since this clock was made.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    /// Both times at once.
    #[must_use]
    pub fn now(&self) -> Now {
        let monotonic = self.monotonic();
        let civil = match self.by_hand.get() {
            Some((since, civil)) => civil.checked_add(monotonic.saturating_sub(since)).ok(),
            None => plausible(Timestamp::now().to_zoned(self.zone.clone()).datetime()),
        };
        Now { monotonic, civil }
    }
}

fn plausible(civil: DateTime) -> Option<DateTime> {
    (civil.date() >= EARLIEST).then_some(civil)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_the_program_existed_is_not_believed() {
        let earliest = EARLIEST.at(0, 0, 0, 0);
        assert_eq!(plausible(earliest), Some(earliest));
        assert_eq!(plausible(date(2026, 10, 31).at(23, 59, 59, 0)), None);
        assert_eq!(plausible(date(1970, 1, 1).at(8, 0, 0, 0)), None);
    }

    #[test]
    fn a_time_set_by_hand_is_believed_whatever_it_is_and_runs_on() {
        let clock = Clock::new(TimeZone::UTC);
        let hand = date(2026, 5, 25).at(10, 0, 0, 0);
        clock.set(hand);
        let civil = clock.now().civil.unwrap();
        assert!(
            civil >= hand && civil < date(2026, 5, 25).at(10, 1, 0, 0),
            "{civil}"
        );
    }
}
