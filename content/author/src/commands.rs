//! What each command does, from paths to the text it prints.

mod describe;

use crate::{Signing, Trust};
use serde::Serialize;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use xinting_author::build::{self, BuildError, Built};
use xinting_author::folder::{Folder, FolderError};
use xinting_author::keys::{self, Protection, SigningPair};
use xinting_author::{place, template};
use xinting_content::instrument::{Instrument, InstrumentKind};
use xinting_content::{InstrumentId, Layer, PackId, PackKind, PublicKey, VerifiedPack};

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

pub(crate) fn new(dir: &Path, id: Option<&str>, kind: &str) -> Result<String, Failure> {
    let misuse = |text: &str| Failure::Misuse(format!("error: {text}"));
    let name = dir.file_name().and_then(|name| name.to_str());
    let id = id.or(name).unwrap_or_default();
    let hint = "is no id; name one with --id: lower-case letters, digits and hyphens";
    let id = PackId::new(id).ok_or_else(|| misuse(&format!("“{id}” {hint}")))?;
    let kind = PackKind::from_name(kind).ok_or_else(|| misuse("there is no such kind"))?;
    template::write(dir, &id, kind).map_err(|error| Failure::refused(&error))?;
    let dir = dir.display();
    Ok(format!(
        "{dir} is made; change its files, then: xinting-pack check {dir}\n"
    ))
}

pub(crate) fn check(dir: &Path) -> Result<String, Failure> {
    let layer = build::check(dir).map_err(|error| building(&error))?;
    Ok(format!("{}\nnothing to correct\n", describe::layer(&layer)))
}

pub(crate) fn build(dir: &Path, out: &Path, signing: &Signing) -> Result<String, Failure> {
    let started = Instant::now();
    let key = signing_key(signing, dir)?;
    let clone = here().or_else(|| place::clone_around(dir));
    let cache = place::sound_cache(clone.as_deref());
    let progress = |text: &str| {
        let seconds = started.elapsed().as_secs_f32();
        let _ = writeln!(std::io::stderr().lock(), "[{seconds:5.1} s] {text}");
    };
    let built = build::build(dir, &key, cache.as_deref(), progress).map_err(|e| building(&e))?;
    write(out, &built)?;
    Ok(format!("{}{}\n", describe::file(&built), out.display()))
}

pub(crate) fn keygen(
    name: &Path,
    no_password: bool,
    password_file: Option<&Path>,
) -> Result<String, Failure> {
    let protection = match (no_password, password_file) {
        (true, _) => Protection::None,
        (false, Some(file)) => Protection::Password(password(file)?),
        (false, None) => Protection::Ask,
    };
    let id = keys::generate(name, protection).map_err(|error| Failure::refused(&error))?;
    let name = name.display();
    Ok(format!(
        "key {id}\n{name}.key signs packs: keep it secret and keep a copy\n{name}.pub goes into trust/ \
         of every booth that is to accept them\n"
    ))
}

pub(crate) fn sign(
    file: &Path,
    out: Option<&Path>,
    signing: &Signing,
    trust: &Trust,
) -> Result<String, Failure> {
    let keys = trusted(trust)?;
    let pack = open(file, &keys, None)?;
    let key = signing_key(signing, file)?;
    if pack.signers().contains(&key.id()) {
        let text = format!(
            "error: {} is signed by {} already",
            file.display(),
            key.id()
        );
        return Err(Failure::Refused(text));
    }
    let built = build::sign_further(&pack, &keys, &key).map_err(|error| building(&error))?;
    let out = out.unwrap_or(file);
    write(out, &built)?;
    Ok(format!("{}{}\n", describe::file(&built), out.display()))
}

pub(crate) fn verify(
    file: &Path,
    trust: &Trust,
    at_least: Option<u64>,
    production: bool,
) -> Result<String, Failure> {
    let pack = open(file, &trusted(trust)?, at_least)?;
    if production {
        pack.fit_for_production()
            .map_err(|error| Failure::about(file, &error))?;
    }
    let layer = content(file, &pack)?;
    Ok(format!(
        "{}\nverified: {}\n",
        describe::layer(&layer),
        describe::signers(&pack)
    ))
}

pub(crate) fn show(file: &Path, trust: &Trust) -> Result<String, Failure> {
    let pack = open(file, &trusted(trust)?, None)?;
    let layer = content(file, &pack)?;
    Ok(describe::everything(&pack, &layer))
}

pub(crate) fn diff(old: &Path, new: &Path, trust: &Trust) -> Result<String, Failure> {
    let keys = trusted(trust)?;
    let (old, new) = (open(old, &keys, None)?, open(new, &keys, None)?);
    Ok(describe::difference(&old, &new))
}

/// What `score` prints.
#[derive(Serialize)]
struct Scored<'a> {
    instrument: &'a str,
    total: i32,
    /// None of the instruments that can be packed so far has any.
    subscales: std::collections::BTreeMap<&'a str, i32>,
    band: Option<&'a str>,
    valid: bool,
    risk: bool,
}

