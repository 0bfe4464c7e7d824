//! The words that steer a simulated modem, read from text. What they do is in [`super::machine`].

use std::time::Duration;

use super::habits::{DialStyle, Fault, LineEnds, NextCall};

/// One line of the language described in [`super`], without `wait`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimVerb {
    /// What becomes of the next call.
    Next(NextCall),
    /// The other side hangs up.
    HangUp,
    /// Somebody calls the booth.
    Ring,
    /// The port vanishes.
    Unplug,
    /// The port comes back.
    Plug,
    /// The modem restarts on the same port.
    Reset,
    /// A fault that strikes once.
    Fail(Fault),
    /// A fault that stays.
    FailAlways(Fault),
    /// The end of a fault.
    Clear(Fault),
    /// The end of all faults.
    ClearAll,
    /// What `+CSQ` says, 0 to 31, or 99 for unknown.
    Signal(u8),
    /// The radio is off until it is switched on.
    RadioOff,
    /// What `ATD` answers and when.
    DialStyle(DialStyle),
    /// How lines end.
    LineEnds(LineEnds),
}

impl SimVerb {
    /// Reads one line. Surrounding blanks are ignored; there are no comments here.
    ///
    /// # Errors
    /// A sentence that names the word which is not understood and what would be.
    pub fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["answer"] => Self::Next(NextCall::Answer { after_ms: None }),
            ["answer", "after", time] => Self::Next(NextCall::Answer {
                after_ms: Some(millis(time)?),
            }),
            ["busy"] => Self::Next(NextCall::Busy),
            ["no-answer"] => Self::Next(NextCall::NoAnswer),
            ["ring-forever"] => Self::Next(NextCall::RingForever),
            ["no-carrier"] => Self::Next(NextCall::NoCarrier),
            ["refuse"] => Self::Next(NextCall::Refuse),
            ["hang-up"] => Self::HangUp,
            ["ring"] => Self::Ring,
            ["unplug"] => Self::Unplug,
            ["plug"] => Self::Plug,
            ["reset"] => Self::Reset,
            ["fail", fault @ ..] => Self::Fail(parse_fault(fault)?),
            ["fail-always", fault @ ..] => Self::FailAlways(parse_fault(fault)?),
            ["clear", "all"] => Self::ClearAll,
            ["clear", fault @ ..] => Self::Clear(parse_fault(fault)?),
            ["signal", "unknown"] => Self::Signal(99),
            ["signal", level] => match level.parse() {
                Ok(level @ 0..=31) => Self::Signal(level),
                _ => return Err(format!("signal takes 0 to 31 or unknown, not “{level}”")),
            },
            ["radio", "off"] => Self::RadioOff,
            ["dial-style", "ok"] => Self::DialStyle(DialStyle::OkAtOnce),
            ["dial-style", "connect"] => Self::DialStyle(DialStyle::ConnectWhenTaken),
            ["dial-style", "late-ok"] => Self::DialStyle(DialStyle::OkWhenTaken),
            ["line-ends", "crlf"] => Self::LineEnds(LineEnds::CrLf),
            ["line-ends", "cr"] => Self::LineEnds(LineEnds::Cr),
            [] => return Err("the line is empty".to_owned()),
            [verb, ..] => {
                return Err(format!(
                    "the modem simulator does not understand “{verb}” here; it knows answer [after 2s], busy, \
                     no-answer, ring-forever, no-carrier, refuse, hang-up, ring, unplug, plug, reset, fail, \
                     fail-always, clear, signal, radio off, dial-style, line-ends"
                ));
            }
        })
    }
}

/// Reads a time such as `2s`, `500ms` or `1m`.
///
/// # Errors
/// A sentence that shows the three forms.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("“{text}” is not a time such as 2s, 500ms or 1m");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let millis = match unit {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        _ => None,
    };
    // A day is more than any script needs, and keeps sums of times from overflowing.
    millis
        .filter(|millis| *millis <= 86_400_000)
        .map(Duration::from_millis)
        .ok_or_else(wrong)
}

