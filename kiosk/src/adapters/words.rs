//! Small turns from what a visit knows to what a page shows: parts of the day, clocks, symbols.

use crate::ui::Light;
use jiff::civil::DateTime;
use slint::SharedString;
use std::time::Duration;
use xinting_content::Lang;
use xinting_content::hotline::{Line, Open};
use xinting_content::support::Counsellor;

/// 0 early morning, 1 morning, 2 noon, 3 afternoon, 4 dusk, 5 evening.
pub(super) fn part_of_day(at: DateTime) -> i32 {
    match at.hour() {
        5..=7 => 0,
        8..=10 => 1,
        11..=12 => 2,
        13..=16 => 3,
        17..=18 => 4,
        _ => 5,
    }
}

/// The light of the scenes; by day where the clock is not known.
pub(super) fn light(civil: Option<DateTime>) -> Light {
    match civil.map(|at| at.hour()) {
        None | Some(6..=16) => Light::Day,
        Some(17..=18) => Light::Dusk,
        Some(_) => Light::Night,
    }
}

/// Minutes and seconds, `2:07`; hours where there are any.
pub(super) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// The clock of a call, `02:07`.
pub(super) fn call_clock(open_for: Duration) -> String {
    let seconds = open_for.as_secs();
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

/// A reason as a sentence of its own: English ones begin small, since they also stand within others. A file's name stays.
pub(super) fn sentence(reason: &str) -> SharedString {
    let first = reason.split_whitespace().next().unwrap_or_default();
    match reason.split_at_checked(1) {
        Some((letter, rest)) if first.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            format!("{}{rest}", letter.to_ascii_uppercase()).into()
        }
        _ => reason.into(),
    }
}

/// The number the pages use for whether a line is open.
pub(super) fn open(line: &Line, civil: Option<DateTime>) -> i32 {
    match line.open_at(civil) {
        Open::Now => 0,
        Open::Closed => 1,
        Open::Unknown => 2,
    }
}

/// Room and hours where a school's pack gives them; otherwise nothing, and the page has its own words.
pub(super) fn counsellor_line(counsellor: &Counsellor, lang: Lang) -> String {
    let known: Vec<&str> = [&counsellor.room, &counsellor.hours]
        .into_iter()
        .filter_map(|text| text.as_ref().map(|text| text.get(lang)))
        .collect();
    known.join(" · ")
}

/// The drawing for an article's theme.
pub(super) fn theme_symbol(theme: &str) -> &'static str {
    match theme {
        "worry" => "wind",
        "mood" => "rain",
        "sleep" => "moon",
        "friends" => "friends",
        "exam" => "hill",
        "family" => "family",
        _ => "door-xue",
    }
}

/// The drawing for a practice.
pub(super) fn practice_symbol(symbol: &str) -> &'static str {
    match symbol {
        "stone" => "stone",
        "lake" => "lake",
        _ => "door-jing",
    }
}

/// The drawing for a bed of sound.
pub(super) fn bed_symbol(symbol: &str) -> &'static str {
    match symbol {
        "rain" => "rain",
        "wind" => "wind",
        "moon" => "moon",
        "hill" => "hill",
        "stone" => "stone",
        "lake" => "lake",
        _ => "door-jing",
    }
}

/// What stands before the first full stop, with it.
pub(super) fn first_sentence(text: &str) -> &str {
    let end = text
        .find('。')
        .map(|at| at + '。'.len_utf8())
        .or_else(|| text.find(". ").map(|at| at + 1));
    end.map_or(text, |end| &text[..end])
}

/// A size for people, in steps of a thousand: `640 B`, `24 KB`, `5.2 GB`. One place after the point below ten.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    // What would be written as a thousand is one of the next unit.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let places = usize::from(unit > 0 && value < 9.95);
    format!("{value:.places$} {}", UNITS[unit])
}

/// Whole minutes, at least one.
pub(super) fn minutes(milliseconds: u64) -> i32 {
    i32::try_from(milliseconds.div_ceil(60_000).max(1)).unwrap_or(i32::MAX)
}

