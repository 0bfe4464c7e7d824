//! The command line, and the help that teaches it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use xinting_wire::{BoothId, SchoolId};

/// Collects the reports of Xinting booths: counts only, nothing about a person.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
A district in five minutes:
  1. Write district.toml; one line is enough:  database = \"district.db\"
  2. xinting-district serve --config district.toml
  3. xinting-district enrol --config district.toml --school no-1-middle --name 第一中学
     Type the printed code into the booth's admin page. It can be used once.
  4. Open http://127.0.0.1:8620/ on this machine.
  5. Booths without network: xinting-district import --config district.toml /media/stick
  6. xinting-district export --config district.toml --format csv > counts.csv

All commands may run while `serve` is running. Logs go to stderr; XINTING_LOG=debug says more.
Exit status: 0 done, 1 refused or failed, 2 misuse."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArg {
    /// Configuration file (TOML). `database = "FILE"` is the only key it needs
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take reports and show the page until SIGTERM or Ctrl-C
    ///
    /// Prints one line, `listening on http://ADDRESS`, once it is ready.
    /// Speaks plain HTTP and so listens on loopback only; booths on other
    /// machines reach it through a TLS proxy that runs beside it.
    Serve {
        #[command(flatten)]
        config: ConfigArg,
        /// Listen here instead; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Print a one-use code with which a booth joins a school
    ///
    /// Only a hash of the code is kept: whoever loses it makes another.
    Enrol {
        #[command(flatten)]
        config: ConfigArg,
        /// The school's id: a-z, 0-9 and -
        #[arg(long, value_name = "ID")]
        school: SchoolId,
        /// The school's name on the page; by default the one in the
        /// configuration, or the id
        #[arg(long)]
        name: Option<String>,
        /// How many days the code can be used
        #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
    },
    /// Print the fingerprint of the root key that joining booths are offered
    ///
    /// A booth shows the same eight groups before it trusts the key: two people
    /// compare them, for instance by telephone.
    Fingerprint {
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Take in what booths without network exported onto a stick
    ///
    /// DIR is one export (`xinting-…`) or a stick with several. Every report goes
    /// through the same checks as by network, and every answer is printed. Beside
    /// the reports `receipts.json` is written, and `enrolled.json` beside a request
    /// to be enrolled: put the stick back into the booth, and an admin takes them in.
    /// Importing twice does no harm.
    Import {
        #[command(flatten)]
        config: ConfigArg,
        /// The folder
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Refuse a booth from now on; what it sent stays
    Revoke {
        #[command(flatten)]
        config: ConfigArg,
        /// The booth's id, as on the page
        #[arg(long, value_name = "ID")]
        booth: BoothId,
    },
    /// Print a token that may read `/v1/export.csv`, or take one back
    Token {
        #[command(flatten)]
        config: ConfigArg,
        /// Take this token back instead of making one
        #[arg(long, value_name = "TOKEN")]
        remove: Option<String>,
    },
    /// Write the exact counts to stdout
    ///
    /// One line a report: school, then every field of the report. See README.
    Export {
        #[command(flatten)]
        config: ConfigArg,
        /// What to write
        #[arg(long, value_enum)]
        format: Format,
        /// First day, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        from: Option<Date>,
        /// Last day, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        to: Option<Date>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated, one header line
    Csv,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
