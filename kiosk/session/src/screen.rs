//! What stands on the screen: enough for an adapter to draw it, together with the library.

use std::time::Duration;
use xinting_content::instrument::Score;
use xinting_content::{ArticleId, Audience, BedId, InstrumentId, Lang, LineId, PracticeId};

/// The page in front of the visitor.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// 歇一会儿.
    Attract,
    /// The doors.
    Home,
    /// Self-check: choose by feeling.
    Choose,
    /// What it asks, how long, what this machine does with the answers.
    Intro(InstrumentId),
    /// One item.
    Item {
        /// Of which instrument.
        instrument: InstrumentId,
        /// From 0.
        index: usize,
        /// How many there are.
        of: usize,
        /// The option chosen before, if any.
        chosen: Option<usize>,
    },
    /// The result, in words.
    Result {
        /// Of which instrument.
        instrument: InstrumentId,
        /// What came out; the total is never drawn large.
        score: Score,
        /// The support path was opened in this visit: a call and the counsellor are suggested
        /// before anything else.
        support_first: bool,
    },
    /// The support page. `can_continue`: there are items left to go on with, or a result to see.
    Support {
        /// Whether 继续往下做 leads on (to the next item or the result).
        can_continue: bool,
    },
    /// Cards to read.
    Learn,
    /// One article.
    Article(ArticleId),
    /// Practices.
    Relax,
    /// One practice. Position comes from the player, not from here.
    Player {
        /// Which.
        practice: PracticeId,
        /// Whether it plays.
        playing: bool,
        /// It ran to its end.
        ended: bool,
        /// Loudness, 0 to 8.
        volume: u8,
        /// How long a soundscape plays, in minutes; `None` for other practices.
        timer_min: Option<u8>,
        /// Breathing with several paces: which of the practice's paces is asked for, from 0, and how
        /// many there are. What is heard follows when the breath under way is over; the player's
        /// position says when. `None` where there is nothing to choose.
        pace: Option<(u8, u8)>,
        /// The beds with a slider, each with its level, 0 (not heard) to 8. Of a soundscape every bed
        /// of the library, of which [`SOUNDING_BEDS`](crate::SOUNDING_BEDS) may be heard at a time;
        /// of another practice its own, where it has one.
        beds: Vec<(BedId, u8)>,
        /// Whether a bell will be struck at the end.
        end_bell: bool,
    },
    /// One gentle question after a practice: [`Input::Felt`] or [`Input::SkipFelt`]. At most once a
    /// visit.
    ///
    /// [`Input::Felt`]: crate::Input::Felt
    /// [`Input::SkipFelt`]: crate::Input::SkipFelt
    Felt {
        /// After which.
        practice: PracticeId,
    },
    /// It did not help: kind words, and the way to a person. [`Input::SkipFelt`] goes on.
    ///
    /// [`Input::SkipFelt`]: crate::Input::SkipFelt
    FeltNot {
        /// After which.
        practice: PracticeId,
    },
    /// Whom to call.
    Lines,
    /// One question before the three seconds: [`Input::ConfirmCall`] is yes, [`Input::CancelCall`] no.
    ///
    /// [`Input::ConfirmCall`]: crate::Input::ConfirmCall
    /// [`Input::CancelCall`]: crate::Input::CancelCall
    ConfirmCall {
        /// Which line.
        line: LineId,
        /// Why it asks.
        why: ConfirmWhy,
    },
    /// The three seconds.
    Countdown {
        /// Which line.
        line: LineId,
        /// Whole seconds left, 3 to 1.
        seconds: u8,
        /// This line follows one that was busy, did not answer or could not be reached.
        after_failure: Option<CallFailure>,
        /// There is a hook switch and the handset lies on it: 请拿起听筒.
        handset_down: bool,
    },
    /// A call under way.
    Call {
        /// Which line.
        line: LineId,
        /// How far it is.
        stage: CallStage,
        /// The keypad is open.
        keypad: bool,
        /// Loudness of the handset, 0 to 8.
        volume: u8,
        /// In the last two minutes of the longest call there is: how many are left, 2 or 1.
        minutes_left: Option<u8>,
        /// There is a hook switch and the handset lies on it: 请拿起听筒.
        handset_down: bool,
    },
    /// No call came about, or it was cut off: the number large, and what else can be done.
    CallFailed {
        /// Which line.
        line: LineId,
        /// Why.
        why: CallFailure,
    },
    /// The call is over; what next.
    CallOver {
        /// Which line.
        line: LineId,
    },
    /// 找老师.
    Counsellor,
    /// The admin's pages, drawn by the app.
    Maintenance,
}

/// Why a call asks once more before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmWhy {
    /// An emergency number. It always asks.
    Emergency,
    /// This booth has begun several calls within a few minutes. It asks, and never refuses.
    Again,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStage {
    /// Nothing has gone out yet: the phone is coming back, or the call before is still ending.
    Waiting,
    /// The number goes out.
    Dialling,
    /// The first try was dropped at once; the number goes out a second time by itself.
    DialAgain,
    /// It rings.
    Alerting,
    /// 线路已接通, for this long.
    LineOpen(Duration),
    /// Hanging up.
    Ending,
}

/// Why no call came about, or why it was cut off: each by what the visitor can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFailure {
    /// This booth's phone is not there or does not answer: another phone.
    NoModem,
    /// The phone has no card that works: another phone.
    NoSim,
    /// The phone finds no network: again in a while, or another phone.
    NoNetwork,
    /// The phone vanished or started anew during the call: call again, it waits for the phone.
    Lost,
    /// Busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// Anything else.
    Failed,
}

/// A call that goes on while another page is open: shown as a strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// Which line.
    pub line: LineId,
    /// How far it is.
    pub stage: CallStage,
}

/// Whether sound is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundState {
    /// Yes.
    Present,
    /// There is no sound device; captions carry the practice.
    Absent,
    /// It went away during the practice and may come back.
    Lost,
}

/// The size of reading text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextSize {
    /// × 1.
    #[default]
    Normal,
    /// × 1.2.
    Large,
    /// × 1.4.
    Largest,
}

/// What a visitor has set; back to the beginning after every visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// Language.
    pub lang: Lang,
    /// Who they say they are; a booth's own default until they choose.
    pub audience: Audience,
    /// Size of reading text.
    pub text_size: TextSize,
    /// 低位模式.
    pub reach: bool,
    /// 减弱动效.
    pub reduced_motion: bool,
}
