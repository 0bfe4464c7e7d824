//! What happens inside the device callback: take frames from the ring, open and close the gate softly, count.
//!
//! Nothing here allocates, locks, logs, waits or frees. Rings that are done go back through a queue to be dropped
//! elsewhere. Deliberately no decoding and no limiting: those are before the ring, and here sound only gets quieter,
//! so the limiter's ceiling holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use rtrb::{Consumer, Producer};
use xinting_sound::{SAMPLE_RATE, equal_power};

use super::clock::{Anchor, AnchorCell};

/// Frames of stereo, two samples each.
const CHANNELS: usize = 2;

/// Feeds that may wait for the callback to notice them; a visitor cannot seek faster.
pub(super) const WAITING_FEEDS: usize = 16;

/// Fade-out before a pause or a seek.
pub(super) const CLOSE_MS: u32 = 80;
/// Fade-in after a pause.
const RESUME_MS: u32 = 400;
/// Fade-in after the ring ran dry, and how much must be there before trying again.
const REFILL_MS: u32 = 20;
/// The volume follows its target with this time constant.
const GAIN_TAU_MS: f32 = 25.0;

/// Frames in `ms` milliseconds.
pub(super) const fn frames(ms: u32) -> u32 {
    ms * (SAMPLE_RATE / 1000)
}

/// What the owner sets and the callback reads, and the other way round.
#[derive(Debug)]
pub(super) struct Controls {
    /// True while the gate should be open.
    pub(super) open: AtomicBool,
    /// Frames that the gate takes to close.
    closing: AtomicU32,
    /// Linear gain, as the bits of an `f32` between 0 and 1.
    gain: AtomicU32,
    /// Counts callbacks: standing still means a lost device.
    pub(super) callbacks: AtomicU64,
    /// Times the ring was empty when it should not have been.
    pub(super) starved: AtomicU64,
    /// What the device has consumed.
    pub(super) heard: AnchorCell,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            open: AtomicBool::new(false),
            closing: AtomicU32::new(frames(CLOSE_MS)),
            gain: AtomicU32::new(1.0_f32.to_bits()),
            callbacks: AtomicU64::new(0),
            starved: AtomicU64::new(0),
            heard: AnchorCell::default(),
        }
    }
}

impl Controls {
    pub(super) fn set_gain(&self, gain: f32) {
        self.gain
            .store(gain.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    /// How long the gate takes to close from now on, also while it is closing.
    pub(super) fn set_closing(&self, ms: u32) {
        self.closing.store(frames(ms.max(1)), Ordering::Relaxed);
    }

    fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Ordering::Relaxed))
    }
}

/// What feeder, callback and owner tell each other about one feed.
#[derive(Debug, Default)]
pub(super) struct FeedState {
    /// Enough is in the ring to begin.
    pub(super) primed: AtomicBool,
    /// Everything there will ever be is in the ring.
    pub(super) finished: AtomicBool,
    /// The callback took the last frame; [`FeedState::end`] says which.
    pub(super) drained: AtomicBool,
    /// Frame after the last, valid once `drained`.
    pub(super) end: AtomicU64,
}

/// One uninterrupted run of frames, from a load, a seek or a device's return.
pub(super) struct Feed {
    /// Rises with every feed of a player.
    pub(super) id: u64,
    /// Position of its first frame.
    pub(super) start: u64,
    /// Positions before this one are never reported for it.
    pub(super) floor: u64,
    /// Frames of its first fade-in.
    pub(super) fade_in: u32,
    pub(super) ring: Consumer<f32>,
    pub(super) state: Arc<FeedState>,
}

/// The callback's whole state.
pub(super) struct Engine {
    controls: Arc<Controls>,
    waiting: Consumer<Feed>,
    spent: Producer<Feed>,
    feed: Option<Feed>,
    /// Frames taken from the feed so far.
    taken: u64,
    /// 0 closed, 1 open; the gain is its equal-power curve.
    gate: f32,
    opening_step: f32,
    gain: f32,
    /// Last samples put out, which glide to zero where a sound breaks off.
    tail: [f32; CHANNELS],
    /// The ring ran dry: wait until it has something worth beginning with.
    dry: bool,
    /// Nothing was taken in the last callback.
    standing: bool,
    /// Position floor for the anchors of the current run.
    floor: u64,
}