pub(crate) fn score(
    pack: &Path,
    instrument: &str,
    answers: &[i32],
    trust: &Trust,
) -> Result<String, Failure> {
    let layer = if pack.is_dir() {
        let folder = Folder::open(pack).map_err(|error| building(&error.into()))?;
        Layer::read(&folder).map_err(|faults| building(&BuildError::Faults(faults)))?
    } else {
        content(pack, &open(pack, &trusted(trust)?, None)?)?
    };
    let refused = |text: String| Failure::Refused(format!("error: {text}"));
    let found = layer
        .instruments
        .iter()
        .find(|known| Some(&known.id) == InstrumentId::new(instrument).as_ref());
    let Some(found) = found else {
        let ids: Vec<&str> = layer.instruments.iter().map(|i| i.id.as_str()).collect();
        let text = format!(
            "there is no instrument “{instrument}”; the pack has {}",
            ids.join(", ")
        );
        return Err(refused(text));
    };
    let options = options(found, answers).map_err(refused)?;
    let score = found
        .score(&options)
        .map_err(|error| refused(error.to_string()))?;
    let band = score.band.and_then(|band| found.bands.get(band));
    let scored = Scored {
        instrument,
        total: score.total,
        subscales: std::collections::BTreeMap::new(),
        band: band.map(|band| band.id.as_str()),
        valid: true,
        risk: score.risk,
    };
    if found.kind == InstrumentKind::CheckIn {
        note("a check-in has no bands; its total is never shown to a visitor");
    }
    let json = serde_json::to_string(&scored).map_err(|error| Failure::refused(&error))?;
    Ok(json + "\n")
}

/// Values to option indices.
fn options(instrument: &Instrument, answers: &[i32]) -> Result<Vec<Option<usize>>, String> {
    let items = instrument.items.len();
    if answers.len() != items {
        return Err(format!(
            "{} answers were given and {} has {items} items; give one value for each",
            answers.len(),
            instrument.id
        ));
    }
    let pairs = (1..).zip(instrument.items.iter().zip(answers));
    let chosen = pairs.map(|(number, (item, answer))| {
        let option = item
            .options
            .iter()
            .position(|option| option.value == *answer);
        let values =
            || -> Vec<String> { item.options.iter().map(|o| o.value.to_string()).collect() };
        match option {
            Some(option) => Ok(Some(option)),
            None => Err(format!(
                "item {number} of {} has no option of value {answer}; use one of {}",
                instrument.id,
                values().join(", ")
            )),
        }
    });
    chosen.collect()
}

fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "note: {text}");
}

fn building(error: &BuildError) -> Failure {
    match error {
        BuildError::Folder(FolderError::NotAFolder(_)) => {
            Failure::Misuse(format!("error: {}", sentence(error)))
        }
        // A line a fault, each beginning with its file, as compilers do.
        BuildError::Faults(_) | BuildError::Sounds(_) => Failure::Refused(error.to_string()),
        _ => Failure::refused(error),
    }
}

fn content(file: &Path, pack: &VerifiedPack) -> Result<Layer, Failure> {
    pack.layer().map_err(|error| Failure::about(file, &error))
}

fn open(file: &Path, keys: &[PublicKey], at_least: Option<u64>) -> Result<VerifiedPack, Failure> {
    let bytes = File::open(file).map_err(|error| {
        Failure::Misuse(format!(
            "error: {} cannot be opened: {error}; check the path",
            file.display()
        ))
    })?;
    if bytes.metadata().is_ok_and(|data| data.is_dir()) {
        let text = format!("error: {} is a folder; build it first", file.display());
        return Err(Failure::Misuse(text));
    }
    VerifiedPack::open(
        BufReader::new(bytes),
        &xinting_content::Trust::roots(keys.to_vec()),
        at_least,
    )
    .map_err(|error| Failure::about(file, &error))
}

fn write(out: &Path, built: &Built) -> Result<(), Failure> {
    place::write_whole(out, &built.bytes).map_err(|error| {
        let out = out.display();
        Failure::Refused(format!(
            "error: writing {out}: {error}; check the folder and the space in it"
        ))
    })
}

/// The clone we are working in.
fn here() -> Option<PathBuf> {
    place::clone_around(&std::env::current_dir().ok()?)
}

fn signing_key(signing: &Signing, near: &Path) -> Result<SigningPair, Failure> {
    let opened = match &signing.key {
        Some(path) => {
            let password = signing.password_file.as_deref().map(password).transpose()?;
            SigningPair::open(path, password)
        }
        None => match here().or_else(|| place::clone_around(near)) {
            Some(clone) => SigningPair::development(&clone),
            None => {
                let text = "error: no key to sign with; name one with --key (xinting-pack keygen makes one)";
                return Err(Failure::Misuse(text.to_owned()));
            }
        },
    };
    opened.map_err(|error| Failure::refused(&error))
}

fn trusted(trust: &Trust) -> Result<Vec<PublicKey>, Failure> {
    if trust.keys.is_empty() {
        let Some(clone) = here() else {
            let text =
                "error: no key to trust; name one with --trust (the .pub file of the publisher)";
            return Err(Failure::Misuse(text.to_owned()));
        };
        let pair = SigningPair::development(&clone).map_err(|error| Failure::refused(&error))?;
        return Ok(vec![
            pair.public().map_err(|error| Failure::refused(&error))?,
        ]);
    }
    let keys = trust.keys.iter().map(|path| keys::open_public(path));
    keys.collect::<Result<_, _>>()
        .map_err(|error| Failure::Misuse(format!("error: {}", sentence(&error))))
}

fn password(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::Misuse(format!(
            "error: reading the password from {}: {error}",
            file.display()
        ))
    })?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
