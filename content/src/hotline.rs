//! Hotlines: who answers, when, and in which order they are offered.

use crate::id::LineId;
use crate::text::Text;
use jiff::civil::{Date, DateTime, Time, Weekday};

/// One line. The number in it comes from a verified pack and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// Digits only.
    pub number: String,
    /// What it is called.
    pub name: Text,
    /// Who answers.
    pub answers: Text,
    /// What it costs and that no name is needed, in one line.
    pub note: Text,
    /// Opening hours in words, shown whenever the clock is not known.
    pub hours_words: Text,
    /// Opening hours.
    pub hours: Hours,
    /// Lower is offered first.
    pub priority: u16,
    /// 110, 119, 120: shown apart, never offered as the next line.
    pub emergency: bool,
    /// When somebody last checked number and hours.
    pub verified: Date,
}

/// When somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hours {
    /// Day and night, every day.
    Always,
    /// Within these spans, local time.
    Spans(Vec<Span>),
}

/// Opening hours on some days of the week; `to` may be earlier than `from` and then lies on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The days it begins on.
    pub days: Vec<Weekday>,
    /// Opens.
    pub from: Time,
    /// Closes; equal to `from` means 24 hours.
    pub to: Time,
}

/// Whether somebody answers now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Yes.
    Now,
    /// Not at this time.
    Closed,
    /// The clock is not known: hours are shown in words, and the line is never called closed.
    Unknown,
}

impl Line {
    /// Whether somebody answers at `civil`.
    pub fn open_at(&self, civil: Option<DateTime>) -> Open {
        let Some(at) = civil else {
            return Open::Unknown;
        };
        let open = match &self.hours {
            Hours::Always => true,
            Hours::Spans(spans) => spans.iter().any(|span| span.covers(at)),
        };
        if open { Open::Now } else { Open::Closed }
    }
}

impl Span {
    fn covers(&self, at: DateTime) -> bool {
        let (today, time) = (at.date().weekday(), at.time());
        let began_today = self.days.contains(&today);
        let began_yesterday = self.days.contains(&today.previous());
        if self.from < self.to {
            began_today && self.from <= time && time < self.to
        } else {
            (began_today && self.from <= time) || (began_yesterday && time < self.to)
        }
    }
}
