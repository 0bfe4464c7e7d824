//! What can be chosen about a simulated modem: its pace, its faults, the fate of its calls, its manners on the line.

use std::time::Duration;

/// How long things take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimTiming {
    /// From dialling to ringing, and to BUSY or NO CARRIER.
    pub to_alerting: Duration,
    /// From dialling to the other side taking the call, where nothing else is said.
    pub to_answer: Duration,
    /// From dialling to the network's NO ANSWER.
    pub to_no_answer: Duration,
    /// From radio on to registered.
    pub to_registered: Duration,
    /// How late a late final is.
    pub late_by: Duration,
}

impl Default for SimTiming {
    fn default() -> Self {
        Self {
            to_alerting: Duration::from_millis(1_200),
            to_answer: Duration::from_secs(4),
            to_no_answer: Duration::from_secs(6),
            to_registered: Duration::from_millis(800),
            late_by: Duration::from_secs(12),
        }
    }
}

impl SimTiming {
    /// About twenty times as fast as in life, for tests.
    #[must_use]
    pub const fn fast() -> Self {
        Self {
            to_alerting: Duration::from_millis(60),
            to_answer: Duration::from_millis(200),
            to_no_answer: Duration::from_millis(600),
            to_registered: Duration::from_millis(30),
            late_by: Duration::from_millis(700),
        }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextCall {
    /// It rings and is taken.
    Answer {
        /// Milliseconds after dialling; `None` for the usual time.
        after_ms: Option<u32>,
    },
    /// BUSY.
    Busy,
    /// It rings until the network says NO ANSWER.
    NoAnswer,
    /// It rings and nothing ever ends it from there.
    RingForever,
    /// NO CARRIER before it rings.
    NoCarrier,
    /// The dial command itself is refused.
    Refuse,
}

/// What can be wrong with the modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Hears nothing: commands are not carried out and not answered.
    Silence,
    /// Carries commands out and says nothing.
    Mute,
    /// Floods garbage and answers nothing.
    Babble,
    /// Puts garbage lines around good answers.
    Noise,
    /// Answers `+CME ERROR` with this code.
    CmeError(u16),
    /// The final result comes much too late.
    LateFinal,
    /// There is no SIM card.
    NoSim,
    /// There is no network.
    NotRegistered,
    /// `+CLCC` answers a bare OK although a call is up.
    ActiveClccBareOk,
    /// `+CHUP` answers OK and keeps the call.
    ChupKeepsCall,
    /// `ATH` answers OK and keeps the call.
    AthKeepsCall,
    /// `+CHLD=1` answers OK and keeps the call.
    ChldKeepsCall,
}

/// What `ATD` answers and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialStyle {
    /// OK as soon as the number was taken.
    OkAtOnce,
    /// Nothing until the call is taken, then CONNECT.
    ConnectWhenTaken,
    /// Nothing until the call is taken, then OK.
    OkWhenTaken,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// `\r\n` before and after, as V.250 has it.
    CrLf,
    /// One `\r` after.
    Cr,
}
