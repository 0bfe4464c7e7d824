//! How every subcommand speaks: results on the standard output, trouble as one sentence and a hint on the other, and a
//! polite end on Ctrl-C.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that ends the program, for people to read.
#[derive(Debug)]
pub(crate) struct Trouble {
    sentence: String,
    hint: String,
    misuse: bool,
}

impl Trouble {
    /// Something is not well (exit status 1).
    pub(crate) fn new(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            hint: hint.into(),
            misuse: false,
        }
    }

    /// The command was not understood (exit status 2).
    pub(crate) fn misuse(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            misuse: true,
            ..Self::new(sentence, hint)
        }
    }

    /// An error with everything that caused it, as one sentence.
    pub(crate) fn from_error(error: &dyn std::error::Error, hint: impl Into<String>) -> Self {
        let mut sentence = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            sentence.push_str(": ");
            sentence.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::new(sentence, hint)
    }

    /// Writes itself to the error output and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        self.tell();
        ExitCode::from(if self.misuse { 2 } else { 1 })
    }

    /// Writes itself to the error output and goes on.
    pub(crate) fn tell(&self) {
        let mut err = io::stderr().lock();
        // Where even the error output is gone there is nobody left to tell.
        let _ = writeln!(err, "xinting-hw: {}.\nhint: {}.", self.sentence, self.hint);
    }
}

/// Writes one line to the standard output at once.
pub(crate) fn line(text: impl fmt::Display) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| Trouble::from_error(&error, "keep the program reading this output alive"))
}

/// A flag that Ctrl-C and a polite kill set, so that a call is hung up and a link removed before the end.
pub(crate) fn interrupted() -> Result<Interrupted, Trouble> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ] {
        signal_hook::flag::register(signal, Arc::clone(&flag)).map_err(|error| {
            Trouble::from_error(&error, "try again; the system is short of resources")
        })?;
    }
    Ok(Interrupted(flag))
}

/// See [`interrupted`].
#[derive(Debug, Clone)]
pub(crate) struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Reads a time such as `30s` for clap.
pub(crate) fn time(text: &str) -> Result<std::time::Duration, String> {
    xinting_hw::modem::sim::script::parse_time(text)
}
