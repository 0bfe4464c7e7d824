//! Feeds and the silent clock: from which frame on a practice sounds, and who says where it is meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use xinting_sound::{frames_to_ms, ms_to_frames};

use super::super::PlayerEvent;
use super::super::clock::Anchor;
use super::super::engine::{Feed, FeedState, frames};
use super::super::feeder::{FeederNews, FeederTask, News, RING_FRAMES};
use super::{Owner, START_FADE_MS};

/// How far ahead of the silent clock the sound is taken up when a device is back: time to fill the ring and for the
/// device to come to life. It is heard when the clock gets there.
const BACK_LEAD_MS: u64 = 150;
/// Longest reason that is handed on, in characters: an admin's line, not a decoder's diary.
const LONGEST_REASON: usize = 240;

impl Owner {
    pub(super) fn next_feed(&mut self) -> u64 {
        self.last_feed += 1;
        self.last_feed
    }

    /// True where the practice that is loaded comes out of a device.
    pub(super) fn on_device(&self) -> bool {
        self.open.is_some()
            && self
                .practice
                .as_ref()
                .is_some_and(|practice| practice.state.is_some())
    }

    /// Begins at `start`, on the device if there is one. Positions from `floor` on may be reported until it sounds.
    pub(super) fn begin(&mut self, start: u64, floor: u64, fade_ms: u32) {
        let feed = self.next_feed();
        let now = self.now();
        let Some(practice) = self.practice.as_mut() else {
            return;
        };
        practice.state = None;
        let Some(open) = self
            .open
            .as_mut()
            .filter(|open| practice.usable && !open.bridged)
        else {
            self.run_silent_clock(floor);
            return;
        };
        while open.spent.pop().is_ok() {}
        let lead = start.saturating_sub(floor);
        let due_ns = if self.playing && lead > 0 {
            // Before the feed: a closed gate would make its time void.
            self.shared.controls.open.store(true, Ordering::Relaxed);
            now.saturating_add(lead * 62_500 / 3)
        } else {
            0
        };
        let (ring, consumer) = rtrb::RingBuffer::new(RING_FRAMES * 2);
        let state = Arc::new(FeedState::default());
        let taken_up = open.feeds.push(Feed {
            id: feed,
            start,
            floor,
            due_ns,
            fade_in: frames(fade_ms),
            ring: consumer,
            state: Arc::clone(&state),
        });
        if taken_up.is_err() {
            // The callback takes nothing any more; the watch will find out within half a second.
            self.run_silent_clock(floor);
            return;
        }
        practice.state = Some(Arc::clone(&state));
        self.ask(FeederTask::Feed {
            from: start,
            ring,
            state,
        });
        // Until the device speaks for this feed: stand at the target of a seek, or run on to where sound returns.
        self.shared.silent.publish(Anchor {
            feed,
            floor,
            frame: floor,
            at_ns: now,
            run: if self.playing { start - floor } else { 0 },
        });
        self.shared
            .controls
            .open
            .store(self.playing, Ordering::Relaxed);
    }

    /// Lets the silent clock speak from `frame` on: running or standing, as the practice is.
    pub(super) fn run_silent_clock(&mut self, frame: u64) {
        let feed = self.next_feed();
        let now = self.now();
        let length = self.practice.as_ref().and_then(super::Practice::length);
        let left = length.map_or(u64::MAX, |length| length.saturating_sub(frame));
        self.shared.silent.publish(Anchor {
            feed,
            floor: frame,
            frame,
            at_ns: now,
            run: if self.playing { left } else { 0 },
        });
    }

    /// Lets the device sound what is loaded, from where the practice is.
    pub(super) fn take_up(&mut self) {
        self.shared.audible.store(true, Ordering::Relaxed);
        let Some(practice) = &self.practice else {
            return;
        };
        let floor = self.shared.frame();
        let lead = if self.playing {
            ms_to_frames(BACK_LEAD_MS)
        } else {
            0
        };
        let start = match practice.length() {
            Some(length) => floor.saturating_add(lead).min(length.max(floor)),
            None => floor.saturating_add(lead),
        };
        self.begin(start, floor, START_FADE_MS);
    }

    /// Hands the position from the device to the silent clock: what a device that stood still did not take counts as
    /// having passed.
    pub(super) fn fall_silent(&mut self) {
        let still_ns = self.open.as_ref().map_or(0, |open| open.still(self.now()));
        let mut frame = self.shared.frame_had_it_gone_on(still_ns);
        if let Some(length) = self.practice.as_ref().and_then(super::Practice::length) {
            frame = frame.min(length.max(self.shared.frame()));
        }
        self.shared.audible.store(false, Ordering::Relaxed);
        self.shared.controls.open.store(false, Ordering::Relaxed);
        if let Some(practice) = self.practice.as_mut() {
            practice.state = None;
            self.ask(FeederTask::Rest);
            self.run_silent_clock(frame);
        }
    }

    /// What the decoder thread tells. News about a practice that was replaced meanwhile is nobody's.
    pub(super) fn hear(&mut self, news: FeederNews) {
        let on_device = self.on_device();
        let current = self
            .practice
            .as_mut()
            .filter(|practice| practice.load == news.load);
        let Some(practice) = current else { return };
        match news.what {
            News::Loaded { leads_end } => {
                practice.leads_end = leads_end;
                let duration_ms = practice.length().map(frames_to_ms);
                if !on_device {
                    self.run_silent_clock(self.shared.frame());
                }
                self.emit(PlayerEvent::Loaded { duration_ms });
            }
            News::Leads { end } => {
                let changed = practice.leads_end != end;
                practice.leads_end = end;
                if changed && !on_device {
                    self.run_silent_clock(self.shared.frame());
                }
            }
            News::Cue(change) => self.shared.cue.publish(Anchor {
                feed: u64::from(change.number),
                floor: change.before,
                frame: change.from,
                ..Anchor::default()
            }),
            News::Trouble { reason } => self.unplayable(&reason),
            News::Broken { reason } => {
                practice.usable = false;
                practice.state = None;
                let frame = self.shared.frame();
                self.shared.controls.open.store(false, Ordering::Relaxed);
                self.run_silent_clock(frame);
                self.unplayable(&reason);
            }
        }
    }

    fn unplayable(&self, reason: &str) {
        let reason = shortened(reason);
        tracing::warn!(%reason, "a sound of the pack cannot be played");
        self.emit(PlayerEvent::Unplayable { reason });
    }

    pub(super) fn look_for_the_end(&mut self) {
        let Some(practice) = self.practice.as_ref().filter(|_| self.playing) else {
            return;
        };
        let frame = self.shared.frame();
        let over = match &practice.state {
            Some(state) => {
                state.drained.load(Ordering::Acquire) && frame >= state.end.load(Ordering::Relaxed)
            }
            None => practice.length().is_some_and(|length| frame >= length),
        };
        if over {
            if let Some(practice) = self.practice.as_mut() {
                // Files that did not tell their length have now shown it.
                if practice.length().is_none() {
                    practice.leads_end = Some(frame);
                }
            }
            self.set_playing(false);
            self.emit(PlayerEvent::Ended);
        }
    }
}

/// A reason in a line's length.
pub(super) fn shortened(reason: &str) -> String {
    if reason.chars().count() <= LONGEST_REASON {
        return reason.to_owned();
    }
    let mut short: String = reason.chars().take(LONGEST_REASON).collect();
    short.push('…');
    short
}
