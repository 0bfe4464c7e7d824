//! `xinting-kiosk`: the booth. Reads the command line, then hands over.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use xinting_kiosk::command::{self, Arguments};
use xinting_kiosk::error::chain;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("XINTING_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,xinting_kiosk=info")),
        )
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    match command::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody reads a stderr that is closed.
            let _closed = writeln!(std::io::stderr(), "xinting-kiosk: {}", chain(&error));
            error.code()
        }
    }
}
