//! Position as a few atomics: one writer (the device callback, or the owner for the silent clock), any readers,
//! nobody ever waits. Deliberately knows no device and no thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Nanoseconds of one frame at 48 kHz, as a fraction: 62,500 / 3.
const FRAME_NS: (u64, u64) = (62_500, 3);

/// No position is farther than this: 132 days, and room enough for sums above it.
const FARTHEST: u64 = 1 << 39;

/// Frame of a position that somebody named; what is out of any reach counts as the farthest.
pub(super) fn frame_of(ms: u64) -> u64 {
    xinting_sound::ms_to_frames(ms).min(FARTHEST)
}

/// Monotonic nanoseconds since the player started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Epoch(Instant);

impl Epoch {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn now_ns(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// One statement about time: `frame` is heard at `at_ns`, and from there at most `run` frames are known to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Anchor {
    /// Which feed this speaks of; readers drop statements about an earlier one.
    pub(super) feed: u64,
    /// First frame of the feed: never report less.
    pub(super) floor: u64,
    /// Frame heard at `at_ns`.
    pub(super) frame: u64,
    /// When, in epoch nanoseconds; may lie in the future by the device's latency.
    pub(super) at_ns: u64,
    /// Frames that follow without a break; `u64::MAX` for a clock that just runs, 0 for one that stands.
    pub(super) run: u64,
}

impl Anchor {
    /// Frame heard at `now_ns`.
    pub(super) fn frame_at(&self, now_ns: u64) -> u64 {
        let (per, frames) = FRAME_NS;
        if now_ns >= self.at_ns {
            let passed = (u128::from(now_ns - self.at_ns) * u128::from(frames) / u128::from(per))
                .min(u128::from(self.run));
            self.frame
                .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
        } else {
            // Not heard yet: what is heard now came before it, at the same pace.
            let ahead = u128::from(self.at_ns - now_ns) * u128::from(frames) / u128::from(per);
            let ahead = u64::try_from(ahead).unwrap_or(u64::MAX);
            self.frame.saturating_sub(ahead).max(self.floor)
        }
    }
}

/// An [`Anchor`] that one thread writes and others read whole (a sequence lock made of plain atomics).
#[derive(Debug, Default)]
pub(super) struct AnchorCell {
    sequence: AtomicU64,
    fields: [AtomicU64; 5],
}

impl AnchorCell {
    /// Only ever called from one thread at a time.
    pub(super) fn publish(&self, anchor: Anchor) {
        let begun = self.sequence.load(Ordering::Relaxed).wrapping_add(1);
        self.sequence.store(begun, Ordering::SeqCst);
        let values = [
            anchor.feed,
            anchor.floor,
            anchor.frame,
            anchor.at_ns,
            anchor.run,
        ];
        for (field, value) in self.fields.iter().zip(values) {
            field.store(value, Ordering::SeqCst);
        }
        self.sequence.store(begun.wrapping_add(1), Ordering::SeqCst);
    }

    /// The last whole statement. A reader that meets a writer tries again; the writer needs nanoseconds.
    pub(super) fn read(&self) -> Anchor {
        loop {
            let before = self.sequence.load(Ordering::SeqCst);
            let value = |index: usize| self.fields[index].load(Ordering::SeqCst);
            let anchor = Anchor {
                feed: value(0),
                floor: value(1),
                frame: value(2),
                at_ns: value(3),
                run: value(4),
            };
            if before.is_multiple_of(2) && self.sequence.load(Ordering::SeqCst) == before {
                return anchor;
            }
            std::hint::spin_loop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_counts_forward_backward_and_stops() {
        let anchor = Anchor {
            feed: 1,
            floor: 900,
            frame: 1000,
            at_ns: 1_000_000_000,
            run: 480,
        };
        for (now_ms, frame) in [
            (1000, 1000),
            (1005, 1240),
            (1010, 1480),
            (1500, 1480), // nothing known beyond the run
            (999, 952),
            (990, 900), // never before the floor
        ] {
            assert_eq!(anchor.frame_at(now_ms * 1_000_000), frame, "{now_ms} ms");
        }
    }

    #[test]
    fn readers_never_see_half_a_statement() {
        let cell = std::sync::Arc::new(AnchorCell::default());
        let writer = std::sync::Arc::clone(&cell);
        let worker = std::thread::spawn(move || {
            for n in 0..200_000 {
                writer.publish(Anchor {
                    feed: n,
                    floor: n,
                    frame: n,
                    at_ns: n,
                    run: n,
                });
            }
        });
        while !worker.is_finished() {
            let a = cell.read();
            assert!(
                [a.floor, a.frame, a.at_ns, a.run]
                    .iter()
                    .all(|v| *v == a.feed)
            );
        }
        worker.join().unwrap();
    }
}
