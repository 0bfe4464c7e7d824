//! The mix of a practice: cue, voice, up to four beds and bells, on one timeline of frames, through the booth's filter
//! and the true-peak limiter.
//!
//! [`Mixer::render`] allocates nothing, waits for nothing and frees nothing of its own; what its sources do is theirs
//! (memory does nothing, a decoder allocates packets). What comes out depends only on what was put in and at which
//! frame, not on how many frames are asked for at a time. Deliberately no threads, devices or clocks.

mod bells;
mod duck;
mod end;
mod part;

use std::sync::Arc;

use bells::Bells;
use duck::Ducker;
pub use duck::Ducking;
pub use end::End;
use end::Ending;
use part::{Filled, Playing};
pub use part::{Part, SILENT_DB};

use crate::limiter::LOOK_AHEAD;
use crate::profile::ProfileFilter;
use crate::{CHANNELS, DecodeError, Limiter, Profile};

/// Frames mixed at a time; gains move along straight lines between blocks.
const BLOCK: usize = 64;

/// Beds that may sound at once.
pub const BEDS: usize = 4;

/// Parts of one slot that may still be fading out while their successor plays.
const LEAVING: usize = 3;

/// The true peak the mix never exceeds, in dBTP.
pub const CEILING_DBTP: f32 = -1.0;

/// A place in the mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// What paces the practice: breath, bells, a rendered track.
    Cue,
    /// The speaking voice, under which beds step back.
    Voice,
    /// A bed, 0 to 3.
    Bed(u8),
}

impl Slot {
    /// Every slot, the voice before the beds that listen to it.
    pub const ALL: [Self; 2 + BEDS] = [
        Self::Cue,
        Self::Voice,
        Self::Bed(0),
        Self::Bed(1),
        Self::Bed(2),
        Self::Bed(3),
    ];

    fn index(self) -> Option<usize> {
        Self::ALL.iter().position(|slot| *slot == self)
    }
}

/// What a mix is set up with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixerOptions {
    /// What the booth is listened to with.
    pub profile: Profile,
    /// Highest true peak in dBTP, at most [`CEILING_DBTP`].
    pub ceiling_dbtp: f32,
    /// How beds make room for the voice.
    pub ducking: Ducking,
    /// Frames over which beds fade out after cue and voice have ended by themselves.
    pub tail: u32,
}

impl Default for MixerOptions {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            ceiling_dbtp: CEILING_DBTP,
            ducking: Ducking::default(),
            tail: 4 * crate::SAMPLE_RATE,
        }
    }
}

/// Why the mixer cannot take something.
#[derive(Debug, thiserror::Error)]
pub enum MixError {
    /// There is no such slot.
    #[error("putting a sound into the mix: there are {BEDS} beds, numbered from 0, and no bed {0}")]
    NoSuchBed(u8),
    /// Every bell is taken.
    #[error("setting a bell: {most} bells are set already", most = bells::BELLS)]
    TooManyBells,
    /// The sound cannot be put to the frame where the mix is.
    #[error("putting a sound into the mix")]
    Source(#[from] DecodeError),
}

#[derive(Default)]
struct Place {
    playing: Option<Playing>,
    leaving: [Option<Playing>; LEAVING],
}

/// The mix. Frame 0 is the beginning of the practice.
pub struct Mixer {
    places: [Place; 2 + BEDS],
    bells: Bells,
    ducker: Ducker,
    filter: ProfileFilter,
    limiter: Limiter,
    ending: Ending,
    /// Frames mixed; runs ahead of what was handed out by a block and the limiter's delay.
    mixed: u64,
    /// Frame that the next [`Mixer::render`] begins with.
    position: u64,
    /// Limited frames not yet handed out: `ready[next..]`.
    ready: [f32; BLOCK * CHANNELS],
    next: usize,
    /// Frames of the limiter's delay still to be left out.
    lead: usize,
    fault: Option<(Slot, DecodeError)>,
}

impl std::fmt::Debug for Mixer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mixer")
            .field("position", &self.position)
            .field("mixed", &self.mixed)
            .field("ending", &self.ending)
            .finish_non_exhaustive()
    }
}

impl Mixer {
    /// A silent mix at frame 0.
    #[must_use]
    pub fn new(options: MixerOptions) -> Self {
        let ceiling = if options.ceiling_dbtp.is_nan() {
            CEILING_DBTP
        } else {
            options.ceiling_dbtp.min(CEILING_DBTP)
        };
        Self {
            places: Default::default(),
            bells: Bells::default(),
            ducker: Ducker::new(options.ducking),
            filter: ProfileFilter::new(options.profile),
            limiter: Limiter::new(ceiling),
            ending: Ending::new(options.tail),
            mixed: 0,
            position: 0,
            ready: [0.0; BLOCK * CHANNELS],
            next: BLOCK,
            lead: LOOK_AHEAD,
            fault: None,
        }
    }

