//! What each command does, from paths to the text it prints; here what they share.

mod author;
mod config;
mod describe;
mod difference;
mod lists;
mod look;
mod preview;
mod score;
mod sign;
mod speak;
mod standing;

pub(crate) use author::{build, check, new};
pub(crate) use config::{config_build, config_show, config_verify};
pub(crate) use lists::{keys_build, keys_check, keys_new, keys_show, keys_verify};
pub(crate) use look::{diff, show, verify};
pub(crate) use preview::preview;
pub(crate) use score::score;
pub(crate) use sign::{keygen, sign};
pub(crate) use speak::{complain, tell};

use crate::arguments::{Signing, TrustArguments};
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use xinting_author::build::{self, BuildError};
use xinting_author::folder::{Folder, FolderError};
use xinting_author::keys::{self, KeyFileError, SigningPair};
use xinting_author::place;
use xinting_content::document::{CONFIG, KEYS};
use xinting_content::{Layer, PublicKey, Trust, VerifiedPack};

/// Why a command ends without success; the text is complete.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked about is not good: status 1.
    Refused(String),
    /// The question was wrong: status 2.
    Misuse(String),
}

impl Failure {
    fn refused(error: &dyn Error) -> Self {
        Failure::Refused(format!("error: {}", sentence(error)))
    }

    fn about(path: &Path, error: &dyn Error) -> Self {
        Failure::Refused(format!("error: {}: {}", path.display(), sentence(error)))
    }

    fn misuse(text: impl std::fmt::Display) -> Self {
        Failure::Misuse(format!("error: {text}"))
    }

    fn writing(out: &Path, error: &std::io::Error) -> Self {
        let out = out.display();
        if place::is_taken(error) {
            return Failure::Refused(format!("error: writing {out}: {error}"));
        }
        let hint = "check the folder, who may write there, and the space in it";
        Failure::Refused(format!("error: writing {out}: {error}; {hint}"))
    }
}

/// An error with its causes, none said twice.
fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

fn note(text: &str) {
    complain(&format!("note: {text}\n"));
}

/// What is wrong with a key file: named wrongly, or not good.
fn secret(error: &KeyFileError) -> Failure {
    match error {
        KeyFileError::Read { .. } | KeyFileError::PublicHalf(_) | KeyFileError::NoTerminal => {
            Failure::misuse(sentence(error))
        }
        _ => Failure::refused(error),
    }
}

/// What `xinting-pack` signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pack,
    List,
    Config,
}

impl Kind {
    /// What it is called, and the commands for it.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::Pack => ("a pack", "`xinting-pack verify` or `xinting-pack show`"),
            Kind::List => (
                "a key list",
                "`xinting-pack keys verify` or `xinting-pack keys show`",
            ),
            Kind::Config => (
                "a signed configuration",
                "`xinting-pack config verify` or `xinting-pack config show`",
            ),
        }
    }
}

/// What a file says it is by the first name in its ZIP; `None` for anything else. Nothing is verified.
fn kind_of(file: &Path) -> Result<Option<Kind>, Failure> {
    let mut begin = Vec::new();
    // The first header of a ZIP and the longest of the names.
    let read = opened(file)?.take(30 + 13).read_to_end(&mut begin);
    read.map_err(|error| Failure::about(file, &error))?;
    let name = begin.get(30..).unwrap_or_default();
    let known = [
        (&b"manifest.json"[..], Kind::Pack),
        (KEYS.as_bytes(), Kind::List),
        (CONFIG.as_bytes(), Kind::Config),
    ];
    let found = known.iter().find(|(known, _)| name.starts_with(known));
    Ok(found
        .filter(|_| begin.starts_with(b"PK"))
        .map(|(_, kind)| *kind))
}

/// Refuses a file that says it is of another kind; what says nothing is left to whoever reads it.
fn expected(file: &Path, kind: Kind) -> Result<(), Failure> {
    match kind_of(file)? {
        Some(other) if other != kind => {
            let (file, (is, commands), (wanted, _)) = (file.display(), other.words(), kind.words());
            Err(Failure::Refused(format!(
                "error: {file}: this is {is}, not {wanted}; use {commands} for it"
            )))
        }
        _ => Ok(()),
    }
}

fn building(error: &BuildError) -> Failure {
    match error {
        BuildError::Folder(error) => folder(error),
        // A line a fault, each beginning with its place, as compilers do.
        BuildError::Faults(faults) => {
            let count = counted(faults.len(), "fault", "faults");
            Failure::Refused(format!("{error}\n{count}"))
        }
        _ => Failure::refused(error),
    }
}

fn folder(error: &FolderError) -> Failure {
    match error {
        FolderError::NotAFolder(_) => Failure::misuse(sentence(error)),
        _ => Failure::refused(error),
    }
}

fn counted(number: usize, one: &str, more: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {more}"),
    }
}

