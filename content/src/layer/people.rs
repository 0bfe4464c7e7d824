//! Reading who there is to turn to: hotlines, support words, the counsellor; and the calendar.

use super::PackKind;
use super::fault::Page;
use super::raw::{RawCalendar, RawCounsellor, RawLine, RawLines, RawSpan, RawSupport, Words};
use super::wording::Place;
use crate::calendar::Calendar;
use crate::hotline::{Hours, Line, Span};
use crate::id::LineId;
use crate::support::{Counsellor, Support};
use crate::text::Text;
use jiff::civil::{Date, Time, Weekday};
use toml::Spanned;

/// Most lines of a pack, far above what anybody would read.
const MOST_LINES: usize = 100;

/// Longest number in a pack: the longest subscriber number of E.164.
const LONGEST_NUMBER: usize = 15;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Reads `hotlines.toml`.
pub(crate) fn lines(page: &mut Page<'_>) -> Vec<Line> {
    let Some(raw) = page.toml::<RawLines>() else {
        return Vec::new();
    };
    if raw.line.len() > MOST_LINES {
        let what = format!("there are {} lines", raw.line.len());
        let remedy = format!("keep at most {MOST_LINES}: nobody finds help in more");
        page.whole("line", what, &remedy);
        return Vec::new();
    }
    let mut lines: Vec<Line> = Vec::new();
    for raw in &raw.line {
        if let Some(line) = line(page, raw.get_ref()) {
            if lines.iter().any(|other| other.id == line.id) {
                let what = format!("the id “{}” is used twice", line.id);
                page.at(raw.span().start, "line.id", what, "give each line its own");
            }
            lines.push(line);
        }
    }
    lines
}

fn line(page: &mut Page<'_>, raw: &RawLine) -> Option<Line> {
    let words = |page: &mut Page<'_>, words: &Words, key: &str| {
        page.words(words, &format!("line.{key}"), Place::Anywhere)
    };
    let id = page.id(&raw.id, "line.id", LineId::new);
    let name = words(page, &raw.name, "name");
    let answers = words(page, &raw.answers, "answers");
    let note = words(page, &raw.note, "note");
    let hours_words = words(page, &raw.hours_words, "hours_words");
    let hours = hours(page, &raw.hours);
    let number = raw.number.get_ref();
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(3..=LONGEST_NUMBER).contains(&number.len()) {
        let what = format!("“{number}” cannot be dialled");
        let remedy = format!("write 3 to {LONGEST_NUMBER} digits and nothing else");
        page.at(raw.number.span().start, "line.number", what, &remedy);
        return None;
    }
    let verified = raw.verified.get_ref().parse::<Date>().ok();
    if verified.is_none() {
        let what = format!("“{}” is no date", raw.verified.get_ref());
        let remedy = "write the day somebody last checked number and hours, as 2026-11-01";
        page.at(raw.verified.span().start, "line.verified", what, remedy);
    }
    Some(Line {
        id: id?,
        number: number.clone(),
        name: name?,
        answers: answers?,
        note: note?,
        hours_words: hours_words?,
        hours: hours?,
        priority: raw.priority,
        emergency: raw.emergency,
        verified: verified?,
    })
}

fn hours(page: &mut Page<'_>, raw: &Spanned<toml::Value>) -> Option<Hours> {
    let at = raw.span().start;
    let remedy = "write \"always\" or [{ days = [\"mon\"], from = \"08:00\", to = \"22:00\" }]";
    match raw.get_ref() {
        toml::Value::String(word) if word == "always" => Some(Hours::Always),
        toml::Value::Array(spans) if !spans.is_empty() => {
            let mut read = Vec::new();
            for span in spans {
                match span
                    .clone()
                    .try_into::<RawSpan>()
                    .map_err(|e| e.message().to_owned())
                {
                    Ok(raw) => read.push(self::span(page, at, &raw)?),
                    Err(message) => {
                        page.at(at, "line.hours", message, remedy);
                        return None;
                    }
                }
            }
            Some(Hours::Spans(read))
        }
        _ => {
            page.at(
                at,
                "line.hours",
                "the hours cannot be read".to_owned(),
                remedy,
            );
            None
        }
    }
}

