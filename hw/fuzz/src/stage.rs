//! How the bytes of an input are read: what a module says, as it stands, with stage directions in between.
//!
//! Bytes below 0x80 are said on the line. A byte from 0x80 on is a direction, some with a byte or a line after it; the
//! line engine drops such bytes as noise, so nothing that matters is lost by giving them a meaning here.

use std::time::Duration;

/// Numbers that inputs dial. They are made up and never reach a line.
pub const NUMBERS: [&str; 2] = ["10987654321", "955"];

/// The first of [`NUMBERS`] is dialled.
pub const DIAL: u8 = 0x80;
/// The second of [`NUMBERS`] is dialled.
pub const DIAL_OTHER: u8 = 0x81;
/// The call is ended from here.
pub const HANG_UP: u8 = 0x82;
/// A tone; the byte that follows is the key.
pub const TONE: u8 = 0x83;
/// A loudness; the byte that follows is per cent, more than 100 included.
pub const VOLUME: u8 = 0x84;
/// Time passes; the byte that follows is milliseconds.
pub const WAIT: u8 = 0x85;
/// More time passes; the byte that follows is units of 40 ms.
pub const WAIT_LONG: u8 = 0x86;
/// Time passes until the next deadline.
pub const WAIT_DEADLINE: u8 = 0x87;
/// The port vanishes.
pub const UNPLUG: u8 = 0x88;
/// The port comes back.
pub const PLUG: u8 = 0x89;
/// What follows until a line feed is a verb of the simulator's language.
pub const VERB: u8 = 0x8a;
/// The next bytes come with the next read.
pub const SPLIT: u8 = 0x8b;

/// The second of [`NUMBERS`] is dialled as an emergency number.
pub const DIAL_EMERGENCY: u8 = 0x8c;
/// The last byte that is a direction.
pub const LAST: u8 = DIAL_EMERGENCY;

/// One direction, or bytes that the module says in one read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue<'a> {
    /// Bytes on the line.
    Say(&'a [u8]),
    /// Dials one of [`NUMBERS`].
    Dial(usize),
    /// Dials the second of [`NUMBERS`] as an emergency number.
    DialEmergency,
    /// Ends the call.
    HangUp,
    /// A tone.
    Tone(char),
    /// A loudness.
    Volume(u8),
    /// Time passes.
    Wait(Duration),
    /// Time passes until the next deadline.
    WaitDeadline,
    /// The port vanishes.
    Unplug,
    /// The port comes back.
    Plug,
    /// A verb of the simulator's language; empty when it is not text.
    Verb(&'a str),
    /// The end of one read.
    Split,
}

/// Reads an input cue by cue.
#[derive(Debug, Clone)]
pub struct Cues<'a>(&'a [u8]);

impl<'a> Cues<'a> {
    /// The cues of `input`.
    #[must_use]
    pub const fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }
}

impl<'a> Iterator for Cues<'a> {
    type Item = Cue<'a>;

    fn next(&mut self) -> Option<Cue<'a>> {
        let is_direction = |byte: &u8| (DIAL..=LAST).contains(byte);
        let said = self.0.iter().position(is_direction).unwrap_or(self.0.len());
        if said > 0 {
            let (bytes, rest) = self.0.split_at(said);
            self.0 = rest;
            return Some(Cue::Say(bytes));
        }
        if self.0.is_empty() {
            return None;
        }
        Some(match self.byte() {
            DIAL => Cue::Dial(0),
            DIAL_EMERGENCY => Cue::DialEmergency,
            DIAL_OTHER => Cue::Dial(1),
            HANG_UP => Cue::HangUp,
            TONE => Cue::Tone(char::from(self.byte())),
            VOLUME => Cue::Volume(self.byte()),
            WAIT => Cue::Wait(Duration::from_millis(self.byte().into())),
            WAIT_LONG => Cue::Wait(Duration::from_millis(40) * u32::from(self.byte())),
            WAIT_DEADLINE => Cue::WaitDeadline,
            UNPLUG => Cue::Unplug,
            PLUG => Cue::Plug,
            VERB => {
                let end = self.0.iter().position(|byte| *byte == b'\n');
                let (line, rest) = match end {
                    Some(end) => (&self.0[..end], &self.0[end + 1..]),
                    None => (self.0, &[][..]),
                };
                self.0 = rest;
                Cue::Verb(std::str::from_utf8(line).unwrap_or_default())
            }
            _ => Cue::Split,
        })
    }
}
