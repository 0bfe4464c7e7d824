//! `xinting-pack`: the command line of the authoring tool. Parses arguments, calls, prints.
//!
//! Exit status: 0 good, 1 refused, 2 misuse. Results go to standard output, everything else to standard
//! error.

mod commands;

use clap::{Args, Parser, Subcommand};
use commands::Failure;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(
    name = "xinting-pack",
    version,
    about = "Checks, builds, signs and verifies content packs for a Xinting booth",
    after_help = "A pack is a folder of text files (see content/FORMAT.md) made into one signed file:\n\n  \
        xinting-pack new my-school                         a folder to begin from\n  \
        xinting-pack check my-school                       every fault, with file, line and remedy\n  \
        xinting-pack keygen my-school                      my-school.key (secret) and my-school.pub\n  \
        xinting-pack build my-school -o my.xpack --key my-school.key\n  \
        xinting-pack verify my.xpack --trust my-school.pub\n\n\
        Inside a clone of the project, build and verify use its development key (.dev/pack.key,\n\
        .dev/pack.pub, made on first use) where none is named.\n\n\
        Exit status: 0 good, 1 refused, 2 misuse."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a folder to begin from: a small pack that is good as it stands.
    New {
        /// The folder to make.
        dir: PathBuf,
        /// The pack's id. [default: the folder's name]
        #[arg(long)]
        id: Option<String>,
        /// Whose pack it is.
        #[arg(long, default_value = "school", value_parser = ["district", "school"])]
        kind: String,
    },
    /// Checks a folder and names every fault with file, line and remedy.
    Check {
        /// The folder that holds pack.toml.
        dir: PathBuf,
    },
    /// Builds a folder into one signed pack: checks it, renders its sounds, measures loudness.
    ///
    /// The same folder, key and tool give the same bytes. Rendered sounds are kept for the next build.
    Build {
        /// The folder that holds pack.toml.
        dir: PathBuf,
        /// The pack to write, by custom *.xpack; replaced if it is there.
        #[arg(short, long)]
        out: PathBuf,
        #[command(flatten)]
        signing: Signing,
    },
    /// Makes a key pair, NAME.key (secret, encrypted by a password) and NAME.pub, in minisign's format.
    Keygen {
        /// Path and name of the pair, without an ending.
        name: PathBuf,
        /// Do not encrypt the secret key. Only for keys that no real booth trusts.
        #[arg(long, conflicts_with = "password_file")]
        no_password: bool,
        /// Take the password from the first line of this file instead of asking.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Adds a further signature to a pack whose present signatures are all trusted.
    Sign {
        /// The pack.
        file: PathBuf,
        /// Where to write it; without this the pack itself is replaced.
        #[arg(short, long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        signing: Signing,
        #[command(flatten)]
        trust: Trust,
    },
    /// Verifies a pack as a booth would: every signature, every byte, all content.
    Verify {
        /// The pack.
        file: PathBuf,
        #[command(flatten)]
        trust: Trust,
        /// Refuse a version lower than this, as a booth that has it installed would.
        #[arg(long, value_name = "VERSION")]
        at_least: Option<u64>,
        /// Refuse a sample (示例), as a booth in production would.
        #[arg(long)]
        production: bool,
    },
    /// Verifies a pack and shows what is in it.
    Show {
        /// The pack.
        file: PathBuf,
        #[command(flatten)]
        trust: Trust,
    },
    /// Verifies two packs and says what the newer one changes, in an author's words.
    Diff {
        /// The older pack.
        old: PathBuf,
        /// The newer pack.
        new: PathBuf,
        #[command(flatten)]
        trust: Trust,
    },
    /// Scores one sheet and prints JSON: total, subscales, band, valid, risk.
    ///
    /// `total` is as scored (WHO-5 is 0 to 100). `risk` is true only when a risk item is endorsed; a
    /// band never sets it.
    Score {
        /// A pack, or a folder that holds pack.toml.
        pack: PathBuf,
        /// The instrument's id, for instance phq-a.
        instrument: String,
        /// The value chosen for each item, in order.
        #[arg(
            long,
            value_delimiter = ',',
            required = true,
            allow_hyphen_values = true
        )]
        answers: Vec<i32>,
        #[command(flatten)]
        trust: Trust,
    },
}

/// With which key to sign.
#[derive(Debug, Args)]
struct Signing {
    /// The secret key to sign with. [default: the clone's development key]
    #[arg(long)]
    key: Option<PathBuf>,
    /// Take the key's password from the first line of this file instead of asking.
    #[arg(long, requires = "key")]
    password_file: Option<PathBuf>,
}

/// Which keys to trust.
#[derive(Debug, Args)]
struct Trust {
    /// A public key to trust; may be given several times. [default: the clone's development key]
    #[arg(long = "trust", value_name = "KEY")]
    keys: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(text) => {
            // A closed pipe (`| head`) is no failure of ours.
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let (text, status) = match failure {
                Failure::Refused(text) => (text, 1),
                Failure::Misuse(text) => (text, 2),
            };
            let _ = writeln!(std::io::stderr().lock(), "{text}");
            ExitCode::from(status)
        }
    }
}

/// Does it and gives what is to be printed.
fn run(command: Command) -> Result<String, Failure> {
    match command {
        Command::New { dir, id, kind } => commands::new(&dir, id.as_deref(), &kind),
        Command::Check { dir } => commands::check(&dir),
        Command::Build { dir, out, signing } => commands::build(&dir, &out, &signing),
        Command::Keygen {
            name,
            no_password,
            password_file,
        } => commands::keygen(&name, no_password, password_file.as_deref()),
        Command::Sign {
            file,
            out,
            signing,
            trust,
        } => commands::sign(&file, out.as_deref(), &signing, &trust),
        Command::Verify {
            file,
            trust,
            at_least,
            production,
        } => commands::verify(&file, &trust, at_least, production),
        Command::Show { file, trust } => commands::show(&file, &trust),
        Command::Diff { old, new, trust } => commands::diff(&old, &new, &trust),
        Command::Score {
            pack,
            instrument,
            answers,
            trust,
        } => commands::score(&pack, &instrument, &answers, &trust),
    }
}