    /// Frame that the next [`Mixer::render`] begins with.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// True when nothing more will come: at the end that was set, or when cue and voice have ended by themselves and
    /// the beds after them.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ending
            .over_at()
            .is_some_and(|over| self.position >= over)
    }

    /// Puts a part into a slot; it and what was there cross along equal-power curves over `cross` frames.
    /// Beginning from the next frame not yet mixed, at most 304 frames (6.4 ms) after [`Mixer::position`].
    ///
    /// # Errors
    /// [`MixError::NoSuchBed`], or [`MixError::Source`] if the sound cannot be put to its place; what played plays on.
    pub fn put(&mut self, slot: Slot, part: Part, cross: u32) -> Result<(), MixError> {
        let place = self.place(slot)?;
        let incoming = Playing::new(part, self.mixed, cross)?;
        let place = &mut self.places[place];
        place.retire(cross);
        place.playing = Some(incoming);
        self.ending.forget_leads();
        Ok(())
    }

    /// Lets a slot's part fade out over `fade` frames and go.
    ///
    /// # Errors
    /// [`MixError::NoSuchBed`].
    pub fn take(&mut self, slot: Slot, fade: u32) -> Result<(), MixError> {
        let place = self.place(slot)?;
        self.places[place].retire(fade);
        Ok(())
    }

    /// Glides a slot's gain to `gain_db` (−60 is silence, at most 12) over `glide` frames, evenly in dB.
    /// A slot with nothing in it stays as it is.
    ///
    /// # Errors
    /// [`MixError::NoSuchBed`].
    pub fn set_gain(&mut self, slot: Slot, gain_db: f32, glide: u32) -> Result<(), MixError> {
        let place = self.place(slot)?;
        if let Some(playing) = self.places[place].playing.as_mut() {
            playing.glide_to(gain_db, glide);
        }
        Ok(())
    }

    /// Whether a slot has a part that is still to be heard.
    #[must_use]
    pub fn sounds(&self, slot: Slot) -> bool {
        let place = slot.index().map(|index| &self.places[index]);
        place.is_some_and(|place| place.playing.as_ref().is_some_and(|part| !part.is_over()))
    }

    /// Sets a bell (interleaved stereo) to ring once at frame `at`, or at once where that has passed. It rings again
    /// after a seek to before it, and is joined in its middle by a seek into it.
    ///
    /// # Errors
    /// [`MixError::TooManyBells`].
    pub fn ring(&mut self, bell: Arc<[f32]>, at: u64, gain_db: f32) -> Result<(), MixError> {
        let at = at.max(self.mixed);
        if self.bells.set(bell, at, gain_db) {
            Ok(())
        } else {
            Err(MixError::TooManyBells)
        }
    }

    /// Forgets every bell that was set; one that rings breaks off, so fade first.
    pub fn clear_bells(&mut self) {
        self.bells.clear();
    }

    /// Sets, moves or removes the end: a sleep timer, or the length of a practice. An end in the past begins now.
    pub fn set_end(&mut self, end: Option<End>) {
        self.ending.set(end, self.mixed);
    }

    /// Fades everything out from now over `fade` frames and ends there.
    pub fn fade_out(&mut self, fade: u32) {
        self.ending.set(
            Some(End {
                at: self.mixed,
                fade,
                bell: None,
            }),
            self.mixed,
        );
    }

    /// Changes how beds make room for the voice; they come back up first.
    pub fn set_ducking(&mut self, ducking: Ducking) {
        self.ducker = Ducker::new(ducking);
    }

    /// Goes to `frame`: every part to its own place there. The mix begins anew, without what rang or faded.
    ///
    /// A part that cannot follow falls silent; see [`Mixer::take_fault`].
    pub fn seek(&mut self, frame: u64) {
        self.mixed = frame;
        self.position = frame;
        self.next = BLOCK;
        self.lead = LOOK_AHEAD;
        self.limiter.reset();
        self.filter.reset();
        self.ducker.reset();
        self.ending.forget_leads();
        for (slot, place) in Slot::ALL.into_iter().zip(&mut self.places) {
            place.leaving = Default::default();
            if let Some(playing) = place.playing.as_mut()
                && let Err(error) = playing.seek(frame)
            {
                place.playing = None;
                self.fault = Some((slot, error));
            }
        }
    }

    /// The last part that broke off because its sound could not be read on; asked once, told once.
    pub fn take_fault(&mut self) -> Option<(Slot, DecodeError)> {
        self.fault.take()
    }

    /// Fills `out` with interleaved stereo and returns the frames written; fewer than there is room for only at the
    /// end of the mix. Never louder than the ceiling, whatever the gains.
    pub fn render(&mut self, out: &mut [f32]) -> usize {
        let room = out.len() / CHANNELS;
        let mut written = 0;
        while written < room && !self.ended() {
            if self.next == BLOCK {
                self.mix_block();
                continue;
            }
            let mut frames = (room - written).min(BLOCK - self.next);
            if let Some(over) = self.ending.over_at() {
                frames = frames.min(usize::try_from(over - self.position).unwrap_or(frames));
            }
            let from = &self.ready[self.next * CHANNELS..(self.next + frames) * CHANNELS];
            out[written * CHANNELS..(written + frames) * CHANNELS].copy_from_slice(from);
            self.next += frames;
            self.position += frames as u64;
            written += frames;
        }
        written
    }

    /// Mixes, filters and limits the next block into `ready`.
    fn mix_block(&mut self) {
        let mut mix = [0.0; BLOCK * CHANNELS];
        let now = self.mixed;
        let mut voice_peak = 0.0;
        let mut under_voice = (1.0, 1.0);
        let (mut leads, mut leads_on, mut lead_end, mut beds_on) = (0, false, now, false);
        for (slot, place) in Slot::ALL.into_iter().zip(&mut self.places) {
            let is_bed = matches!(slot, Slot::Bed(_));
            if slot == Slot::Bed(0) {
                under_voice = self.ducker.step(voice_peak);
            }
            let extra = if is_bed { under_voice } else { (1.0, 1.0) };
            let (filled, fault) = place.add_to(&mut mix, now, extra);
            if slot == Slot::Voice {
                voice_peak = filled.peak;
            }
            if let Some(error) = fault {
                self.fault = Some((slot, error));
            }
            let Some(playing) = &place.playing else {
                continue;
            };
            if is_bed {
                beds_on |= !playing.is_over();
            } else {
                leads += 1;
                leads_on |= playing.is_looped() || filled.ended_at.is_none();
                lead_end = lead_end.max(filled.ended_at.unwrap_or(now));
            }
        }
        if leads > 0 && !leads_on {
            let bells_end = self.bells.last_end();
            self.ending.leads_ended(lead_end, beds_on, bells_end);
        }
        self.ending.fade(&mut mix, now);
        self.bells.add_to(&mut mix, now);
        self.ending.add_bell(&mut mix, now);
        for sample in &mut mix {
            *sample = crate::limiter::tame(*sample);
        }
        self.filter.process(&mut mix);
        self.limiter.process(&mut mix);
        self.mixed += BLOCK as u64;
        self.ready = mix;
        self.next = self.lead.min(BLOCK);
        self.lead -= self.next;
    }

    fn place(&self, slot: Slot) -> Result<usize, MixError> {
        slot.index().ok_or(match slot {
            Slot::Bed(bed) => MixError::NoSuchBed(bed),
            Slot::Cue | Slot::Voice => MixError::NoSuchBed(0),
        })
    }
}

