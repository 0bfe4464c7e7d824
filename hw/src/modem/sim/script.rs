//! The words that steer a simulated modem, read from text. What they do is in [`super::machine`].

use std::path::PathBuf;
use std::time::Duration;

use super::habits::{DialStyle, Fault, LineEnds, ListForm, Network, NextCall};
use super::profile::Profile;

/// One line of the language described in [`super`], without `wait`.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The port vanishes and comes back under this name; the module runs on.
    Rename(PathBuf),
    /// The modem restarts on the same port.
    Reset,
    /// Its power is cycled.
    PowerCycle,
    /// It is this module from now on, fresh from the factory.
    Profile(Profile),
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
    /// What the network makes of the card.
    Network(Network),
    /// The card is put in, or pulled.
    Card(bool),
    /// The PIN the card asks for; `None` for a card that asks for nothing.
    Pin(Option<String>),
    /// The card asks for its PUK.
    Puk,
    /// The module's `VoLTE` switch as it came here.
    Volte(bool),
    /// What `ATD` answers and when.
    DialStyle(DialStyle),
    /// How the list of calls is written.
    ListForm(ListForm),
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
            ["power-cycle"] => Self::PowerCycle,
            // A path may have blanks in it.
            ["rename", _, ..] => Self::Rename(PathBuf::from(
                line.trim().trim_start_matches("rename").trim(),
            )),
            ["profile", name] => Self::Profile(Profile::find(name, None)?),
            ["profile", name, model] => Self::Profile(Profile::find(name, Some(model))?),
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
            ["network", "lost"] => Self::Network(Network::Lost { for_ms: None }),
            ["network", "lost", "for", time] => Self::Network(Network::Lost {
                for_ms: Some(millis(time)?),
            }),
            ["network", "back"] => Self::Network(Network::Home),
            ["network", "roaming"] => Self::Network(Network::Roaming),
            ["network", "denied"] => Self::Network(Network::Denied),
            ["sim", "pull"] => Self::Card(false),
            ["sim", "insert"] => Self::Card(true),
            ["pin", "off"] => Self::Pin(None),
            ["pin", digits] => Self::Pin(Some(pin(digits)?)),
            ["puk"] => Self::Puk,
            ["volte", "on"] => Self::Volte(true),
            ["volte", "off"] => Self::Volte(false),
            ["list-form", form] => Self::ListForm(list_form(form)?),
            ["dial-style", "ok-connect"] => Self::DialStyle(DialStyle::OkThenConnect),
            ["dial-style", "ok"] => Self::DialStyle(DialStyle::OkAtOnce),
            ["dial-style", "connect"] => Self::DialStyle(DialStyle::ConnectWhenTaken),
            ["dial-style", "late-ok"] => Self::DialStyle(DialStyle::OkWhenTaken),
            ["line-ends", "crlf"] => Self::LineEnds(LineEnds::CrLf),
            ["line-ends", "cr"] => Self::LineEnds(LineEnds::Cr),
            [] => return Err("the line is empty".to_owned()),
            [verb, ..] => {
                return Err(format!(
                    "the modem simulator does not understand “{verb}” here; it knows answer [after 2s], busy, \
                     no-answer, ring-forever, no-carrier, refuse, hang-up, ring, unplug, plug, rename, reset, power-cycle, \
                     profile, fail, fail-always, clear, signal, radio off, network, sim pull, sim insert, pin, puk, \
                     volte, dial-style, list-form, line-ends"
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

fn pin(digits: &str) -> Result<String, String> {
    // 3GPP TS 31.101 section 9.5.1: four to eight digits.
    if (4..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits.to_owned())
    } else {
        Err("pin takes 4 to 8 digits, or off".to_owned())
    }
}

fn list_form(word: &str) -> Result<ListForm, String> {
    Ok(match word {
        "own" => ListForm::Own,
        "unquoted" => ListForm::Unquoted,
        "short" => ListForm::Short,
        "extra" => ListForm::Extra,
        "data-mode" => ListForm::DataMode,
        _ => {
            return Err(format!(
                "list-form takes own, unquoted, short, extra or data-mode, not “{word}”"
            ));
        }
    })
}

fn parse_fault(words: &[&str]) -> Result<Fault, String> {
    if let ["cme", code] = words {
        return code
            .parse()
            .map(Fault::CmeError)
            .map_err(|_| format!("cme takes a number, not “{code}”"));
    }
    let known = |word: &str| {
        Fault::WORDS
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, fault)| *fault)
    };
    if let [word] = words
        && let Some(fault) = known(word)
    {
        return Ok(fault);
    }
    let names: Vec<_> = Fault::WORDS.iter().map(|(name, _)| *name).collect();
    Err(format!(
        "there is no fault “{}”; the faults are cme N, {}",
        words.join(" "),
        names.join(", ")
    ))
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
            ("power-cycle", SimVerb::PowerCycle),
            (
                "rename /dev/my port",
                SimVerb::Rename(PathBuf::from("/dev/my port")),
            ),
            (
                "profile simcom sim800c",
                SimVerb::Profile(Profile::find("simcom", Some("SIM800C")).unwrap()),
            ),
            (
                "network lost for 5s",
                SimVerb::Network(Network::Lost {
                    for_ms: Some(5_000),
                }),
            ),
            ("network denied", SimVerb::Network(Network::Denied)),
            ("sim pull", SimVerb::Card(false)),
            ("pin 1234", SimVerb::Pin(Some("1234".to_owned()))),
            ("pin off", SimVerb::Pin(None)),
            ("puk", SimVerb::Puk),
            ("volte off", SimVerb::Volte(false)),
            ("list-form short", SimVerb::ListForm(ListForm::Short)),
            ("fail-always freeze", SimVerb::FailAlways(Fault::Freeze)),
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
            ("pin 12", "digits"),
            ("pin 12x4", "digits"),
            ("profile nokia", "nokia"),
            ("profile simcom EC25", "EC25"),
            ("list-form long", "long"),
            ("rename", "rename"),
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
