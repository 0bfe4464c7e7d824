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
    /// When its first frame should be heard, in epoch nanoseconds: it is not heard earlier, and what is overdue by then
    /// is left out. 0 for at once. A pause makes it void.
    pub(super) due_ns: u64,
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
            let held = self.hold(rest, now_ns.saturating_add(latency_ns), offset_frames);
            self.die_away(&mut rest[..held * CHANNELS]);
            rest = &mut rest[held * CHANNELS..];
            offset_frames += held as u64;
            if rest.is_empty() {
                break;
            }
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
        self.die_away(rest);
    }

    /// Lets what sounded last glide to nothing.
    fn die_away(&mut self, out: &mut [f32]) {
        for frame in out.chunks_mut(CHANNELS) {
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

    /// Frames of `out` that pass before the feed is due; where it is overdue, that much of it is left out.
    fn hold(&mut self, out: &[f32], heard_ns: u64, offset: u64) -> usize {
        let open = self.controls.open.load(Ordering::Relaxed);
        let Some(feed) = self.feed.as_mut().filter(|feed| feed.due_ns > 0) else {
            return 0;
        };
        if !open || self.taken > 0 {
            feed.due_ns = 0;
            return 0;
        }
        if !feed.state.primed.load(Ordering::Acquire) {
            return 0;
        }
        let begins_ns = heard_ns.saturating_add(offset * 62_500 / 3);
        let early = feed.due_ns.saturating_sub(begins_ns);
        if early > 0 {
            let frames = usize::try_from(early.saturating_mul(3) / 62_500).unwrap_or(usize::MAX);
            return frames.min(out.len() / CHANNELS);
        }
        let late = (begins_ns - feed.due_ns).saturating_mul(3) / 62_500;
        // What the decoder has not made yet cannot be left out: then it begins with what comes next.
        let spare = (feed.ring.slots() / CHANNELS).saturating_sub(frames(REFILL_MS) as usize);
        let skipped = usize::try_from(late).unwrap_or(usize::MAX).min(spare);
        if let Ok(chunk) = feed.ring.read_chunk(skipped * CHANNELS) {
            chunk.commit_all();
            self.taken += skipped as u64;
        }
        feed.due_ns = 0;
        0
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
mod tests;
