//! Instruments and check-ins: items, response options, scoring, severity bands.
//!
//! Not here: what is said on a risk path (`support`), and who has answered what (the visit).

pub mod scoring;

pub use scoring::ScoreError;

use crate::id::{ArticleId, InstrumentId, PracticeId};
use crate::text::{Audience, Text};

/// What kind of questionnaire this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstrumentKind {
    /// A published instrument with scoring and severity bands.
    Standard,
    /// One of our own short surveys (非标准化小调查): no score is shown and no band exists, only a
    /// reflection.
    CheckIn,
}

/// Where the wording of the items comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// Our own plain rendering (改编措辞), said so on the result.
    Adapted,
    /// The validated translation, from a pack of whoever may publish it.
    Validated,
}

/// One questionnaire, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// Its id, for instance `phq-a`.
    pub id: InstrumentId,
    /// Instrument or check-in.
    pub kind: InstrumentKind,
    /// Whose wording the items are in.
    pub wording: Wording,
    /// Who sees it.
    pub audiences: Vec<Audience>,
    /// How it feels, as the choice on the screen names it (心里发慌), never the instrument's name.
    pub feeling: Text,
    /// One line under the feeling.
    pub line: Text,
    /// What it asks, for the page before it starts.
    pub about: Text,
    /// The picture that stands for it.
    pub symbol: String,
    /// About how long it takes, in minutes.
    pub minutes: u8,
    /// The questions in order. Never empty.
    pub items: Vec<Item>,
    /// How answers become a score.
    pub scoring: Scoring,
    /// Contiguous from the lowest possible score to the highest. For a check-in: empty.
    pub bands: Vec<SeverityBand>,
    /// What a check-in says at the end, chosen by the mean answer; one covers everything. For an
    /// instrument: empty.
    pub reflections: Vec<Reflection>,
    /// Licence and attribution, shown where the licence asks for it.
    pub notice: Text,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The question as asked.
    pub text: Text,
    /// The answers, in the order shown. Two to seven.
    pub options: Vec<ResponseOption>,
    /// Scored backwards: highest plus lowest option value minus the value chosen.
    pub reverse: bool,
    /// An answer of at least this value opens the support path at once; `None`: never.
    pub risk_at: Option<i32>,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseOption {
    /// What it counts.
    pub value: i32,
    /// The words on it.
    pub text: Text,
    /// How many of the 14 dots of two weeks are lit beside it; `None`: no dots.
    pub dots: Option<u8>,
}

/// How the sum of the items becomes the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scoring {
    /// The raw sum is multiplied by this (WHO-5: 4, others 1).
    pub multiplier: i32,
    /// Whether a higher total is better (WHO-5).
    pub higher_is_better: bool,
}

/// A range of totals and what a visitor is told there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityBand {
    /// Its id within the instrument, for authors and golden tests. Never shown, counted or sent.
    pub id: String,
    /// Lowest total in the band.
    pub from: i32,
    /// Highest total in the band.
    pub to: i32,
    /// A band of greatest concern: reaching it opens the support path.
    pub support: bool,
    /// What is said there.
    pub words: Reflection,
}

/// What a result says: a picture in words, what it may mean, three things to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reflection {
    /// For a check-in: applies where the mean item value in per cent of its range is at least this
    /// (0 to 100). For a band: 0.
    pub from_percent: u8,
    /// The headline, weather rather than grade (湖面上，起了一阵风).
    pub title: Text,
    /// One sentence below it.
    pub summary: Text,
    /// What it may mean.
    pub meaning: Text,
    /// The picture: `calm`, `breeze`, `wind`, `rain` or `storm`.
    pub weather: String,
    /// What can be done now, best first. One to three.
    pub suggestions: Vec<Suggestion>,
}

/// One thing to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Read this.
    Article(ArticleId),
    /// Do this.
    Practice(PracticeId),
    /// Go and talk with the school's counsellor.
    Counsellor,
    /// Call a hotline.
    Call,
}

/// A scored sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// As scored: WHO-5 is 0 to 100.
    pub total: i32,
    /// Index into `bands`; `None` for a check-in.
    pub band: Option<usize>,
    /// Index into `reflections`; `None` for an instrument.
    pub reflection: Option<usize>,
    /// Whether a risk item is endorsed. A band never sets this.
    pub risk: bool,
}