fn span(page: &mut Page<'_>, at: usize, raw: &RawSpan) -> Option<Span> {
    let mut days = Vec::new();
    for name in &raw.days {
        match DAYS.iter().find(|(day, _)| day == name) {
            Some((_, day)) if !days.contains(day) => days.push(*day),
            _ => {
                let what = format!("“{name}” is no day, or stands there twice");
                page.at(
                    at,
                    "line.hours.days",
                    what,
                    "use mon, tue, wed, thu, fri, sat, sun, each once",
                );
                return None;
            }
        }
    }
    if days.is_empty() {
        let what = "the span has no day".to_owned();
        page.at(
            at,
            "line.hours.days",
            what,
            "name at least one of mon to sun",
        );
        return None;
    }
    let time = |page: &mut Page<'_>, key: &str, text: &str| {
        let time = clock(text);
        if time.is_none() {
            let what = format!("“{text}” is no time of day");
            page.at(
                at,
                &format!("line.hours.{key}"),
                what,
                "write 00:00 to 23:59; \"00:00\" as the end is midnight",
            );
        }
        time
    };
    let (from, to) = (time(page, "from", &raw.from), time(page, "to", &raw.to));
    Some(Span {
        days,
        from: from?,
        to: to?,
    })
}

/// `hh:mm`.
fn clock(text: &str) -> Option<Time> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i8>().ok())
            .flatten()
    };
    Time::new(two(hours)?, two(minutes)?, 0, 0).ok()
}

/// Reads `support.toml`.
pub(crate) fn support(page: &mut Page<'_>, kind: PackKind) -> Option<Support> {
    let raw: RawSupport = page.toml()?;
    let words =
        |page: &mut Page<'_>, words: &Words, key: &str| page.words(words, key, Place::Anywhere);
    let thanks = words(page, &raw.thanks, "thanks");
    let beside_you = words(page, &raw.beside_you, "beside_you");
    let adult_title = words(page, &raw.adult_title, "adult_title");
    let adult_who = words(page, &raw.adult_who, "adult_who");
    let adult_say = words(page, &raw.adult_say, "adult_say");
    let call_say = words(page, &raw.call_say, "call_say");
    let phone_places = school_only(page, kind, raw.phone_places.as_ref(), "phone_places");
    Some(Support {
        thanks: thanks?,
        beside_you: beside_you?,
        adult_title: adult_title?,
        adult_who: adult_who?,
        adult_say: adult_say?,
        call_say: call_say?,
        phone_places,
    })
}

/// Reads `counsellor.toml`.
pub(crate) fn counsellor(page: &mut Page<'_>, kind: PackKind) -> Option<Counsellor> {
    let raw: RawCounsellor = page.toml()?;
    let who = page.words(&raw.who, "who", Place::Anywhere);
    let how = page.words(&raw.how, "how", Place::Anywhere);
    let room = school_only(page, kind, raw.room.as_ref(), "room");
    let hours = school_only(page, kind, raw.hours.as_ref(), "hours");
    let about: Vec<Text> = raw
        .about
        .iter()
        .filter_map(|words| page.words(words, "about", Place::Anywhere))
        .collect();
    if !(1..=3).contains(&raw.about.len()) {
        let what = format!("there are {} lines", raw.about.len());
        page.whole("about", what, "give one to three");
    }
    Some(Counsellor {
        who: who?,
        room,
        hours,
        how: how?,
        about,
    })
}

/// A text that is true of one school only.
fn school_only(
    page: &mut Page<'_>,
    kind: PackKind,
    words: Option<&Words>,
    key: &str,
) -> Option<Text> {
    let words = words?;
    if kind != PackKind::School {
        let what = "this is true of one school only".to_owned();
        page.at(
            words.span().start,
            key,
            what,
            "move it to that school's pack",
        );
        return None;
    }
    page.maybe_words(Some(words), key, Place::Anywhere)
}

/// Reads `calendar.toml`.
pub(crate) fn calendar(page: &mut Page<'_>) -> Calendar {
    let Some(raw) = page.toml::<RawCalendar>() else {
        return Calendar::default();
    };
    let mut dated: Vec<(i8, i8, Text)> = Vec::new();
    for entry in &raw.dated {
        let at = entry.span().start;
        let entry = entry.get_ref();
        let (month, day) = (entry.month, entry.day);
        // Any leap year: the twenty-ninth of February is a day.
        if Date::new(2024, month, day).is_err() {
            let what = format!("month {month}, day {day} is no date");
            page.at(at, "dated", what, "correct month and day");
        } else if dated.iter().any(|(m, d, _)| (*m, *d) == (month, day)) {
            let what = format!("month {month}, day {day} has two sentences");
            page.at(at, "dated", what, "keep one of them");
        }
        if let Some(text) = page.words(&entry.text, "dated.text", Place::Anywhere) {
            dated.push((month, day, text));
        }
    }
    let rotating = raw
        .rotating
        .iter()
        .filter_map(|words| page.words(words, "rotating", Place::Anywhere))
        .collect();
    Calendar { dated, rotating }
}
