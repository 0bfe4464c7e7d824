//! The two things the sound device is told that are no visit's: how loud it may be at this hour, and whether somebody is
//! there, so that it is open before the first touch of a practice.

use super::Booth;
use crate::config::Loudness;
use crate::event::Command;
use std::time::Duration;
use xinting_session::Now;

/// How soon the device is told again what it did not take; the booth's minute brings it.
const AGAIN: Duration = Duration::from_secs(30);

/// What the sound device has been told.
pub(super) struct SoundRules {
    loudness: Loudness,
    /// The ceiling it has, in dB; `None`: it is to be told.
    ceiling_db: Option<f32>,
    /// Whether it knows somebody to be there; `None`: it is to be told.
    warm: Option<bool>,
    /// Nothing is told before.
    not_before: Duration,
}

impl SoundRules {
    pub(super) fn new(loudness: Loudness) -> Self {
        Self {
            loudness,
            // It begins with what is configured, and with nobody there.
            ceiling_db: Some(loudness.at(None)),
            warm: Some(false),
            not_before: Duration::ZERO,
        }
    }

    /// Something of it was not taken: all of it is told again, in a while.
    pub(super) fn again(&mut self, now: Now) {
        self.not_before = now.monotonic + AGAIN;
        self.ceiling_db = None;
        self.warm = None;
    }
}

impl Booth {
    /// Tells the sound device what has changed.
    pub(super) fn sound_rules(&mut self, now: Now, out: &mut Vec<Command>) {
        if now.monotonic < self.sound.not_before {
            return;
        }
        let ceiling = self.sound.loudness.at(now.civil);
        if self.sound.ceiling_db != Some(ceiling) {
            self.sound.ceiling_db = Some(ceiling);
            out.push(Command::Ceiling(ceiling));
        }
        let somebody = self.session.in_visit();
        if self.sound.warm != Some(somebody) {
            self.sound.warm = Some(somebody);
            out.push(Command::Warm(somebody));
        }
    }
}
