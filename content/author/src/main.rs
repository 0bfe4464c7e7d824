//! `xinting-pack`: the command line of the authoring tool. Parses arguments, calls, prints.
//!
//! Exit status: 0 good, 1 refused, 2 misuse. Results go to standard output, everything else to standard
//! error.

mod arguments;
mod commands;

use arguments::{Arguments, Command, ConfigCommand, KeysCommand};
use clap::Parser;
use commands::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            // It repeats what was typed, which may come from a list of files.
            commands::complain(&error.render().to_string());
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    xinting_author::interrupt::watch();
    match run(arguments.command) {
        Ok(text) => {
            commands::tell(&text);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let (text, status) = match failure {
                Failure::Refused(text) => (text, 1),
                Failure::Misuse(text) => (text, 2),
            };
            commands::complain(&format!("{text}\n"));
            ExitCode::from(status)
        }
    }
}

/// Does it and gives what is to be printed.
fn run(command: Command) -> Result<String, Failure> {
    match command {
        Command::New {
            dir,
            id,
            kind,
            full,
        } => commands::new(&dir, id.as_deref(), &kind, full),
        Command::Check { dir, over, trust } => commands::check(&dir, &over, &trust),
        Command::Build {
            dir,
            out,
            jobs,
            signing,
        } => commands::build(&dir, &out, &signing, jobs),
        Command::Preview {
            of,
            out,
            over,
            kiosk,
            look,
            trust,
        } => commands::preview(&of, &out, &over, kiosk.as_deref(), &look, &trust),
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
        Command::Show { file, json, trust } => commands::show(&file, &trust, json),
        Command::Diff {
            old,
            new,
            json,
            trust,
        } => commands::diff(&old, &new, &trust, json),
        Command::Keys { command } => keys(command),
        Command::Config { command } => config(command),
        Command::Score {
            pack,
            instrument,
            answers,
            trust,
        } => commands::score(&pack, &instrument, &answers, &trust),
    }
}

fn keys(command: KeysCommand) -> Result<String, Failure> {
    match command {
        KeysCommand::New {
            file,
            issuer,
            roots,
        } => commands::keys_new(&file, &issuer, &roots),
        KeysCommand::Check { file } => commands::keys_check(&file),
        KeysCommand::Build {
            file,
            out,
            key,
            password_file,
            drop_revocation,
            after,
        } => commands::keys_build(
            &file,
            &out,
            &key,
            password_file.as_deref(),
            &drop_revocation,
            &after,
        ),
        KeysCommand::Sign {
            file,
            out,
            signing,
            trust,
        } => commands::sign(&file, out.as_deref(), &signing, &trust),
        KeysCommand::Show { file, json, trust } => commands::keys_show(&file, &trust, json),
        KeysCommand::Verify { file, trust } => commands::keys_verify(&file, &trust),
    }
}

fn config(command: ConfigCommand) -> Result<String, Failure> {
    match command {
        ConfigCommand::Build {
            file,
            booth,
            version,
            out,
            key,
            password_file,
        } => commands::config_build(&file, &booth, version, &out, &key, password_file.as_deref()),
        ConfigCommand::Show { file, trust } => commands::config_show(&file, &trust),
        ConfigCommand::Verify { file, trust } => commands::config_verify(&file, &trust),
    }
}
