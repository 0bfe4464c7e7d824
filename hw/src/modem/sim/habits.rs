//! What can be chosen about a simulated modem: its pace, its faults, the fate of its calls, its manners on the line.
//!
//! Whose habits it has is in [`super::profile`].

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
    /// From a restart to the first boot word. Until then the modem hears nothing.
    pub to_boot: Duration,
    /// From one boot word to the next.
    pub boot_step: Duration,
    /// From one `RING` to the next.
    pub ring_every: Duration,
    /// From one byte to the next where reads are split.
    pub byte_gap: Duration,
    /// How long lines are gathered where they are merged.
    pub merge: Duration,
}

impl Default for SimTiming {
    fn default() -> Self {
        Self {
            to_alerting: Duration::from_millis(1_200),
            to_answer: Duration::from_secs(4),
            to_no_answer: Duration::from_secs(6),
            to_registered: Duration::from_millis(800),
            late_by: Duration::from_secs(12),
            to_boot: Duration::from_millis(300),
            boot_step: Duration::from_millis(80),
            // Huawei MU509 AT manual, section 9.18: a voice call rings every 5 s.
            ring_every: Duration::from_secs(5),
            byte_gap: Duration::from_millis(1),
            merge: Duration::from_millis(60),
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
            to_boot: Duration::from_millis(15),
            boot_step: Duration::from_millis(4),
            ring_every: Duration::from_millis(250),
            byte_gap: Duration::from_micros(50),
            merge: Duration::from_millis(10),
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

/// What can be wrong with the modem. The word a script uses for each is in [`Fault::WORDS`].
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
    /// Answers nothing until it is told to restart, which it still obeys.
    Freeze,
    /// Answers nothing until its power is cycled.
    FreezeHard,
    /// Refuses every `+CFUN=`.
    RefusesCfun,
    /// Echoes although it was told not to.
    EchoOn,
    /// Lets its bytes out one at a time, with gaps.
    SplitReads,
    /// Holds its bytes back and lets several lines out at once.
    Merged,
    /// Answers in lower case.
    LowerCase,
    /// Says something unasked between information and final result.
    UrcInside,
    /// The port runs at another speed: bytes are garbled both ways.
    WrongBaud,
    /// Pours out lines without end, about 6 MB a second, and still answers.
    Flood,
    /// Says NO CARRIER early in a call that nevertheless goes on.
    EarlyNoCarrier,
    /// `+CPIN: READY` comes without a final OK.
    CpinNoFinal,
    /// `ATD` is swallowed: no call, no answer.
    DialLost,
    /// `ATD` is answered by nothing and the call goes up all the same.
    DialSilent,
    /// The module has no voice service: `ATD` answers ERROR.
    NoVoice,
    /// `+CHUP` answers ERROR and keeps the call.
    ChupError,
    /// `+CLCC` answers ERROR.
    ClccError,
    /// The list shows a call as active while it still rings at the other side.
    ActiveAtRingback,
    /// Calls go over `VoLTE` only: without it a dial is accepted and then ends NO CARRIER.
    LteOnly,
    /// Switching `VoLTE` on is refused.
    VolteRefused,
}

impl Fault {
    /// Every fault without a number, with the word for it.
    pub const WORDS: [(&'static str, Self); 31] = [
        ("silence", Self::Silence),
        ("mute", Self::Mute),
        ("babble", Self::Babble),
        ("noise", Self::Noise),
        ("late-final", Self::LateFinal),
        ("no-sim", Self::NoSim),
        ("not-registered", Self::NotRegistered),
        ("clcc-bare-ok", Self::ActiveClccBareOk),
        ("chup-keeps-call", Self::ChupKeepsCall),
        ("ath-keeps-call", Self::AthKeepsCall),
        ("chld-keeps-call", Self::ChldKeepsCall),
        ("freeze", Self::Freeze),
        ("freeze-hard", Self::FreezeHard),
        ("cfun-refused", Self::RefusesCfun),
        ("echo-on", Self::EchoOn),
        ("split-reads", Self::SplitReads),
        ("merged", Self::Merged),
        ("lower-case", Self::LowerCase),
        ("urc-inside", Self::UrcInside),
        ("wrong-baud", Self::WrongBaud),
        ("flood", Self::Flood),
        ("early-no-carrier", Self::EarlyNoCarrier),
        ("cpin-no-final", Self::CpinNoFinal),
        ("dial-lost", Self::DialLost),
        ("dial-silent", Self::DialSilent),
        ("no-voice", Self::NoVoice),
        ("chup-error", Self::ChupError),
        ("clcc-error", Self::ClccError),
        ("active-at-ringback", Self::ActiveAtRingback),
        ("lte-only", Self::LteOnly),
        ("volte-refused", Self::VolteRefused),
    ];

    /// True for a fault that is a state, not something that happens to one command: striking once, it stays until it
    /// is cleared or, for a frozen modem, until what ends it.
    #[must_use]
    pub(super) const fn is_state(self) -> bool {
        matches!(
            self,
            Self::Freeze
                | Self::FreezeHard
                | Self::EchoOn
                | Self::SplitReads
                | Self::Merged
                | Self::LowerCase
                | Self::WrongBaud
                | Self::Flood
                | Self::LteOnly
        )
    }
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
    /// OK as soon as the number was taken, and CONNECT when the call is.
    OkThenConnect,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// `\r\n` before and after, as V.250 has it.
    CrLf,
    /// One `\r` after.
    Cr,
}

/// How a call is written in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// As the maker writes it.
    Own,
    /// The number without its quotes.
    Unquoted,
    /// Nothing after the status.
    Short,
    /// An empty name behind, `,""`.
    Extra,
    /// Mode 1 (data) for a voice call.
    DataMode,
}

/// What the network makes of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// At home.
    Home,
    /// On another operator's network.
    Roaming,
    /// No network can be heard.
    Lost {
        /// Milliseconds until it is back at home; `None` for good.
        for_ms: Option<u32>,
    },
    /// The network has refused the card (27.007 section 7.2, state 3).
    Denied,
}
