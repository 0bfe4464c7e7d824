//! What each command does, and how its failures are put into words.

use std::error::Error;
use std::io::{self, Write as _};

use jiff::Timestamp;
use thiserror::Error;
use xinting_wire::{BoothId, SchoolId};

use crate::cli::{Cli, Command, Format};
use crate::config::{Config, ConfigError, is_school_name};
use crate::export::{self, ExportError};
use crate::import::{self, ImportError};
use crate::serve::{self, ServeError};
use crate::store::{Store, StoreError};

const SECONDS_A_DAY: i64 = 86_400;

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    #[error("the configuration cannot be used")]
    Config(#[source] ConfigError),
    #[error("the database cannot be used")]
    Store(#[source] StoreError),
    #[error("the service cannot run")]
    Serve(#[source] ServeError),
    #[error("the export failed")]
    Export(#[source] ExportError),
    #[error("cannot start the program's threads")]
    Runtime(#[source] io::Error),
    #[error("cannot write what was made")]
    Output(#[source] io::Error),
    #[error("there is no school `{0}` in the configuration")]
    UnknownSchool(SchoolId),
    #[error("a school's name is 1 to 60 printable characters")]
    SchoolName,
    #[error("no booth is called `{0}`")]
    UnknownBooth(BoothId),
    #[error("this token is not known")]
    UnknownToken,
    #[error("--from lies after --to")]
    Range,
    #[error("the import is not complete")]
    Import(#[source] ImportError),
    #[error("the configuration names no root key")]
    NoRootKey,
}

impl CommandError {
    /// One sentence with its causes, and a hint on a line of its own.
    pub(crate) fn explain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        format!("{text}\n  hint: {}", self.hint())
    }

    const fn hint(&self) -> &'static str {
        match self {
            Self::Config(ConfigError::Read { .. }) => {
                "write the file and name it with --config; `database = \"district.db\"` is enough"
            }
            Self::Config(_) => "put that line right; district.example.toml shows every key",
            Self::Store(StoreError::Corrupt(_)) => "restore the database from a backup",
            Self::Store(StoreError::Migrate { .. }) => {
                "was the database made by a newer version? Then use that version"
            }
            Self::Store(_) => "check that the folder exists, is writable, and the disk is not full",
            Self::Serve(ServeError::NotLoopback(_)) => {
                "listen on 127.0.0.1 and let a TLS proxy on this machine pass requests on"
            }
            Self::Serve(ServeError::Bind { .. }) => {
                "is another program listening there? Choose another port with --listen"
            }
            Self::Serve(_) | Self::Runtime(_) => "start it again; the reports are safe",
            Self::Export(_) | Self::Output(_) => {
                "is the disk full, or did the reader close the pipe?"
            }
            Self::UnknownSchool(_) => "list it as [[school]] with id and name, or give a listed id",
            Self::SchoolName => "shorten the name given with --name",
            Self::UnknownBooth(_) => "the page lists every booth's id",
            Self::UnknownToken => "it may have been taken back already",
            Self::Range => "give the earlier day with --from",
            Self::Import(ImportError::Nothing(_)) => {
                "name the stick, or the folder xinting-… that a booth wrote onto it"
            }
            Self::Import(ImportError::Refused { .. }) => {
                "the table says why; of each report that could be read the booth learns it from the same stick"
            }
            Self::Import(ImportError::Cut { .. }) => {
                "move the reports in the table to another folder and import again: nothing is counted twice"
            }
            Self::Import(_) => "check the stick and import again: nothing is counted twice",
            Self::NoRootKey => "set root_key = \"FILE.pub\" to offer booths a key to trust",
        }
    }
}

/// Runs one command to its end.
pub(crate) fn run(cli: Cli) -> Result<(), CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?
        .block_on(dispatch(cli.command))
}

async fn dispatch(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Serve { config, listen } => {
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            let store = open(&config).await?;
            serve::run(&config, listen.unwrap_or(config.listen), store)
                .await
                .map_err(CommandError::Serve)
        }
        Command::Enrol {
            config,
            school,
            name,
            days,
        } => {
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            enrol(&config, &school, name, days).await
        }
        Command::Fingerprint { config } => {
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            let key = config.root_key.ok_or(CommandError::NoRootKey)?;
            writeln!(io::stdout(), "{}", key.fingerprint()).map_err(CommandError::Output)
        }
        Command::Import { config, dir } => {
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            let store = open(&config).await?;
            let root_key = config.root_key.as_ref();
            let mut out = io::stdout().lock();
            let imported = import::run(&store, root_key, &dir, now(), &mut out).await;
            store.close().await;
            imported.map_err(CommandError::Import)
        }
        Command::Revoke { config, booth } => {
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            let store = open(&config).await?;
            let known = store
                .revoke(&booth, now())
                .await
                .map_err(CommandError::Store)?;
            store.close().await;
            if known {
                Ok(())
            } else {
                Err(CommandError::UnknownBooth(booth))
            }
        }
        Command::Token { config, remove } => {
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            token(&config, remove).await
        }
        Command::Export {
            config,
            format: Format::Csv,
            from,
            to,
        } => {
            if from.zip(to).is_some_and(|(from, to)| from > to) {
                return Err(CommandError::Range);
            }
            let config = Config::read(&config.config).map_err(CommandError::Config)?;
            let store = open(&config).await?;
            let mut out = io::BufWriter::new(io::stdout().lock());
            export::csv(&store, from, to, &mut out)
                .await
                .map_err(CommandError::Export)?;
            out.flush().map_err(CommandError::Output)?;
            store.close().await;
            Ok(())
        }
    }
}

async fn open(config: &Config) -> Result<Store, CommandError> {
    let store = Store::open(&config.database)
        .await
        .map_err(CommandError::Store)?;
    for school in &config.schools {
        store
            .put_school(&school.id, &school.name)
            .await
            .map_err(CommandError::Store)?;
    }
    Ok(store)
}

async fn enrol(
    config: &Config,
    school: &SchoolId,
    name: Option<String>,
    days: u16,
) -> Result<(), CommandError> {
    if name.as_deref().is_some_and(|name| !is_school_name(name)) {
        return Err(CommandError::SchoolName);
    }
    let listed = config.schools.iter().any(|listed| listed.id == *school);
    if !listed && !config.schools.is_empty() {
        return Err(CommandError::UnknownSchool(school.clone()));
    }
    let store = open(config).await?;
    let known = store
        .has_school(school)
        .await
        .map_err(CommandError::Store)?;
    let name = name.or_else(|| (!known).then(|| school.to_string()));
    if let Some(name) = name {
        store
            .put_school(school, &name)
            .await
            .map_err(CommandError::Store)?;
    }
    let expires_at = now() + i64::from(days) * SECONDS_A_DAY;
    let code = store
        .new_code(school, expires_at)
        .await
        .map_err(CommandError::Store)?;
    store.close().await;
    // The code alone on stdout, so that a script can take it as it is.
    writeln!(io::stdout(), "{code}").map_err(CommandError::Output)?;
    writeln!(
        io::stderr(),
        "One booth can join {school} with this code, within {days} days."
    )
    .map_err(CommandError::Output)?;
    if let Some(key) = &config.root_key {
        writeln!(
            io::stderr(),
            "It will be offered the root key with this fingerprint: {}",
            key.fingerprint()
        )
        .map_err(CommandError::Output)?;
    }
    Ok(())
}

async fn token(config: &Config, remove: Option<String>) -> Result<(), CommandError> {
    let store = open(config).await?;
    let outcome = match remove {
        Some(token) => {
            let known = store
                .remove_token(&token)
                .await
                .map_err(CommandError::Store)?;
            if known {
                Ok(())
            } else {
                Err(CommandError::UnknownToken)
            }
        }
        None => {
            let token = store.new_token(now()).await.map_err(CommandError::Store)?;
            writeln!(io::stdout(), "{token}").map_err(CommandError::Output)
        }
    };
    store.close().await;
    outcome
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}
