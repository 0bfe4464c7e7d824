//! `xinting-district`: collects the reports of many booths and shows what they
//! add up to. Nothing in it is about a person.

mod answer;
mod api;
mod body;
mod cli;
mod commands;
mod config;
mod dashboard;
mod export;
mod import;
mod ingest;
mod secret;
mod serve;
mod store;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let filter = EnvFilter::try_from_env("XINTING_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,xinting_district=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done if stderr itself is gone.
            let _ = writeln!(std::io::stderr(), "xinting-district: {}", error.explain());
            ExitCode::FAILURE
        }
    }
}
