//! The configuration as it may leave the booth: without the SIM's PIN and the enrolment code.
//!
//! It is read and written anew rather than searched, so that a secret in a comment does not go out either.

use std::path::Path;

/// What stands in place of a secret.
const HIDDEN: &str = "(left out)";
/// Tables and keys that hold one.
const SECRETS: [(&str, &str); 2] = [("modem", "pin"), ("district", "code")];
/// Longest configuration that is worth reading, in bytes.
const LONGEST: u64 = 1 << 20;

/// The configuration at `path` without secrets and without comments; `None` where it cannot be read.
pub(super) fn without(path: &Path) -> Option<String> {
    let length = std::fs::metadata(path).ok()?.len();
    (length <= LONGEST).then_some(())?;
    from_text(&std::fs::read_to_string(path).ok()?)
}

fn from_text(text: &str) -> Option<String> {
    let mut config: toml::Table = text.parse().ok()?;
    for (table, key) in SECRETS {
        if let Some(value) = config
            .get_mut(table)
            .and_then(toml::Value::as_table_mut)
            .and_then(|table| table.get_mut(key))
        {
            *value = toml::Value::String(HIDDEN.to_owned());
        }
    }
    Some(config.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_in_the_booth_however_they_are_written() {
        for text in [
            "[modem]\nport = \"/dev/ttyUSB2\"\npin = \"7391\" # 7391\n[district]\ncode = \"K7PQ-7391\"\n",
            "modem = { port = \"/dev/ttyUSB2\", pin = \"7391\" }\ndistrict.code = \"K7PQ-7391\"\n",
            "modem.\"pin\" = '7391'\nmodem.port = '/dev/ttyUSB2'\n# pin = \"7391\"\n",
        ] {
            let out = from_text(text).unwrap();
            assert!(!out.contains("7391"), "{out}");
            assert!(out.contains("/dev/ttyUSB2"), "{out}");
        }
        assert_eq!(from_text("pin = "), None);
    }
}
