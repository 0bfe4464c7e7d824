//! The decoder thread: renders the mix of the loaded practice into the ring of the current feed.
//! Knows no device and no clock; it fills what has room and sleeps when there is none.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use rtrb::Producer;
use xinting_sound::{CHANNELS, Profile, synth};

use super::engine::{FeedState, frames};
use super::mix::{CueChange, Mix};
use super::{End, Role, Track};

/// Frames rendered at a time.
const CHUNK: usize = 512;
/// Frames of a ring: what lies between decoder and device, and so how late a slider is heard. Three tenths of a second
/// outlast any pause the system makes in an ordinary thread while a pack is installed.
pub(super) const RING_FRAMES: usize = frames(300) as usize;
/// Frames in the ring before the device may begin: more than two of its periods.
const PRIMED_FRAMES: usize = frames(65) as usize;
/// How long to sleep when the ring is full; a fifteenth of what is in it.
const FULL_WAIT: Duration = Duration::from_millis(20);

/// What the owner asks of the feeder.
pub(super) enum FeederTask {
    /// Open these tracks; answered with [`FeederNews`].
    Load {
        load: u64,
        tracks: Vec<Track>,
        end: End,
    },
    /// Fill this ring from frame `from` of what was loaded last.
    Feed {
        from: u64,
        ring: Producer<f32>,
        state: Arc<FeedState>,
    },
    /// Stop filling: the practice goes on without sound.
    Rest,
    /// Put a bed, a bell or a voice in.
    Put(Track),
    /// Let a bed or the voice go.
    Take(Role),
    /// Glide a bed.
    Level(u8, f32),
    /// Another cue from its next round on; `heard` is where the practice is if nothing is being filled.
    Pace { track: Track, heard: u64 },
    /// Another end.
    End(End),
    /// Forget the practice.
    Drop,
}

/// What the feeder tells of load number `load`.
pub(super) struct FeederNews {
    pub(super) load: u64,
    pub(super) what: News,
}

/// See [`FeederNews`].
pub(super) enum News {
    /// It can be played, as far as nothing else was said; cue and voice end at this frame, if they do.
    Loaded { leads_end: Option<u64> },
    /// The leading tracks were changed and end there now.
    Leads { end: Option<u64> },
    /// Another cue has begun, or will at a frame close by.
    Cue(CueChange),
    /// One track cannot be played, or not any further; the others go on.
    Trouble { reason: String },
    /// Nothing of it can be played, or not any further.
    Broken { reason: String },
}

struct Practice {
    load: u64,
    mix: Mix,
}

struct Filling {
    ring: Producer<f32>,
    state: Arc<FeedState>,
    /// Rendered, not yet in the ring.
    chunk: Vec<f32>,
    /// The practice has ended.
    ended: bool,
}

/// The thread's state: a practice, and a ring if there is a device.
struct Feeder<T> {
    tell: T,
    profile: Profile,
    bell: Arc<[f32]>,
    practice: Option<Practice>,
    filling: Option<Filling>,
}

/// Runs until the owner lets go of its end of the queue.
pub(super) fn run(tasks: &Receiver<FeederTask>, profile: Profile, tell: impl FnMut(FeederNews)) {
    let mut feeder = Feeder {
        tell,
        profile,
        bell: end_bell(),
        practice: None,
        filling: None,
    };
    loop {
        let task = match feeder.fill() {
            Busy::Working => match tasks.try_recv() {
                Ok(task) => task,
                Err(TryRecvError::Empty) => continue,
                Err(TryRecvError::Disconnected) => return,
            },
            Busy::Full => match tasks.recv_timeout(FULL_WAIT) {
                Ok(task) => task,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            },
            Busy::Idle => match tasks.recv() {
                Ok(task) => task,
                Err(_) => return,
            },
        };
        feeder.obey(task);
    }
}

/// The bell at the end of a practice, as loud as every sound of a pack; made once, when the player starts.
fn end_bell() -> Arc<[f32]> {
    match synth::bell() {
        Ok(bell) => bell.interleaved().into(),
        Err(error) => {
            tracing::warn!(%error, "practices end without their bell");
            Arc::new([])
        }
    }
}

enum Busy {
    Working,
    Full,
    Idle,
}

