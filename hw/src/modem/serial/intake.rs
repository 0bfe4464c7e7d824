//! How much is read from a module that does not stop talking, pure.
//!
//! A serial line carries 11,520 bytes a second; a port on USB whose other end has gone mad carries millions, and reading
//! them all would take a whole core. So only so much is taken in a second. The rest waits in the kernel, whose buffer
//! is of a fixed size; commands, deadlines and an unplug are heard all the while, and that a flood holds no answers is
//! for the core to notice.

use std::time::Duration;

/// Bytes read in one second at most: several times what a line at 115,200 baud carries.
pub const MOST_A_SECOND: usize = 65_536;
const SECOND: Duration = Duration::from_secs(1);

/// The second under way and what was read in it.
#[derive(Debug, Default)]
pub(super) struct Intake {
    began: Duration,
    taken: usize,
}

impl Intake {
    /// So many bytes were read. True when the second is full with them, once a second.
    pub(super) fn took(&mut self, now: Duration, bytes: usize) -> bool {
        if now >= self.began.saturating_add(SECOND) {
            self.began = now;
            self.taken = 0;
        }
        let before = self.taken;
        self.taken = self.taken.saturating_add(bytes);
        before < MOST_A_SECOND && self.taken >= MOST_A_SECOND
    }

    /// When reading may go on; `None` when it may at once.
    pub(super) fn closed_until(&self, now: Duration) -> Option<Duration> {
        let end = self.began.saturating_add(SECOND);
        (self.taken >= MOST_A_SECOND && now < end).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_so_much_and_no_more() {
        let ms = Duration::from_millis;
        let mut intake = Intake::default();
        assert!(!intake.took(ms(5_000), MOST_A_SECOND - 1));
        assert_eq!(intake.closed_until(ms(5_100)), None);
        assert!(intake.took(ms(5_200), 1));
        assert_eq!(intake.closed_until(ms(5_200)), Some(ms(6_000)));
        assert!(!intake.took(ms(5_300), 10), "told once a second");
        assert_eq!(intake.closed_until(ms(6_000)), None);
        assert!(!intake.took(ms(6_000), 10));
        assert_eq!(intake.closed_until(ms(6_001)), None);
    }

    #[test]
    fn an_ordinary_line_at_full_speed_is_never_held_up() {
        let mut intake = Intake::default();
        for tenth in 0..600_u32 {
            let now = Duration::from_millis(100) * tenth;
            assert!(!intake.took(now, 1_152));
            assert_eq!(intake.closed_until(now), None);
        }
    }
}
