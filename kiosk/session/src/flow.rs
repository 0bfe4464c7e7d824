//! The flow grammar: a verb a line, the same for tests of the pure session and for the app's
//! `--flow`. It only reads; what a label or a simulated device is, the player of the flow knows.
//!
//! | line | does |
//! |---|---|
//! | `tap LABEL` | presses what carries this accessible label |
//! | `type TEXT` | types |
//! | `wait 3s` | lets time pass: `500ms`, `3s`, `2m` |
//! | `expect LABEL` / `expect-not LABEL` | this is, or is not, on the screen |
//! | `shot NAME` | keeps a picture: letters, digits, `-` and `_` |
//! | `sim modem …` / `sim audio …` | words for a simulated device |
//! | `sim stick …` | words for the simulated reader, such as `slow BYTES-A-SECOND`, `yank FILE BYTE`, `second DIR`, `well` |
//! | `sim hook lift\|down` / `sim network up\|down` | the handset, the network |
//! | `gesture admin` | the corner gesture |
//! | `stick insert DIR` / `stick pull` | a USB stick with this folder on it |
//! | `clock 2026-05-25T10:00` | sets the date and time |
//! | `day-end` / `restart` | midnight passes / the booth starts again |
//!
//! `#` at the beginning of a line or after a space starts a comment; a text in straight double
//! quotes is taken as it stands.

use jiff::civil::DateTime;
use std::time::Duration;

/// One step of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Presses what carries this label.
    Tap(String),
    /// Types this text.
    Type(String),
    /// Lets this much time pass.
    Wait(Duration),
    /// This label or text must be on the screen.
    Expect(String),
    /// This label or text must not be on the screen.
    ExpectNot(String),
    /// Keeps a picture under this name.
    Shot(String),
    /// Words for the simulated modem.
    SimModem(String),
    /// Words for the simulated sound device.
    SimAudio(String),
    /// Words for the simulated reader of sticks.
    SimStick(String),
    /// The handset is lifted.
    HookLift,
    /// The handset is put down.
    HookDown,
    /// The network comes.
    NetworkUp,
    /// The network goes.
    NetworkDown,
    /// The admin's corner gesture.
    GestureAdmin,
    /// A stick with this folder on it is put in.
    StickInsert(String),
    /// The stick is pulled.
    StickPull,
    /// The clock is set, local time.
    Clock(DateTime),
    /// Midnight passes.
    DayEnd,
    /// The booth is stopped and started again.
    Restart,
}

/// Why a flow cannot be read. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// The first word is no verb.
    #[error(
        "reading line {line}: no verb is called \"{verb}\"; use tap, type, wait, expect, \
         expect-not, shot, sim, gesture, stick, clock, day-end or restart"
    )]
    UnknownVerb {
        /// Where.
        line: usize,
        /// What stands there.
        verb: String,
    },
    /// A verb lacks what it needs, or got something it cannot use.
    #[error("reading line {line}: \"{verb}\" cannot use \"{given}\"; write {remedy}")]
    Argument {
        /// Where.
        line: usize,
        /// The verb.
        verb: String,
        /// What follows it.
        given: String,
        /// How it is written.
        remedy: &'static str,
    },
    /// A text in quotes does not end, or something follows its end.
    #[error("reading line {line}: a text in quotes begins and ends with \" and nothing follows it")]
    Quotes {
        /// Where.
        line: usize,
    },
}

/// Reads a flow: each step with the number of its line, from 1.
///
/// # Errors
/// [`FlowError`] for the first line that is not a step, with what to write instead.
pub fn parse(flow: &str) -> Result<Vec<(usize, Step)>, FlowError> {
    let mut steps = Vec::new();
    for (index, text) in flow.lines().enumerate() {
        let line = index + 1;
        let text = text.trim_start_matches('\u{feff}').trim();
        let (verb, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if verb.is_empty() || verb.starts_with('#') {
            continue;
        }
        let argument = argument(rest.trim(), line)?;
        steps.push((line, step(verb, argument, line)?));
    }
    Ok(steps)
}

/// What follows a verb, without comment and quotes.
fn argument(rest: &str, line: usize) -> Result<String, FlowError> {
    let Some(quoted) = rest.strip_prefix('"') else {
        return Ok(without_comment(rest).to_owned());
    };
    let (text, after) = quoted.split_once('"').ok_or(FlowError::Quotes { line })?;
    if !without_comment(after).is_empty() {
        return Err(FlowError::Quotes { line });
    }
    Ok(text.to_owned())
}

fn without_comment(text: &str) -> &str {
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        if character == '#' && before.is_whitespace() {
            return text[..at].trim();
        }
        before = character;
    }
    text.trim()
}

fn step(verb: &str, given: String, line: usize) -> Result<Step, FlowError> {
    let words: Vec<&str> = given.split_whitespace().collect();
    let step = match verb {
        "tap" => some(&given).map(Step::Tap).ok_or("tap LABEL"),
        "type" => some(&given).map(Step::Type).ok_or("type TEXT"),
        "wait" => duration(&given).map(Step::Wait).ok_or("wait 3s, wait 500ms or wait 2m"),
        "expect" => some(&given).map(Step::Expect).ok_or("expect LABEL"),
        "expect-not" => some(&given).map(Step::ExpectNot).ok_or("expect-not LABEL"),
        "shot" => picture_name(&given)
            .map(Step::Shot)
            .ok_or("shot NAME with letters, digits, - and _ only"),
        "sim" => simulated(&words).ok_or(
            "sim modem …, sim audio …, sim stick …, sim hook lift, sim hook down, sim network up or sim network down",
        ),
        "gesture" => (words == ["admin"]).then_some(Step::GestureAdmin).ok_or("gesture admin"),
        "stick" => match words.split_first() {
            Some((&"pull", [])) => Some(Step::StickPull),
            Some((&"insert", [_, ..])) => {
                Some(Step::StickInsert(given["insert".len()..].trim().to_owned()))
            }
            _ => None,
        }
        .ok_or("stick insert DIR or stick pull"),
        "clock" => given.parse().map(Step::Clock).map_err(|_| "clock 2026-05-25T10:00"),
        "day-end" => words.is_empty().then_some(Step::DayEnd).ok_or("day-end alone"),
        "restart" => words.is_empty().then_some(Step::Restart).ok_or("restart alone"),
        _ => {
            let verb = verb.to_owned();
            return Err(FlowError::UnknownVerb { line, verb });
        }
    };
    step.map_err(|remedy| FlowError::Argument {
        line,
        verb: verb.to_owned(),
        given,
        remedy,
    })
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn picture_name(text: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    some(text).filter(|name| name.chars().all(plain))
}

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    }
}

fn simulated(words: &[&str]) -> Option<Step> {
    match words {
        ["modem", words @ ..] if !words.is_empty() => Some(Step::SimModem(words.join(" "))),
        ["audio", words @ ..] if !words.is_empty() => Some(Step::SimAudio(words.join(" "))),
        ["stick", words @ ..] if !words.is_empty() => Some(Step::SimStick(words.join(" "))),
        ["hook", "lift"] => Some(Step::HookLift),
        ["hook", "down"] => Some(Step::HookDown),
        ["network", "up"] => Some(Step::NetworkUp),
        ["network", "down"] => Some(Step::NetworkDown),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