impl Engine {
    /// An engine, the queue that brings it feeds, and the queue that takes the old ones away.
    pub(super) fn new(controls: Arc<Controls>) -> (Self, Producer<Feed>, Consumer<Feed>) {
        let (feeds, waiting) = rtrb::RingBuffer::new(WAITING_FEEDS);
        // Never full: it holds every waiting feed, the current one, and what the owner has not yet taken.
        let (spent, done) = rtrb::RingBuffer::new(4 * WAITING_FEEDS);
        let gain = controls.gain();
        let engine = Self {
            controls,
            waiting,
            spent,
            feed: None,
            taken: 0,
            gate: 0.0,
            opening_step: 1.0,
            gain,
            tail: [0.0; CHANNELS],
            dry: false,
            standing: true,
            floor: 0,
        };
        (engine, feeds, done)
    }

    /// Fills `out` with interleaved stereo. `now_ns` is the moment of the call, `latency_ns` how much later
    /// the first frame of `out` is heard.
    pub(super) fn render(&mut self, out: &mut [f32], now_ns: u64, latency_ns: u64) {
        self.controls.callbacks.fetch_add(1, Ordering::Relaxed);
        let mut rest = out;
        let mut offset_frames = 0;
        loop {
            self.change_feed();
            let frame = self.position();
            let used = self.play_into(rest);
            self.tell(used, frame, now_ns, latency_ns, offset_frames);
            rest = &mut rest[used * CHANNELS..];
            offset_frames += used as u64;
            let another =
                used > 0 && self.gate == 0.0 && !self.waiting.is_empty() && !rest.is_empty();
            if !another {
                break;
            }
        }
        for frame in rest.chunks_mut(CHANNELS) {
            for (sample, tail) in frame.iter_mut().zip(&mut self.tail) {
                *tail = if tail.abs() > 1e-5 {
                    *tail * 0.995
                } else {
                    0.0
                };
                *sample = *tail;
            }
        }
    }

    /// Takes the newest waiting feed once the gate is closed.
    fn change_feed(&mut self) {
        while self.gate == 0.0 || self.feed.is_none() {
            let Ok(feed) = self.waiting.pop() else { break };
            self.opening_step = 1.0 / feed.fade_in.max(1) as f32;
            self.floor = feed.floor;
            self.taken = 0;
            self.gate = 0.0;
            self.dry = false;
            self.standing = true;
            if let Some(old) = self.feed.replace(feed) {
                // Full is impossible by its size; if it were, dropping here is late, not wrong.
                drop(self.spent.push(old));
            }
        }
    }

    fn position(&self) -> u64 {
        self.feed
            .as_ref()
            .map_or(0, |feed| feed.start.saturating_add(self.taken))
    }

    /// Writes frames of the current feed to the front of `out`; returns how many.
    fn play_into(&mut self, out: &mut [f32]) -> usize {
        let Some(feed) = self.feed.as_mut() else {
            return 0;
        };
        let wanted = self.controls.open.load(Ordering::Relaxed) && self.waiting.is_empty();
        if self.gate == 0.0 && !wanted {
            return 0;
        }
        if !feed.state.primed.load(Ordering::Acquire) {
            return 0;
        }
        // Read before counting: finished and empty together mean the end.
        let finished = feed.state.finished.load(Ordering::Acquire);
        let ready = feed.ring.slots() / CHANNELS;
        if self.dry && !finished && ready < frames(REFILL_MS) as usize {
            return 0;
        }
        self.dry = false;
        let asked = out.len() / CHANNELS;
        let take = ready.min(asked);
        let Ok(chunk) = feed.ring.read_chunk(take * CHANNELS) else {
            return 0;
        };
        let target_gain = self.controls.gain();
        let follow = 1.0 / (GAIN_TAU_MS * frames(1) as f32);
        let closing_step = 1.0 / self.controls.closing.load(Ordering::Relaxed) as f32;
        let (first, second) = chunk.as_slices();
        let mut source = first.iter().chain(second).copied();
        let mut used = 0;
        for frame in out.chunks_exact_mut(CHANNELS).take(take) {
            if wanted {
                self.gate = (self.gate + self.opening_step).min(1.0);
            } else {
                self.gate = (self.gate - closing_step).max(0.0);
            }
            // Steps too small to hear also vanish in rounding: arrive, so that full volume is the sound itself.
            self.gain = if (target_gain - self.gain).abs() < 1e-4 {
                target_gain
            } else {
                self.gain + (target_gain - self.gain) * follow
            };
            let gain = equal_power(self.gate) * self.gain;
            for (sample, tail) in frame.iter_mut().zip(&mut self.tail) {
                *sample = source.next().unwrap_or(0.0) * gain;
                *tail = *sample;
            }
            used += 1;
            if self.gate == 0.0 {
                break;
            }
        }
        chunk.commit(used * CHANNELS);
        self.taken += used as u64;
        if used == ready && used < asked {
            self.run_out(finished);
        } else if self.gate == 0.0 {
            self.opening_step = 1.0 / frames(RESUME_MS) as f32;
        }
        used
    }

