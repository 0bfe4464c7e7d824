//! Cuts the bytes of a serial line into lines and tells final results from the rest.
//!
//! It copes with `\r\n` and a bare `\r`, with reads that split or merge lines, with bytes that are not text, and with
//! floods that never end a line. It does not know which command is waiting for an answer.

/// The longest line kept, in characters. Longer ones are dropped whole: no answer that matters here is near it.
pub const LONGEST_LINE: usize = 512;

/// Bytes in, lines out.
#[derive(Debug, Default)]
pub struct LineEngine {
    held: String,
    dropping: bool,
}

impl LineEngine {
    /// An engine with nothing held.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one byte; gives a line without its end and without surrounding blanks when the byte completes one that
    /// is not blank.
    ///
    /// Bytes outside printable ASCII vanish, so a burst of noise that runs into `OK` does not hide it. What is lost
    /// by that is an operator's name in another encoding.
    pub fn push(&mut self, byte: u8) -> Option<String> {
        match byte {
            b'\r' | b'\n' => {
                let line = std::mem::take(&mut self.held);
                if std::mem::take(&mut self.dropping) {
                    return None;
                }
                let trimmed = line.trim();
                (!trimmed.is_empty()).then(|| trimmed.to_owned())
            }
            b' '..=b'~' if !self.dropping => {
                if self.held.len() == LONGEST_LINE {
                    self.held.clear();
                    self.dropping = true;
                } else {
                    self.held.push(char::from(byte));
                }
                None
            }
            _ => None,
        }
    }

    /// Forgets what is held, as after a port was opened anew.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// A word that ends a call, or an attempt at one (V.250 section 5.7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndWord {
    /// `NO CARRIER`.
    NoCarrier,
    /// `BUSY`.
    Busy,
    /// `NO ANSWER`.
    NoAnswer,
    /// `NO DIALTONE`.
    NoDialtone,
}

impl EndWord {
    /// Reads a whole line, in capitals or not.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        Some(match line.to_ascii_uppercase().as_str() {
            "NO CARRIER" => Self::NoCarrier,
            "BUSY" => Self::Busy,
            "NO ANSWER" => Self::NoAnswer,
            "NO DIALTONE" | "NO DIAL TONE" => Self::NoDialtone,
            _ => return None,
        })
    }
}

/// What ends the answer to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinalResult {
    /// `OK`.
    Ok,
    /// `CONNECT`, with or without a speed.
    Connect,
    /// `ERROR`, `+CMS ERROR`, or words that mean the same.
    Error,
    /// `+CME ERROR` with its code, or without when the module wrote words this program does not know
    /// (27.007 section 9.2).
    Cme(Option<u16>),
}

impl FinalResult {
    /// Reads a whole line, in capitals or not.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let upper = line.to_ascii_uppercase();
        if let Some(cause) = upper.strip_prefix("+CME ERROR:") {
            return Some(Self::Cme(cme_code(cause.trim())));
        }
        Some(match upper.as_str() {
            "OK" => Self::Ok,
            "CONNECT" => Self::Connect,
            "ERROR" | "COMMAND NOT SUPPORT" | "TOO MANY PARAMETERS" => Self::Error,
            _ if upper.starts_with("CONNECT ") => Self::Connect,
            _ if upper.starts_with("+CMS ERROR:") => Self::Error,
            _ => return None,
        })
    }
}

fn cme_code(cause: &str) -> Option<u16> {
    cause.parse().ok().or(match cause {
        "OPERATION NOT ALLOWED" => Some(3),
        "OPERATION NOT SUPPORTED" => Some(4),
        "SIM NOT INSERTED" => Some(10),
        "SIM PIN REQUIRED" => Some(11),
        "SIM PUK REQUIRED" => Some(12),
        "SIM FAILURE" => Some(13),
        "SIM BUSY" => Some(14),
        "NO NETWORK SERVICE" => Some(30),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut engine = LineEngine::new();
        bytes.iter().filter_map(|byte| engine.push(*byte)).collect()
    }

    #[test]
    fn lines_are_cut_whatever_ends_them() {
        let table: [(&[u8], &[&str]); 9] = [
            (b"\r\nOK\r\n", &["OK"]),
            (b"OK\r", &["OK"]),
            (b"AT\r\r\nOK\r\n", &["AT", "OK"]),
            (b"+CSQ: 23,99\r\rOK\r", &["+CSQ: 23,99", "OK"]),
            (
                b"\r\n+CREG: 0,1\r\n\r\nOK\r\n\r\nRING\r\n",
                &["+CREG: 0,1", "OK", "RING"],
            ),
            (b"\xff\x00\xfeOK\r\n", &["OK"]),
            (b"  OK  \n", &["OK"]),
            (b"half of a li", &[]),
            (b"\r\n\r\n\n\n\r\r", &[]),
        ];
        for (bytes, wanted) in table {
            assert_eq!(lines(bytes), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn a_flood_without_an_end_is_dropped_and_the_next_line_is_whole() {
        let mut bytes = vec![b'x'; LONGEST_LINE + 1];
        bytes.extend_from_slice(b"\r\nOK\r\n");
        assert_eq!(lines(&bytes), ["OK"]);
        let mut longest = vec![b'x'; LONGEST_LINE];
        longest.push(b'\r');
        assert_eq!(lines(&longest)[0].len(), LONGEST_LINE);
    }

    #[test]
    fn finals_are_whole_lines() {
        let table = [
            ("OK", Some(FinalResult::Ok)),
            ("ok", Some(FinalResult::Ok)),
            ("OKAY", None),
            ("ERROR", Some(FinalResult::Error)),
            ("CONNECT", Some(FinalResult::Connect)),
            ("CONNECT 9600", Some(FinalResult::Connect)),
            ("CONNECTED", None),
            ("+CME ERROR: 10", Some(FinalResult::Cme(Some(10)))),
            ("+CME ERROR:30", Some(FinalResult::Cme(Some(30)))),
            (
                "+CME ERROR: SIM not inserted",
                Some(FinalResult::Cme(Some(10))),
            ),
            ("+CME ERROR: something new", Some(FinalResult::Cme(None))),
            ("+CME ERROR: 99999", Some(FinalResult::Cme(None))),
            ("+CMS ERROR: 500", Some(FinalResult::Error)),
            ("NO CARRIER", None),
        ];
        for (line, wanted) in table {
            assert_eq!(FinalResult::parse(line), wanted, "{line}");
        }
    }

    #[test]
    fn end_words_are_whole_lines() {
        let table = [
            ("NO CARRIER", Some(EndWord::NoCarrier)),
            ("no carrier", Some(EndWord::NoCarrier)),
            ("BUSY", Some(EndWord::Busy)),
            ("NO ANSWER", Some(EndWord::NoAnswer)),
            ("NO DIALTONE", Some(EndWord::NoDialtone)),
            ("NO CARRIER DETECTED", None),
            ("+COPS: 0,0,\"BUSY\"", None),
            ("LINE BUSY", None),
        ];
        for (line, wanted) in table {
            assert_eq!(EndWord::parse(line), wanted, "{line}");
        }
    }
}
