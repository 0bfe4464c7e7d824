//! How many calls this booth has begun lately. Times only, in memory only: not whom, not for how long, and nothing
//! that outlives the process.

use crate::timer;
use std::time::Duration;

/// When the newest calls began, oldest first.
#[derive(Default)]
pub(crate) struct Begun([Option<Duration>; timer::CALLS_UNASKED]);

impl Begun {
    /// A call that somebody asked for goes out.
    pub(crate) fn note(&mut self, now: Duration) {
        self.0.rotate_left(1);
        if let Some(newest) = self.0.last_mut() {
            *newest = Some(now);
        }
    }

    /// Whether so many have begun within so short a time that the next one asks once more.
    pub(crate) fn many(&self, now: Duration) -> bool {
        self.0
            .iter()
            .all(|began| began.is_some_and(|began| now.saturating_sub(began) < timer::CALLS_WINDOW))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_fourth_within_ten_minutes_asks() {
        let mut begun = Begun::default();
        for (began, asks) in [(0, false), (100, false), (200, false)] {
            assert_eq!(begun.many(at(began)), asks);
            begun.note(at(began));
        }
        assert!(begun.many(at(300)));
        assert!(begun.many(at(599)));
        assert!(!begun.many(at(600)), "the first is ten minutes ago");
        begun.note(at(600));
        assert!(begun.many(at(699)));
        assert!(!begun.many(at(700)));
    }
}