/// A headline broken where it breathes: after commas and full stops, no line longer than `most`
/// letters where that can be. Lines that are too long still wrap by themselves.
pub(super) fn set_in_lines(sentence: &str, most: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let long = |part: &str| part.chars().count() > most;
    let parts = sentence
        .split_inclusive(['，', '。', '？', '；', '：'])
        .flat_map(|part| {
            // A list is broken between its members only where its line would be too long.
            let within: &[char] = if long(part) { &['、'] } else { &[] };
            part.split_inclusive(within)
        });
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() <= most => {
                line.push_str(part)
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines.join("\n")
}

/// A headline of two short halves is broken at its comma, as one would write it.
pub(super) fn broken_at_comma(sentence: &str) -> String {
    match sentence.split_once('，') {
        Some((first, rest)) if !rest.is_empty() && rest.chars().count() <= 16 => {
            format!("{first}，\n{rest}")
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        broken_at_comma, call_clock, clock, first_sentence, light, part_of_day, sentence,
        set_in_lines, size,
    };
    use crate::ui::Light;
    use jiff::civil::date;
    use std::time::Duration;

    #[test]
    fn a_reason_stands_by_itself_as_a_sentence() {
        for (reason, said) in [
            ("the stick was pulled out", "The stick was pulled out"),
            ("没有安装", "没有安装"),
            ("pack.toml: no title", "pack.toml: no title"),
            ("Use another stick", "Use another stick"),
            ("", ""),
        ] {
            assert_eq!(sentence(reason), said);
        }
    }

    #[test]
    fn sizes_are_short() {
        let table = [
            (0, "0 B"),
            (640, "640 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (9_949, "9.9 KB"),
            (9_960, "10 KB"),
            (186_400_000, "186 MB"),
            (999_600_000, "1.0 GB"),
            (5_230_000_000, "5.2 GB"),
            (u64::MAX, "18446744 TB"),
        ];
        for (bytes, said) in table {
            assert_eq!(size(bytes), said);
        }
    }

    #[test]
    fn the_light_follows_the_hour_and_is_day_without_a_clock() {
        let at = |hour| date(2026, 11, 23).at(hour, 0, 0, 0);
        assert_eq!(light(None), Light::Day);
        for (hour, expected) in [
            (5, Light::Night),
            (6, Light::Day),
            (16, Light::Day),
            (17, Light::Dusk),
            (18, Light::Dusk),
            (19, Light::Night),
            (0, Light::Night),
        ] {
            assert_eq!(light(Some(at(hour))), expected, "at {hour}");
        }
    }

    #[test]
    fn each_hour_has_its_part_of_the_day() {
        for (hour, part) in [
            (4, 5),
            (5, 0),
            (7, 0),
            (8, 1),
            (11, 2),
            (12, 2),
            (13, 3),
            (17, 4),
            (19, 5),
            (23, 5),
        ] {
            assert_eq!(
                part_of_day(date(2026, 11, 23).at(hour, 59, 0, 0)),
                part,
                "at {hour}"
            );
        }
    }

    #[test]
    fn clocks_are_read_at_a_glance() {
        assert_eq!(clock(0), "0:00");
        assert_eq!(clock(187), "3:07");
        assert_eq!(clock(3600), "1:00:00");
        assert_eq!(call_clock(Duration::from_secs(138)), "02:18");
    }

    #[test]
    fn a_question_is_set_in_lines_that_breathe() {
        assert_eq!(
            set_in_lines("过去两周里，你有没有觉得紧张、心里发慌，静不下来？", 15),
            "过去两周里，\n你有没有觉得紧张、心里发慌，\n静不下来？"
        );
        assert_eq!(
            set_in_lines("谢谢你说出来。你不是一个人。", 9),
            "谢谢你说出来。\n你不是一个人。"
        );
        assert_eq!(
            set_in_lines("过去两周里，你有没有担心起来就停不住、管不了？", 15),
            "过去两周里，\n你有没有担心起来就停不住、\n管不了？"
        );
        assert_eq!(set_in_lines("短短一句。", 15), "短短一句。");
    }

    #[test]
    fn the_first_sentence_stands_alone() {
        assert_eq!(
            first_sentence("可以随时停下来。头晕就停。"),
            "可以随时停下来。"
        );
        assert_eq!(
            first_sentence("You can stop at any time. Look around."),
            "You can stop at any time."
        );
        assert_eq!(first_sentence("可以随时停下来"), "可以随时停下来");
    }

    #[test]
    fn a_headline_breaks_at_its_comma() {
        assert_eq!(
            broken_at_comma("走得慢一点，也会到的。"),
            "走得慢一点，\n也会到的。"
        );
        assert_eq!(broken_at_comma("没有逗号。"), "没有逗号。");
    }
}
