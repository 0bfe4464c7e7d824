//! `xinting-simulate`: many booths with lifelike visits, sending through the
//! real interface. It counts with the booths' own code and knows nothing of
//! the district but its address.

mod booth;
mod life;
mod link;

use std::error::Error as _;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{fs, io};

use clap::Parser;
use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};
use thiserror::Error;

use booth::{Booth, BoothError, Sent};
use link::{Link, LinkError};

/// Simulated booths for a district: enrols them, lets days pass, sends reports.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Each booth needs a code of its own, for example:
  for n in 1 2 3; do xinting-district enrol --config district.toml --school no-$n; done > codes
  xinting-simulate --url http://127.0.0.1:8620 --enrol-with codes --days 30 --seed 7

One report in ten is sent twice and one in twenty loses its answer and is sent again later, as
happens on school networks. The same seed gives the same visits.
Exit status: 0 every report is stored, 1 something was refused or not answered, 2 misuse."
)]
struct Cli {
    /// The district's address; plain http on loopback only
    #[arg(long)]
    url: String,
    /// One-use codes, one for each booth
    #[arg(long, num_args = 1.., value_name = "CODE", required_unless_present = "enrol_with")]
    code: Vec<String>,
    /// A file of such codes, one a line
    #[arg(long, value_name = "FILE")]
    enrol_with: Option<PathBuf>,
    /// How many booths; by default one for each code
    #[arg(long, value_name = "N")]
    booths: Option<usize>,
    /// How many days pass
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
    /// The last day reported; by default yesterday
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Decides every visit
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Error)]
enum SimulateError {
    #[error("cannot read the codes in {path}")]
    Codes {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{wanted} booths need as many codes, and there are {found}")]
    TooFewCodes { wanted: usize, found: usize },
    #[error("the address cannot be used")]
    Link(#[source] LinkError),
    #[error("a booth cannot go on")]
    Booth(#[source] BoothError),
    #[error("{refused} reports were refused and {unanswered} not answered")]
    Incomplete { refused: u64, unanswered: u64 },
    #[error("cannot write to stdout")]
    Output(#[source] io::Error),
}

impl SimulateError {
    const fn hint(&self) -> &'static str {
        match self {
            Self::Codes { .. } => "write one code a line; `xinting-district enrol` prints them",
            Self::TooFewCodes { .. } => "make more codes, or ask for fewer booths",
            Self::Link(_) => "give http://127.0.0.1:PORT or an https address",
            Self::Booth(_) => "is the district running, and is every code still unused?",
            Self::Incomplete { .. } => "the district's log says why",
            Self::Output(_) => "did the reader close the pipe?",
        }
    }
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                let _ = write!(text, ": {error}");
                cause = error.source();
            }
            let hint = error.hint();
            let _ = writeln!(io::stderr(), "xinting-simulate: {text}\n  hint: {hint}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), SimulateError> {
    let mut codes = cli.code;
    if let Some(path) = cli.enrol_with {
        let text =
            fs::read_to_string(&path).map_err(|source| SimulateError::Codes { path, source })?;
        codes.extend(
            text.lines()
                .map(str::trim)
                .filter(|l| !l.is_empty())
                .map(str::to_owned),
        );
    }
    let wanted = cli.booths.unwrap_or(codes.len());
    if codes.len() < wanted {
        return Err(SimulateError::TooFewCodes {
            wanted,
            found: codes.len(),
        });
    }
    let link = Link::new(&cli.url).map_err(SimulateError::Link)?;
    let until = cli
        .until
        .unwrap_or_else(|| Zoned::now().date().saturating_sub(1.day()));
    let first = until.saturating_sub((i64::from(cli.days) - 1).days());

    let mut sent = Sent::default();
    for (number, code) in (0_u64..).zip(codes.iter().take(wanted)) {
        let mut booth =
            Booth::enrol(&link, code, cli.seed, number, first).map_err(SimulateError::Booth)?;
        // The day after the last one closes it.
        for day in first.series(1.day()).take(usize::from(cli.days) + 1) {
            booth.live(&link, day).map_err(SimulateError::Booth)?;
        }
        sent += booth.finish(&link);
    }
    writeln!(
        io::stdout(),
        "{wanted} booths, {} days until {until}: {} visits in {} reports; \
         {} stored, {} sent again, {} refused, {} unanswered",
        cli.days,
        sent.visits,
        sent.reports,
        sent.stored,
        sent.again,
        sent.refused,
        sent.unanswered,
    )
    .map_err(SimulateError::Output)?;
    if sent.stored == sent.reports {
        Ok(())
    } else {
        Err(SimulateError::Incomplete {
            refused: sent.refused,
            unanswered: sent.unanswered,
        })
    }
}
