//! `[audio]`: which device, how loud at most, and when quieter. Not here: what plays.

use super::one_of;
use jiff::civil::{DateTime, Time};
use serde::Deserialize;
use xinting_hw::audio::Profile;

/// Quieter hours take so much unless the file says otherwise, in dB.
const QUIET_DB: f32 = -10.0;

/// `[audio]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSection {
    /// The sound system.
    pub host: AudioHost,
    /// The device's name there; the system's default device by default.
    pub device: Option<String>,
    /// Gain at the highest volume, in dB: set once against a meter.
    pub ceiling_db: Gain,
    /// When the quiet hours begin, in the booth's own time.
    pub quiet_from: Option<TimeOfDay>,
    /// When they end; on the next day where that is not after their beginning.
    pub quiet_to: Option<TimeOfDay>,
    /// What the quiet hours take from the ceiling, in dB, -60 to 0.
    pub quiet_db: Option<Gain>,
    /// What the booth is listened to with.
    pub profile: ListenedWith,
}

/// Which sound system plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioHost {
    /// ALSA, straight to the card.
    #[default]
    Alsa,
    /// A PulseAudio or PipeWire server.
    PulseAudio,
    /// No sound in this booth: captions carry the practices.
    None,
}

impl AudioSection {
    /// How loud the booth may be, and when.
    #[must_use]
    pub fn loudness(&self) -> Loudness {
        let quiet = self.quiet_from.zip(self.quiet_to);
        Loudness {
            ceiling_db: self.ceiling_db.0,
            quiet: quiet.map(|(from, to)| Quiet {
                from: from.0,
                to: to.0,
                db: self.quiet_db.map_or(QUIET_DB, |db| db.0),
            }),
        }
    }

    /// The key that does not go with the others, and why; `None`: all is well.
    pub(super) fn at_odds(&self) -> Option<(&'static str, &'static str)> {
        match (self.quiet_from, self.quiet_to, self.quiet_db) {
            (Some(_), None, _) => Some((
                "quiet_from",
                "quiet hours that begin and do not end; write quiet_to = \"07:00\" as well",
            )),
            (None, Some(_), _) => Some((
                "quiet_to",
                "quiet hours that end and do not begin; write quiet_from = \"21:00\" as well",
            )),
            (None, None, Some(_)) => Some((
                "quiet_db",
                "quieter by this, but no hours; write quiet_from and quiet_to as well",
            )),
            (Some(from), Some(to), _) if from == to => Some((
                "quiet_to",
                "quiet hours that end when they begin; for a booth that is always quieter lower ceiling_db",
            )),
            _ => None,
        }
    }
}

/// How loud a booth may be, and when.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Loudness {
    ceiling_db: f32,
    quiet: Option<Quiet>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Quiet {
    from: Time,
    to: Time,
    db: f32,
}

impl Loudness {
    /// Gain at the highest volume, in dB, -60 to 0, at this local time. While the time is not known no hour is quiet.
    #[must_use]
    pub fn at(&self, civil: Option<DateTime>) -> f32 {
        let quiet = self.quiet.zip(civil);
        let taken = quiet.filter(|(quiet, civil)| quiet.holds(civil.time()));
        (self.ceiling_db + taken.map_or(0.0, |(quiet, _)| quiet.db)).max(-60.0)
    }
}

impl Quiet {
    fn holds(&self, at: Time) -> bool {
        if self.from < self.to {
            self.from <= at && at < self.to
        } else {
            self.from <= at || at < self.to
        }
    }
}

/// A gain in dB, -60 to 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(try_from = "Number")]
pub struct Gain(pub f32);

/// `-12` and `-12.0` are the same.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a gain is a number of dB from -60 to 0, such as -12 or -7.5"
)]
enum Number {
    Whole(i64),
    Broken(f64),
}

impl TryFrom<Number> for Gain {
    type Error = String;

    fn try_from(number: Number) -> Result<Self, String> {
        let db = match number {
            Number::Whole(db) => db as f64,
            Number::Broken(db) => db,
        };
        if !(-60.0..=0.0).contains(&db) {
            return Err(format!(
                "a gain of {db} dB is not possible here; write -60 to 0, where 0 is as loud as the sounds were made"
            ));
        }
        Ok(Self(db as f32))
    }
}

/// A time of day, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay(pub Time);

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no time of day; write one such as \"21:30\"");
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let two = |part: &str, most: i8| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            let number: i8 = part.parse().ok().filter(|_| digits)?;
            (number <= most).then_some(number)
        };
        let (hour, minute) = two(hour, 23).zip(two(minute, 59)).ok_or_else(wrong)?;
        Ok(Self(Time::constant(hour, minute, 0, 0)))
    }
}

/// What the booth is listened to with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ListenedWith(pub Profile);

impl TryFrom<String> for ListenedWith {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "speaker" => Ok(Self(Profile::Speaker)),
            "headphones" => Ok(Self(Profile::Headphones)),
            _ => Err(format!(
                "nothing is listened to with {name:?}; write {}",
                one_of(["speaker", "headphones"])
            )),
        }
    }
}
