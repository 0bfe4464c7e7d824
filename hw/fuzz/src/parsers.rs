//! Everything that reads one line: final results, end words, unasked lines, the answers to commands, the makers' words
//! and names.

use xinting_hw::modem::command::calls::{CallEntry, ListCalls};
use xinting_hw::modem::command::model::Model;
use xinting_hw::modem::command::operator::Operator;
use xinting_hw::modem::command::radio::Radio;
use xinting_hw::modem::command::registration::RegistrationQuery;
use xinting_hw::modem::command::signal::Signal;
use xinting_hw::modem::command::sim_state::SimStateQuery;
use xinting_hw::modem::command::tone::Tone;
use xinting_hw::modem::command::volume::Volume;
use xinting_hw::modem::dialect::{Dialect, DialectId, identify};
use xinting_hw::modem::line::{EndWord, FinalResult, LineEngine};
use xinting_hw::modem::urc::Urc;
use xinting_hw::modem::{DialNumber, command::AtCommand};

use super::stage::NUMBERS;

/// Most lines of one input that are taken for one answer, as in the core.
const MOST_LINES: usize = 16;

/// Reads every line as everything it could be, and all of them as the answer to every command.
///
/// # Panics
/// When a figure is out of its range, a name too long, a number is shown, or one line is read as two things.
pub fn run(input: &[u8]) {
    let mut engine = LineEngine::new();
    let mut lines: Vec<String> = input.iter().filter_map(|byte| engine.push(*byte)).collect();
    for line in &lines {
        one_line(line);
    }
    lines.truncate(MOST_LINES);
    answers(&lines);
    volume(input);
}

fn one_line(line: &str) {
    let end_word = EndWord::parse(line);
    let final_result = FinalResult::parse(line);
    assert!(
        end_word.is_none() || final_result.is_none(),
        "both an end word and a final result: {line}"
    );
    let urc = Urc::parse(line);
    assert!(
        end_word.is_none() || matches!(urc, Some(Urc::End(_))),
        "an end word that is no end: {line}"
    );
    if let Some(entry) = CallEntry::parse(line) {
        let shown = format!("{entry:?}");
        assert!(!shown.contains(NUMBERS[0]), "{shown}");
    }
    for id in DialectId::ALL {
        makers_words(
            id.dialect(),
            line,
            end_word.is_some() || final_result.is_some(),
        );
    }
}

fn makers_words(dialect: &dyn Dialect, line: &str, is_v250: bool) {
    let sign = dialect.read(line);
    assert_eq!(sign, dialect.read(line), "the same line read twice");
    assert!(
        sign.is_none() || !is_v250,
        "{}: {line} is a word of V.250 and not this maker's",
        dialect.id()
    );
}

fn answers(lines: &[String]) {
    let calls = ListCalls::parse(lines);
    assert!(calls.len() <= lines.len());
    for number in NUMBERS.iter().filter_map(|text| DialNumber::new(text).ok()) {
        for id in [None, Some(0), Some(1), Some(7), Some(255)] {
            if let Some(found) = CallEntry::find(&calls, id, &number) {
                assert!(found.outgoing && found.is_up(), "{found:?}");
            }
        }
    }
    if let Some(rssi_dbm) = Signal::parse(lines) {
        assert!((-113..=-51).contains(&rssi_dbm), "{rssi_dbm} dBm");
    }
    for (name, longest) in [
        (Model::parse(lines), Model::LONGEST),
        (Operator::parse(lines), Operator::LONGEST),
    ] {
        if let Some(name) = name {
            assert!(name.chars().count() <= longest && !name.is_empty());
        }
    }
    let _ = Radio::parse(lines);
    let _ = RegistrationQuery::parse(lines);
    for end in [
        None,
        Some(FinalResult::Ok),
        Some(FinalResult::Error),
        Some(FinalResult::Cme(Some(10))),
        Some(FinalResult::Cme(None)),
    ] {
        let _ = SimStateQuery::parse(lines, end);
    }
    let none: &[String] = &[];
    for (manufacturer, model, information) in [
        (lines, none, none),
        (none, lines, none),
        (none, none, lines),
    ] {
        let found = identify(manufacturer, model, information);
        assert_eq!(found.id().dialect().id(), found.id());
    }
    for volte in DialectId::ALL.iter().filter_map(|id| id.dialect().volte()) {
        let _ = (volte.is_on)(lines);
        if let Some((_, registered)) = volte.verify {
            let _ = registered(lines);
        }
    }
}

/// Loudness and tones as they would go out.
fn volume(input: &[u8]) {
    let [first, second, ..] = input else { return };
    one_command(&Volume::from_percent(*first, *second).encode());
    if let Some(tone) = Tone::new(char::from(*first)) {
        one_command(&tone.encode());
    }
    for id in DialectId::ALL {
        one_command(&id.dialect().tone(char::from(*first)));
    }
}

fn one_command(line: &str) {
    assert!(line.starts_with("AT"), "{line}");
    assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')));
}