fn millis(text: &str) -> Result<u32, String> {
    let time = parse_time(text)?;
    u32::try_from(time.as_millis()).map_err(|_| format!("“{text}” is too long"))
}

fn parse_fault(words: &[&str]) -> Result<Fault, String> {
    Ok(match words {
        ["silence"] => Fault::Silence,
        ["mute"] => Fault::Mute,
        ["babble"] => Fault::Babble,
        ["noise"] => Fault::Noise,
        ["cme", code] => Fault::CmeError(
            code.parse()
                .map_err(|_| format!("cme takes a number, not “{code}”"))?,
        ),
        ["late-final"] => Fault::LateFinal,
        ["no-sim"] => Fault::NoSim,
        ["not-registered"] => Fault::NotRegistered,
        ["clcc-bare-ok"] => Fault::ActiveClccBareOk,
        ["chup-keeps-call"] => Fault::ChupKeepsCall,
        ["ath-keeps-call"] => Fault::AthKeepsCall,
        ["chld-keeps-call"] => Fault::ChldKeepsCall,
        other => {
            return Err(format!(
                "there is no fault “{}”; the faults are silence, mute, babble, noise, cme N, late-final, no-sim, \
                 not-registered, clcc-bare-ok, chup-keeps-call, ath-keeps-call, chld-keeps-call",
                other.join(" ")
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_read() {
        let table = [
            ("answer", SimVerb::Next(NextCall::Answer { after_ms: None })),
            (
                "  answer   after 2s ",
                SimVerb::Next(NextCall::Answer {
                    after_ms: Some(2_000),
                }),
            ),
            (
                "answer after 150ms",
                SimVerb::Next(NextCall::Answer {
                    after_ms: Some(150),
                }),
            ),
            ("busy", SimVerb::Next(NextCall::Busy)),
            ("no-answer", SimVerb::Next(NextCall::NoAnswer)),
            ("no-carrier", SimVerb::Next(NextCall::NoCarrier)),
            ("refuse", SimVerb::Next(NextCall::Refuse)),
            ("hang-up", SimVerb::HangUp),
            ("unplug", SimVerb::Unplug),
            ("plug", SimVerb::Plug),
            ("fail silence", SimVerb::Fail(Fault::Silence)),
            ("fail-always babble", SimVerb::FailAlways(Fault::Babble)),
            ("clear babble", SimVerb::Clear(Fault::Babble)),
            ("clear all", SimVerb::ClearAll),
            ("fail cme 30", SimVerb::Fail(Fault::CmeError(30))),
            ("signal 31", SimVerb::Signal(31)),
            ("signal unknown", SimVerb::Signal(99)),
            (
                "dial-style connect",
                SimVerb::DialStyle(DialStyle::ConnectWhenTaken),
            ),
            ("line-ends cr", SimVerb::LineEnds(LineEnds::Cr)),
        ];
        for (line, verb) in table {
            assert_eq!(SimVerb::parse(line), Ok(verb), "{line}");
        }
    }

    #[test]
    fn a_wrong_line_is_refused_with_the_word_that_is_wrong() {
        for (line, word) in [
            ("", "empty"),
            ("dance", "dance"),
            ("fail", "fault"),
            ("fail sleepiness", "sleepiness"),
            ("fail cme x", "x"),
            ("answer after soon", "soon"),
            ("answer after 99999999999999999999s", "time"),
            ("signal 32", "32"),
        ] {
            let error = SimVerb::parse(line).unwrap_err();
            assert!(error.contains(word), "{line}: {error}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(parse_time("0ms"), Ok(Duration::ZERO));
        assert_eq!(parse_time("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_time("1m"), Ok(Duration::from_secs(60)));
        for wrong in ["", "s", "2", "2h", "-1s", "1.5s", "99999m"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }
}
