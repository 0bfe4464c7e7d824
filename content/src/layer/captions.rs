//! Captions: one WebVTT file a language, zipped on identical cue times.
//!
//! The part of WebVTT that captions on a booth need: cues of one or two lines. Cue settings, styles
//! and tags are refused, because nothing would show them.

use super::fault::Page;
use crate::practice::Caption;
use crate::text::Text;

/// One cue of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cue {
    /// The line of the file its times stand on.
    number: usize,
    start_ms: u64,
    end_ms: u64,
    line: String,
    below: Option<String>,
}

/// Reads one file; `None` if anything in it is wrong.
pub(crate) fn read(page: &mut Page<'_>) -> Option<Vec<Cue>> {
    let before = page.fault_count();
    let mut lines = (1..).zip(page.text().lines().map(str::trim_end)).peekable();
    match lines.next() {
        Some((_, head)) if head == "WEBVTT" || head.starts_with("WEBVTT ") => {}
        _ => page.on_line(
            1,
            "the file does not begin with WEBVTT".to_owned(),
            "write it on the first line",
        ),
    }
    let mut cues: Vec<Cue> = Vec::new();
    while let Some((number, first)) = lines.next() {
        if first.is_empty() {
            continue;
        }
        let mut block: Vec<(usize, &str)> = vec![(number, first)];
        while let Some(line) = lines.next_if(|(_, line)| !line.is_empty()) {
            block.push(line);
        }
        if first == "NOTE" || first.starts_with("NOTE ") {
            continue;
        }
        if let Some(cue) = cue(page, &block) {
            if cues.last().is_some_and(|last| cue.start_ms < last.end_ms) {
                let what = "the cue begins before the one above has ended".to_owned();
                page.on_line(cue.number, what, "order the cues so that none overlap");
            }
            cues.push(cue);
        }
    }
    (page.fault_count() == before).then_some(cues)
}

fn cue(page: &mut Page<'_>, block: &[(usize, &str)]) -> Option<Cue> {
    let timing = block.iter().position(|(_, line)| line.contains("-->"));
    // A cue may carry an identifier on the line above its times.
    let Some(timing @ 0..=1) = timing else {
        let number = block.first().map_or(1, |(number, _)| *number);
        let what = "this is neither a cue nor a NOTE".to_owned();
        page.on_line(
            number,
            what,
            "write 00:01.000 --> 00:04.000 and the words below it",
        );
        return None;
    };
    let (number, times) = block[timing];
    let read = times
        .split_once("-->")
        .and_then(|(start, end)| Some((timestamp(start.trim())?, timestamp(end.trim())?)));
    let Some((start_ms, end_ms)) = read.filter(|(start, end)| start < end) else {
        let what = format!("“{times}” is no span of time");
        page.on_line(
            number,
            what,
            "write 00:01.000 --> 00:04.000, the later time second, nothing after it",
        );
        return None;
    };
    let words = &block[timing + 1..];
    if !(1..=2).contains(&words.len()) {
        let what = format!("the cue has {} lines", words.len());
        page.on_line(
            number,
            what,
            "write one large line and at most one smaller below it",
        );
        return None;
    }
    for (number, line) in words {
        if line.contains(['<', '>', '&']) {
            let what = "the cue holds markup".to_owned();
            page.on_line(*number, what, "write plain words without <, > and &");
        }
        page.prose_on_line(line, *number);
    }
    Some(Cue {
        number,
        start_ms,
        end_ms,
        line: words[0].1.trim().to_owned(),
        below: words.get(1).map(|(_, line)| line.trim().to_owned()),
    })
}

/// `[hh:]mm:ss.ttt` in milliseconds.
fn timestamp(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once('.')?;
    let digits = |part: &str, length: std::ops::RangeInclusive<usize>| {
        (length.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u64>().ok())
            .flatten()
    };
    let millis = digits(fraction, 3..=3)?;
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => (0, digits(minutes, 2..=2)?, digits(seconds, 2..=2)?),
        [hours, minutes, seconds] => (
            digits(hours, 2..=4)?,
            digits(minutes, 2..=2)?,
            digits(seconds, 2..=2)?,
        ),
        _ => return None,
    };
    (minutes < 60 && seconds < 60)
        .then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis)
}

/// The line on which the last cue stands.
pub(crate) fn last_line(cues: &[Cue]) -> usize {
    cues.last().map_or(1, |cue| cue.number)
}

