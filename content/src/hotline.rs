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

#[cfg(test)]
mod tests {
    use super::{Hours, Open, Span};
    use crate::fixture;
    use crate::id::LineId;
    use jiff::civil::{DateTime, Time, Weekday, date};

    /// Days of one week: the second of November 2026 is a Monday.
    fn at(day: i8, hour: i8, minute: i8) -> DateTime {
        date(2026, 11, 1 + day).at(hour, minute, 0, 0)
    }

    fn span(days: &[Weekday], from: (i8, i8), to: (i8, i8)) -> Span {
        let time = |(hour, minute)| Time::new(hour, minute, 0, 0).unwrap();
        Span {
            days: days.to_vec(),
            from: time(from),
            to: time(to),
        }
    }

    #[test]
    fn a_span_within_a_day_opens_at_its_first_minute_and_not_at_its_last() {
        let span = span(&[Weekday::Tuesday, Weekday::Saturday], (14, 0), (17, 30));
        for (day, hour, minute, open) in [
            (2, 13, 59, false),
            (2, 14, 0, true),
            (2, 17, 29, true),
            (2, 17, 30, false),
            (1, 15, 0, false),
            (3, 15, 0, false),
            (6, 15, 0, true),
        ] {
            assert_eq!(
                span.covers(at(day, hour, minute)),
                open,
                "{day} {hour}:{minute}"
            );
        }
    }

    #[test]
    fn a_span_past_midnight_belongs_to_the_day_it_begins_on() {
        let span = span(&[Weekday::Sunday], (20, 0), (2, 0));
        for (day, hour, open) in [
            (7, 19, false),
            (7, 20, true),
            (7, 23, true),
            (8, 1, true),
            (8, 2, false),
            (7, 1, false),
        ] {
            assert_eq!(span.covers(at(day, hour, 0)), open, "{day} {hour}");
        }
    }

    #[test]
    fn equal_ends_mean_a_whole_day_from_there() {
        let span = span(&[Weekday::Wednesday], (9, 0), (9, 0));
        for (day, hour, open) in [(3, 8, false), (3, 9, true), (4, 8, true), (4, 9, false)] {
            assert_eq!(span.covers(at(day, hour, 0)), open, "{day} {hour}");
        }
    }

    #[test]
    fn lines_are_offered_open_first_and_never_called_closed_without_a_clock() {
        let library = fixture::library();
        let order = |civil| -> Vec<String> {
            let lines = library.lines_at(civil).into_iter();
            lines.map(|line| line.id.to_string()).collect()
        };
        assert_eq!(order(None), ["daytime", "always", "tuesdays"]);
        assert_eq!(order(Some(at(1, 3, 0))), ["always", "daytime", "tuesdays"]);
        assert_eq!(order(Some(at(2, 15, 0))), ["daytime", "always", "tuesdays"]);
        let tuesdays = library.line(&LineId::new("tuesdays").unwrap()).unwrap();
        assert_eq!(tuesdays.open_at(None), Open::Unknown);
        assert_eq!(tuesdays.open_at(Some(at(1, 15, 0))), Open::Closed);
        assert_eq!(tuesdays.open_at(Some(at(2, 15, 0))), Open::Now);
        assert!(matches!(tuesdays.hours, Hours::Spans(_)));
        assert_eq!(library.emergency_lines().len(), 1);
    }
}
