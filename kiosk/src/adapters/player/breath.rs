//! Where a breath is, from the position of the sound alone.
//!
//! Not here: which pace is heard (`player`), and how the flower is drawn (`lotus`).

use crate::ui::BreathView;
use std::f64::consts::PI;

/// Steps between closed and open. Each is one redraw, and redraws are what breathing costs; half a step at
/// the quickest moment of 4 s in is 9 ms, less than a frame, and moves the tip of a petal by a pixel.
const STEPS: f64 = 144.0;

/// How long in and out take, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seconds {
    pub(super) inhale_ms: u64,
    pub(super) exhale_ms: u64,
}

/// Where a breath is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Breath {
    pub(super) view: BreathView,
    /// 0 closed to 1 open, in whole steps.
    pub(super) openness: f32,
    /// Which second of breathing in or out it is, from 1; 0 where nothing is breathed yet.
    pub(super) count: i32,
    /// How many such seconds there are, the last one perhaps shorter.
    pub(super) count_of: i32,
}

impl Breath {
    /// At `position`, where breaths of this pace are counted from `from` and all is over at `end`;
    /// all in milliseconds of the practice.
    pub(super) fn at(position: u64, from: u64, pace: Seconds, end: u64) -> Self {
        let Seconds {
            inhale_ms,
            exhale_ms,
        } = pace;
        let cycle = inhale_ms + exhale_ms;
        if position < from || cycle == 0 || position >= end {
            return Self {
                view: BreathView::Ready,
                openness: 0.0,
                count: 0,
                count_of: 0,
            };
        }
        let within = (position - from) % cycle;
        let (view, part, since, of) = if within < inhale_ms {
            let part = ratio(within, inhale_ms);
            (BreathView::Inhale, part, within, inhale_ms)
        } else {
            let since = within - inhale_ms;
            let part = 1.0 - ratio(since, exhale_ms);
            (BreathView::Exhale, part, since, exhale_ms)
        };
        let eased = (1.0 - (PI * part).cos()) / 2.0;
        Self {
            view,
            openness: ((eased * STEPS).round() / STEPS) as f32,
            count: small(since / 1000 + 1),
            count_of: small(of.div_ceil(1000)),
        }
    }
}

fn small(seconds: u64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// Milliseconds as seconds, with a tenth where there is one: `4`, `2.6`.
pub(super) fn seconds(milliseconds: u64) -> String {
    let tenths = (milliseconds + 50) / 100;
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    // Both are milliseconds of one breath: small enough to be exact.
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{Breath, Seconds, seconds};
    use crate::ui::BreathView::{Exhale, Inhale, Ready};

    fn pace(inhale_ms: u64, exhale_ms: u64) -> Seconds {
        Seconds {
            inhale_ms,
            exhale_ms,
        }
    }

    #[test]
    fn the_flower_opens_for_four_seconds_and_closes_for_six() {
        for (position, view, openness, count, count_of) in [
            (0, Ready, 0.0, 0, 0),
            (2_000, Inhale, 0.0, 1, 4),
            (4_000, Inhale, 0.5, 3, 4),
            (5_999, Inhale, 1.0, 4, 4),
            (6_000, Exhale, 1.0, 1, 6),
            (9_000, Exhale, 0.5, 4, 6),
            (11_999, Exhale, 0.0, 6, 6),
            (12_000, Inhale, 0.0, 1, 4),
            (60_000, Ready, 0.0, 0, 0),
        ] {
            let breath = Breath::at(position, 2_000, pace(4_000, 6_000), 60_000);
            assert_eq!(
                (breath.view, breath.openness, breath.count, breath.count_of),
                (view, openness, count, count_of),
                "at {position}"
            );
        }
    }

    #[test]
    fn another_pace_is_counted_from_where_it_began() {
        let at = |position| Breath::at(position, 32_500, pace(2_600, 3_900), 180_000);
        assert_eq!(at(32_499).view, Ready);
        assert_eq!((at(32_500).view, at(32_500).openness), (Inhale, 0.0));
        assert_eq!((at(35_100).view, at(35_100).openness), (Exhale, 1.0));
        assert_eq!((at(35_099).count, at(35_099).count_of), (3, 3));
        assert_eq!(at(39_000).view, Inhale);
    }

    #[test]
    fn a_breath_without_length_stays_closed() {
        assert_eq!(Breath::at(5_000, 0, pace(0, 0), 60_000).openness, 0.0);
        assert_eq!(Breath::at(5_000, 0, pace(0, 2_000), 60_000).view, Exhale);
    }

    #[test]
    fn seconds_are_read_at_a_glance() {
        for (milliseconds, read) in [(4_000, "4"), (2_600, "2.6"), (7_200, "7.2"), (20_000, "20")] {
            assert_eq!(seconds(milliseconds), read);
        }
    }
}