impl Place {
    /// Moves the playing part to the leaving ones. If all are taken, the quietest goes at once.
    fn retire(&mut self, fade: u32) {
        let Some(mut old) = self.playing.take() else {
            return;
        };
        if fade == 0 || old.is_over() {
            return;
        }
        old.leave(fade);
        let share = |slot: &Option<Playing>| slot.as_ref().map_or(-1.0, Playing::share);
        let quietest = self
            .leaving
            .iter_mut()
            .min_by(|a, b| share(a).total_cmp(&share(b)));
        if let Some(seat) = quietest {
            *seat = Some(old);
        }
    }

    /// Adds everything of this slot to the mix. What is over stays until the next change, so that nothing is freed
    /// in the middle of rendering.
    fn add_to(
        &mut self,
        mix: &mut [f32; BLOCK * CHANNELS],
        now: u64,
        extra: (f32, f32),
    ) -> (Filled, Option<DecodeError>) {
        let mut total = Filled {
            peak: 0.0,
            ended_at: None,
        };
        let mut fault = None;
        for leaving in self.leaving.iter_mut().flatten() {
            if leaving.is_over() {
                continue;
            }
            match leaving.add_to(mix, now, extra) {
                Ok(filled) => total.peak = total.peak.max(filled.peak),
                Err(error) => fault = Some(error),
            }
        }
        if let Some(playing) = self.playing.as_mut() {
            match playing.add_to(mix, now, extra) {
                Ok(filled) => {
                    total.peak = total.peak.max(filled.peak);
                    total.ended_at = filled.ended_at;
                }
                Err(error) => {
                    total.ended_at = Some(now);
                    fault = Some(error);
                }
            }
        }
        (total, fault)
    }
}