fn content(file: &Path, pack: &VerifiedPack) -> Result<Layer, Failure> {
    pack.layer().map_err(|error| Failure::about(file, &error))
}

/// A file to read, which must not be a folder.
fn opened(file: &Path) -> Result<BufReader<File>, Failure> {
    let bytes = File::open(file).map_err(|error| {
        let file = file.display();
        Failure::misuse(format!("{file} cannot be opened: {error}; check the path"))
    })?;
    if bytes.metadata().is_ok_and(|data| data.is_dir()) {
        let file = file.display();
        return Err(Failure::misuse(format!(
            "{file} is a folder; build it first"
        )));
    }
    Ok(BufReader::new(bytes))
}

fn open(file: &Path, trust: &Trust, at_least: Option<u64>) -> Result<VerifiedPack, Failure> {
    expected(file, Kind::Pack)?;
    VerifiedPack::open(opened(file)?, trust, at_least).map_err(|error| Failure::about(file, &error))
}

/// The content of a pack, or of a folder that is not built yet.
fn layer_of(path: &Path, trust: &TrustArguments) -> Result<Layer, Failure> {
    if path.is_dir() {
        let folder = Folder::open(path).map_err(|error| self::folder(&error))?;
        return Layer::read(&folder).map_err(|faults| building(&BuildError::Faults(faults)));
    }
    content(path, &open(path, &trusted(trust)?, None)?)
}

fn write(out: &Path, bytes: &[u8]) -> Result<(), Failure> {
    place::write_whole(out, bytes).map_err(|error| Failure::writing(out, &error))
}

/// Sees that what is to be written can be, before long work.
fn free(out: &Path) -> Result<(), Failure> {
    place::may_write(out).map_err(|error| Failure::writing(out, &error))
}

fn text_of(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        let file = file.display();
        Failure::misuse(format!("{file} cannot be read: {error}; check the path"))
    })
}

/// The clone we are working in.
fn here() -> Option<PathBuf> {
    place::clone_around(&std::env::current_dir().ok()?)
}

/// The key named, or the development key of the clone around us or around `near`.
fn signing_key(signing: &Signing, near: &Path) -> Result<SigningPair, Failure> {
    let opened = match &signing.key {
        Some(path) => {
            let password = signing.password_file.as_deref().map(password).transpose()?;
            SigningPair::open(path, password)
        }
        None => match here().or_else(|| place::clone_around(near)) {
            Some(clone) => SigningPair::development(&clone),
            None => {
                let text =
                    "no key to sign with; name one with --key (xinting-pack keygen makes one)";
                return Err(Failure::misuse(text));
            }
        },
    };
    opened.map_err(|error| secret(&error))
}

/// The secret keys named, each once.
fn signing_keys(
    named: &[PathBuf],
    password_file: Option<&Path>,
) -> Result<Vec<SigningPair>, Failure> {
    let mut pairs: Vec<SigningPair> = Vec::new();
    for path in named {
        let words = password_file.map(password).transpose()?;
        let pair = SigningPair::open(path, words).map_err(|error| secret(&error))?;
        if pairs.iter().any(|other| other.id() == pair.id()) {
            let path = path.display();
            return Err(Failure::misuse(format!("{path} is named twice")));
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// The root keys named, or the clone's own.
fn roots(trust: &TrustArguments) -> Result<Vec<PublicKey>, Failure> {
    if trust.keys.is_empty() {
        let Some(clone) = here() else {
            let text = "no key to trust; name one with --trust (the .pub file of the publisher)";
            return Err(Failure::misuse(text));
        };
        let pair = SigningPair::development(&clone).map_err(|error| Failure::refused(&error))?;
        return Ok(vec![
            pair.public().map_err(|error| Failure::refused(&error))?,
        ]);
    }
    let keys = trust.keys.iter().map(|path| keys::open_public(path));
    keys.collect::<Result<_, _>>()
        .map_err(|error| Failure::misuse(sentence(&error)))
}

/// What a booth trusts that has these roots and has taken in these key lists, in their order.
fn trusted(trust: &TrustArguments) -> Result<Trust, Failure> {
    followed(Trust::roots(roots(trust)?), &trust.lists)
}

/// The same after taking in these key lists.
fn followed(mut trusted: Trust, lists: &[PathBuf]) -> Result<Trust, Failure> {
    for list in lists {
        expected(list, Kind::List)?;
        let accepted = trusted.accept(opened(list)?);
        (trusted, _) = accepted.map_err(|error| Failure::about(list, &error))?;
    }
    Ok(trusted)
}

fn password(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let file = file.display();
        Failure::misuse(format!("reading the password from {file}: {error}"))
    })?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    if password.is_empty() {
        let file = file.display();
        let text = format!("the first line of {file} is empty; write the password there");
        return Err(Failure::misuse(text));
    }
    Ok(password)
}

/// A line a fault, with how many there are.
fn listed(faults: &[xinting_content::Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(build::line).collect();
    lines.join("\n")
}