impl<T: FnMut(FeederNews)> Feeder<T> {
    fn obey(&mut self, task: FeederTask) {
        match task {
            FeederTask::Load { load, tracks, end } => self.load(load, tracks, end),
            FeederTask::Feed { from, ring, state } => {
                self.filling = None;
                let done = self.change(|mix, _| mix.seek(from));
                if done {
                    self.filling = Some(Filling {
                        ring,
                        state,
                        chunk: Vec::with_capacity(CHUNK * CHANNELS),
                        ended: false,
                    });
                }
            }
            FeederTask::Rest => self.filling = None,
            FeederTask::Put(track) => {
                self.change(|mix, _| mix.put(track));
                self.tell_leads();
            }
            FeederTask::Take(role) => {
                self.change(|mix, _| mix.take(role));
                self.tell_leads();
            }
            FeederTask::Level(bed, gain_db) => {
                self.change(|mix, _| mix.level(bed, gain_db));
            }
            FeederTask::Pace { track, heard } => {
                self.change(|mix, filling| mix.pace(track, (!filling).then_some(heard)));
                self.tell_leads();
            }
            FeederTask::End(end) => {
                self.change(|mix, _| {
                    mix.set_end(end);
                    Ok(())
                });
            }
            FeederTask::Drop => {
                self.practice = None;
                self.filling = None;
            }
        }
    }

    fn load(&mut self, load: u64, tracks: Vec<Track>, end: End) {
        self.filling = None;
        let mut mix = Mix::new(self.profile, end, Arc::clone(&self.bell));
        let (mut opened, mut troubles) = (0, Vec::new());
        for track in tracks {
            match mix.begin_with(track) {
                Ok(()) => opened += 1,
                Err(reason) => troubles.push(reason),
            }
        }
        if opened == 0 {
            self.practice = None;
            let reason = troubles.join("; ");
            let reason = if reason.is_empty() {
                "there is no sound in it".to_owned()
            } else {
                reason
            };
            self.say(load, News::Broken { reason });
            return;
        }
        let leads_end = mix.leads_end();
        self.practice = Some(Practice { load, mix });
        self.say(load, News::Loaded { leads_end });
        for reason in troubles {
            self.say(load, News::Trouble { reason });
        }
    }

    /// Changes the mix and tells what came of it; false where there is none or it did not work.
    fn change(&mut self, change: impl FnOnce(&mut Mix, bool) -> Result<(), String>) -> bool {
        let filling = self.filling.is_some();
        let Some(practice) = self.practice.as_mut() else {
            return false;
        };
        let load = practice.load;
        let done = change(&mut practice.mix, filling);
        let worked = done.is_ok();
        if let Err(reason) = done {
            self.say(load, News::Trouble { reason });
        }
        self.tell_of_mix();
        worked
    }

    fn tell_leads(&mut self) {
        if let Some(practice) = &self.practice {
            let (load, end) = (practice.load, practice.mix.leads_end());
            self.say(load, News::Leads { end });
        }
    }

    /// Tells of changed cues and of tracks that broke off.
    fn tell_of_mix(&mut self) {
        let Some(practice) = self.practice.as_mut() else {
            return;
        };
        let load = practice.load;
        let (changed, fault) = (practice.mix.take_change(), practice.mix.take_fault());
        if let Some(change) = changed {
            self.say(load, News::Cue(change));
        }
        match fault {
            None => {}
            Some((reason, true)) => self.say(load, News::Trouble { reason }),
            Some((reason, false)) => {
                self.filling = None;
                self.say(load, News::Broken { reason });
            }
        }
    }

    fn say(&mut self, load: u64, what: News) {
        (self.tell)(FeederNews { load, what });
    }

    /// One chunk further.
    fn fill(&mut self) -> Busy {
        let (Some(practice), Some(work)) = (self.practice.as_mut(), self.filling.as_mut()) else {
            return Busy::Idle;
        };
        if work.ring.is_abandoned() {
            // Nobody will ever read this ring.
            self.filling = None;
            return Busy::Idle;
        }
        let mut trouble = None;
        if work.chunk.is_empty() {
            if work.ended {
                return Busy::Idle;
            }
            work.chunk.resize(CHUNK * CHANNELS, 0.0);
            let got = practice
                .mix
                .render(&mut work.chunk)
                .unwrap_or_else(|reason| {
                    trouble = Some(reason);
                    // The mix itself goes on with the next chunk.
                    work.chunk.fill(0.0);
                    0
                });
            work.ended = got == 0 && trouble.is_none();
            work.chunk.truncate(got * CHANNELS);
        }
        let busy = work.push();
        let load = practice.load;
        if let Some(reason) = trouble {
            self.say(load, News::Trouble { reason });
        }
        self.tell_of_mix();
        busy
    }
}

impl Filling {
    /// Puts what has room into the ring, and tells the callback what there is.
    fn push(&mut self) -> Busy {
        let (_, left) = self.ring.push_partial_slice(&self.chunk);
        let pushed = self.chunk.len() - left.len();
        self.chunk.drain(..pushed);
        let held = self.ring.buffer().capacity() - self.ring.slots();
        let all_in = self.ended && self.chunk.is_empty();
        if all_in {
            self.state.finished.store(true, Ordering::Release);
        }
        if all_in || held / CHANNELS >= PRIMED_FRAMES {
            self.state.primed.store(true, Ordering::Release);
        }
        if self.chunk.is_empty() {
            Busy::Working
        } else {
            Busy::Full
        }
    }
}