/// Joins the two languages. `page` is the English file, where a difference is reported.
pub(crate) fn zip(page: &mut Page<'_>, zh: &[Cue], en: &[Cue]) -> Option<Vec<Caption>> {
    let before = page.fault_count();
    if zh.len() != en.len() {
        let what = format!(
            "there are {} cues here and {} in Chinese",
            en.len(),
            zh.len()
        );
        // Where the longer one goes on, or where the shorter one ends.
        let at = en.get(zh.len()).or(en.last()).map_or(1, |cue| cue.number);
        page.on_line(at, what, "give both files the same cues");
        return None;
    }
    let captions = zh
        .iter()
        .zip(en)
        .filter_map(|(zh, en)| {
            if (zh.start_ms, zh.end_ms) != (en.start_ms, en.end_ms) {
                let what = format!(
                    "the times differ from line {} of the Chinese file",
                    zh.number
                );
                page.on_line(
                    en.number,
                    what,
                    "give the cue the same times in both languages",
                );
            }
            let below = match (&zh.below, &en.below) {
                (Some(zh), Some(en)) => Text::new(zh, en),
                (None, None) => None,
                _ => {
                    let what = "only one language has a second line".to_owned();
                    page.on_line(en.number, what, "write it in both or in neither");
                    None
                }
            };
            Some(Caption {
                start_ms: zh.start_ms,
                end_ms: zh.end_ms,
                line: Text::new(&zh.line, &en.line)?,
                below,
            })
        })
        .collect();
    (page.fault_count() == before).then_some(captions)
}

#[cfg(test)]
mod tests {
    use super::{Page, read, timestamp, zip};
    use crate::layer::Fault;

    fn faults(text: &str) -> Vec<String> {
        let mut faults: Vec<Fault> = Vec::new();
        let cues = read(&mut Page::new("x.vtt", text, &mut faults));
        assert_eq!(cues.is_none(), !faults.is_empty());
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn timestamps() {
        for (text, ms) in [
            ("00:00.000", Some(0)),
            ("01:02.345", Some(62_345)),
            ("01:00:00.001", Some(3_600_001)),
            ("99:59.999", None),
            ("00:60.000", None),
            ("0:01.000", None),
            ("00:01.00", None),
            ("00:01", None),
            ("00:01.000 align:start", None),
            ("-0:01.000", None),
            ("１0:01.000", None),
        ] {
            assert_eq!(timestamp(text), ms, "{text}");
        }
    }

    #[test]
    fn cues_notes_identifiers_and_windows_line_ends_are_read() {
        let mut found = Vec::new();
        let text = "WEBVTT title\r\n\r\nNOTE two\r\nlines\r\n\r\nfirst\r\n00:01.000 --> 00:02.000\r\n吸气\r\n慢慢地\r\n\r\n00:02.000 --> 00:03.000\r\n呼气\r\n";
        let zh = read(&mut Page::new("zh", text, &mut found)).unwrap();
        let english =
            "WEBVTT\n\n00:01.000 --> 00:02.000\nIn\nslowly\n\n00:02.000 --> 00:03.000\nOut";
        let mut page = Page::new("en", english, &mut found);
        let en = read(&mut page).unwrap();
        let captions = zip(&mut page, &zh, &en).unwrap();
        assert_eq!(captions.len(), 2);
        assert_eq!((captions[0].start_ms, captions[0].end_ms), (1_000, 2_000));
        assert!(captions[0].below.is_some() && captions[1].below.is_none());
    }

    #[test]
    fn what_would_not_be_shown_is_refused_with_its_line() {
        let cue = "00:01.000 --> 00:02.000";
        for (text, line) in [
            (String::new(), "x.vtt:1"),
            (format!("{cue}\nwords"), "x.vtt:1"),
            (format!("WEBVTT\n\n{cue}"), "x.vtt:3"),
            (format!("WEBVTT\n\n{cue}\na\nb\nc"), "x.vtt:3"),
            (format!("WEBVTT\n\n{cue}\n<b>a</b>"), "x.vtt:4"),
            (format!("WEBVTT\n\n{cue} align:start\na"), "x.vtt:3"),
            ("WEBVTT\n\n00:02.000 --> 00:01.000\na".to_owned(), "x.vtt:3"),
            (
                format!("WEBVTT\n\n{cue}\na\n\n00:01.500 --> 00:03.000\nb"),
                "x.vtt:6",
            ),
            ("WEBVTT\n\nSTYLE\n::cue {}".to_owned(), "x.vtt:3"),
            (format!("WEBVTT\n\n{cue}\n我们绝对保密"), "x.vtt:4"),
        ] {
            let faults = faults(&text);
            assert!(
                faults.first().is_some_and(|fault| fault.starts_with(line)),
                "{text:?}: {faults:?}"
            );
        }
    }

    #[test]
    fn languages_that_disagree_are_refused() {
        let mut found = Vec::new();
        let zh = "WEBVTT\n\n00:01.000 --> 00:02.000\n吸气";
        let zh = read(&mut Page::new("zh", zh, &mut found)).unwrap();
        for en in [
            "WEBVTT\n\n00:01.000 --> 00:02.500\nIn",
            "WEBVTT\n\n00:01.000 --> 00:02.000\nIn\nslowly",
            "WEBVTT\n",
        ] {
            let mut page = Page::new("en", en, &mut found);
            let cues = read(&mut page).unwrap();
            assert_eq!(zip(&mut page, &zh, &cues), None, "{en}");
        }
        assert_eq!(found.len(), 3);
    }
}