    /// The ring is empty in the middle of a callback: the end of the sound, or a fault of ours.
    fn run_out(&mut self, finished: bool) {
        let Some(feed) = self.feed.as_ref() else {
            return;
        };
        if finished {
            feed.state
                .end
                .store(feed.start.saturating_add(self.taken), Ordering::Relaxed);
            feed.state.drained.store(true, Ordering::Release);
        } else if self.gate > 0.0 && self.waiting.is_empty() {
            // A ring that empties while the gate closes for its successor is no fault.
            self.controls.starved.fetch_add(1, Ordering::Relaxed);
            self.dry = true;
            self.opening_step = 1.0 / frames(REFILL_MS) as f32;
        }
        self.gate = 0.0;
    }

    /// Says what of this callback is heard when. A callback without frames says nothing: the last statement,
    /// which knows where its frames end, stays true.
    fn tell(&mut self, used: usize, frame: u64, now_ns: u64, latency_ns: u64, offset: u64) {
        let Some(feed) = self.feed.as_ref() else {
            return;
        };
        if used == 0 {
            self.standing = true;
            return;
        }
        if self.standing && self.taken > used as u64 {
            // Going on after a pause: what is heard before this frame is silence, not the frames before it.
            self.floor = frame;
        }
        self.standing = false;
        self.controls.heard.publish(Anchor {
            feed: feed.id,
            floor: self.floor,
            frame,
            at_ns: now_ns
                .saturating_add(latency_ns)
                .saturating_add(offset * 62_500 / 3),
            run: used as u64,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: usize = 480;
    const PERIOD_NS: u64 = 10_000_000;

    struct Bench {
        controls: Arc<Controls>,
        engine: Engine,
        feeds: Producer<Feed>,
        spent: Consumer<Feed>,
        now_ns: u64,
        heard: Vec<f32>,
    }

    impl Bench {
        fn new() -> Self {
            let controls = Arc::new(Controls::default());
            let (engine, feeds, spent) = Engine::new(Arc::clone(&controls));
            Self {
                controls,
                engine,
                feeds,
                spent,
                now_ns: 0,
                heard: Vec::new(),
            }
        }

        /// A feed with `count` frames of 0.5 in its ring.
        fn feed(&mut self, id: u64, start: u64, count: usize, fade_in: u32) -> Arc<FeedState> {
            let (mut ring, consumer) = rtrb::RingBuffer::new(count.max(1) * 2);
            for _ in 0..count * 2 {
                ring.push(0.5).unwrap();
            }
            let state = Arc::new(FeedState::default());
            state.primed.store(true, Ordering::Release);
            let feed = Feed {
                id,
                start,
                floor: start,
                fade_in,
                ring: consumer,
                state: Arc::clone(&state),
            };
            self.feeds.push(feed).ok().unwrap();
            // The producer is dropped: nothing more will come.
            state
        }

        fn open(&self, open: bool) {
            self.controls.open.store(open, Ordering::Relaxed);
        }

        fn run(&mut self, periods: usize) {
            for _ in 0..periods {
                let mut out = [0.0; PERIOD * 2];
                self.engine.render(&mut out, self.now_ns, 0);
                self.heard.extend(out.iter().step_by(2));
                self.now_ns += PERIOD_NS;
            }
        }

        fn frame_now(&self) -> u64 {
            self.controls.heard.read().frame_at(self.now_ns)
        }

        fn largest_step(&self) -> f32 {
            self.heard
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).abs())
                .fold(0.0, f32::max)
        }
    }

    #[test]
    fn a_feed_fades_in_along_the_curve_and_counts_its_frames() {
        let mut bench = Bench::new();
        bench.feed(1, 1000, 48_000, frames(200));
        bench.run(3);
        assert!(bench.heard.iter().all(|sample| *sample == 0.0), "closed");
        bench.open(true);
        bench.run(50);
        assert_eq!(bench.frame_now(), 1000 + 50 * PERIOD as u64);
        let fade = &bench.heard[3 * PERIOD..];
        assert!(fade[0] > 0.0, "sound begins with the first frame");
        let middle = fade[frames(100) as usize];
        assert!((middle - 0.5 * equal_power(0.5)).abs() < 1e-3, "{middle}");
        assert!((fade[frames(210) as usize] - 0.5).abs() < 1e-6);
        assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn pause_closes_softly_holds_the_frame_and_resumes() {
        let mut bench = Bench::new();
        bench.feed(1, 0, 96_000, 480);
        bench.open(true);
        bench.run(20);
        bench.open(false);
        bench.run(30);
        let held = bench.frame_now();
        let closing = u64::from(frames(CLOSE_MS));
        // Adding up the steps of a fade may take a frame more than dividing says.
        assert!(held.abs_diff(20 * PERIOD as u64 + closing) <= 1, "{held}");
        assert_eq!(*bench.heard.last().unwrap(), 0.0);
        bench.run(100);
        assert_eq!(bench.frame_now(), held);
        bench.open(true);
        bench.run(10);
        assert_eq!(bench.frame_now(), held + 10 * PERIOD as u64);
        assert!(bench.largest_step() < 0.01, "{}", bench.largest_step());
    }

    #[test]
    fn a_new_feed_waits_for_the_fade_and_the_old_one_comes_back() {
        let mut bench = Bench::new();
        bench.feed(1, 0, 48_000, 480);
        bench.open(true);
        bench.run(10);
        bench.feed(2, 500_000, 48_000, 480);
        bench.run(20);
        let closing = u64::from(frames(CLOSE_MS));
        let expected = 500_000 + 20 * PERIOD as u64 - closing;
        assert!(bench.frame_now().abs_diff(expected) <= 1);
        assert!(bench.largest_step() < 0.01);
        assert_eq!(bench.spent.pop().ok().map(|feed| feed.id), Some(1));
    }

    #[test]
    fn the_end_is_told_and_is_not_an_xrun() {
        let mut bench = Bench::new();
        let state = bench.feed(1, 100, 1000, 10);
        state.finished.store(true, Ordering::Release);
        bench.open(true);
        bench.run(5);
        assert!(state.drained.load(Ordering::Acquire));
        assert_eq!(state.end.load(Ordering::Relaxed), 1100);
        assert_eq!(bench.frame_now(), 1100);
        assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 0);
        assert!(bench.heard[1001] > 0.4, "the break glides");
        assert!(bench.heard.last().unwrap().abs() < 0.01);
    }

    #[test]
    fn a_feed_without_frames_is_over_at_once() {
        let mut bench = Bench::new();
        let state = bench.feed(1, 5000, 0, 10);
        state.finished.store(true, Ordering::Release);
        bench.run(1);
        assert!(!state.drained.load(Ordering::Acquire), "not yet wanted");
        bench.open(true);
        bench.run(1);
        assert!(state.drained.load(Ordering::Acquire));
        assert_eq!(state.end.load(Ordering::Relaxed), 5000);
        assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn running_dry_counts_once_and_does_not_click() {
        let mut bench = Bench::new();
        bench.feed(1, 0, 1000, 480);
        bench.open(true);
        bench.run(40);
        assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 1);
        assert_eq!(bench.frame_now(), 1000);
        assert!(bench.largest_step() < 0.01, "{}", bench.largest_step());
    }

    #[test]
    fn volume_glides_to_its_target() {
        let mut bench = Bench::new();
        bench.feed(1, 0, 96_000, 480);
        bench.open(true);
        bench.run(20);
        bench.controls.set_gain(0.0);
        bench.run(60);
        assert!(bench.heard.last().unwrap().abs() < 1e-4);
        assert!(bench.largest_step() < 0.01);
    }

    #[test]
    fn latency_delays_the_position_and_never_below_the_floor() {
        let mut bench = Bench::new();
        bench.feed(1, 4800, 48_000, 10);
        bench.open(true);
        let mut out = [0.0; PERIOD * 2];
        bench.engine.render(&mut out, 0, 50_000_000);
        assert_eq!(bench.controls.heard.read().frame_at(0), 4800);
        assert_eq!(bench.controls.heard.read().frame_at(55_000_000), 4800 + 240);
        bench.engine.render(&mut out, 10_000_000, 50_000_000);
        assert_eq!(bench.controls.heard.read().frame_at(55_000_000), 4800 + 240);
    }
}
