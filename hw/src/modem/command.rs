//! The AT commands a voice call needs, one file each: how it is written, how long it may take, how its answer is
//! read, and where it is defined.
//!
//! Nothing here knows the order of commands or what an answer means for a call; that is [`super::core`].

use std::time::Duration;

use super::timer::Timings;

pub mod attention;
pub mod calls;
pub mod dial;
pub mod echo;
pub mod error_codes;
pub mod hang_up;
pub mod hang_up_mode;
pub mod hold;
pub mod hook;
pub mod information;
pub mod makers;
pub mod manufacturer;
pub mod model;
pub mod operator;
pub mod pin_entry;
pub mod radio;
pub mod registration;
pub mod signal;
pub mod sim_state;
pub mod soft_reset;
pub mod tone;
pub mod volume;

/// One command as it goes out.
pub trait AtCommand {
    /// The command line without its ending `\r`.
    fn encode(&self) -> String;

    /// How an information line of its answer begins, in capitals; `None` when it has none.
    fn prefix(&self) -> Option<&'static str> {
        None
    }

    /// True when the information lines of its answer may be any text.
    fn free_text(&self) -> bool {
        false
    }

    /// How long the final result may take.
    fn timeout(&self, timings: &Timings) -> Duration {
        timings.command
    }

    /// Name for logs; never contains a number or a tone.
    fn name(&self) -> &'static str;
}

/// The fields after the colon of an information line, split at commas outside quotes, without blanks and quotes.
pub(crate) fn fields(line: &str) -> Vec<String> {
    let Some((_, rest)) = line.split_once(':') else {
        return Vec::new();
    };
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in rest.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => {
                if let Some(last) = fields.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    fields
        .into_iter()
        .map(|field| field.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn fields_of_an_information_line() {
        assert_eq!(fields("+COPS: 0,0,\"A, B\",7"), ["0", "0", "A, B", "7"]);
        assert_eq!(fields("+CSQ:23,99"), ["23", "99"]);
        assert_eq!(
            fields("+CLCC: 1,0,0,0,0,,\"\""),
            ["1", "0", "0", "0", "0", "", ""]
        );
        assert_eq!(fields("no colon"), Vec::<String>::new());
        assert_eq!(fields("+X: \"never closed, 1"), ["never closed, 1"]);
    }
}
