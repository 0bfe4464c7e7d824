//! The one place where words reach the terminal.
//!
//! Names of files and values of TOML come from others: whatever in them a terminal would obey instead of
//! showing is written out, `\u001b` for an escape, as JSON spells it.

use std::fmt::Write as _;
use std::io::Write as _;

/// A result, on standard output. A closed pipe (`| head`) is no failure of ours.
pub(crate) fn tell(text: &str) {
    let _ = std::io::stdout().lock().write_all(plain(text).as_bytes());
}

/// Everything else, on standard error.
pub(crate) fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(plain(text).as_bytes());
}

/// The text without anything that a terminal obeys, but for the ends of lines and tabs.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_line = character == '\r' && characters.peek() == Some(&'\n');
        if matches!(character, '\n' | '\t') || ends_line || !obeyed(character) {
            shown.push(character);
        } else {
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        }
    }
    shown
}

/// Control characters, and those that turn the direction of what follows.
fn obeyed(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        for (text, shown) in [
            ("心亭 “x” ⚠\n\tend\r\n", "心亭 “x” ⚠\n\tend\r\n"),
            ("a\u{1b}[2Jb", "a\\u001b[2Jb"),
            (
                "good\rbad\u{8}\u{7f}\u{9b}1m",
                "good\\u000dbad\\u0008\\u007f\\u009b1m",
            ),
            ("\u{202e}gpj.exe", "\\u202egpj.exe"),
            ("", ""),
        ] {
            assert_eq!(plain(text), shown);
        }
    }
}
