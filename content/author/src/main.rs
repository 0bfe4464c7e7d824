//! `xinting-pack`: the command line of the authoring tool. Parses, calls, prints; nothing else.

use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use xinting_author::folder::Folder;
use xinting_content::{Fault, Layer, Source};

#[derive(Debug, Parser)]
#[command(
    name = "xinting-pack",
    version,
    about = "Checks content for a Xinting booth"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks a folder and names every fault with file, line and remedy.
    Check {
        /// The folder that holds pack.toml.
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Command::Check { dir } = arguments.command;
    let mut out = std::io::stdout().lock();
    let result = Folder::open(&dir)
        .map_err(|e| vec![e.to_string()])
        .and_then(|folder| {
            Layer::read(&folder as &dyn Source)
                .map_err(|faults| faults.iter().map(Fault::to_string).collect())
        });
    match result {
        Ok(layer) => {
            let _ = writeln!(out, "{} {} is good", layer.info.id, layer.info.release);
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in &faults {
                let _ = writeln!(std::io::stderr(), "{fault}");
            }
            ExitCode::from(1)
        }
    }
}
