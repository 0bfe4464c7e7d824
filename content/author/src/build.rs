//! From an author's folder to one signed file; and a further signature on a file there is.

use crate::folder::{Folder, FolderError};
use crate::keys::SigningPair;
use crate::parallel;
use crate::sounds::{Bench, Sound};
use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::path::Path;
use xinting_content::pack::{Entry, KeyError, Manifest, PackError};
use xinting_content::{Fault, Layer, Trust, VerifiedPack};

/// Why a folder does not become a pack.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Its files or sounds have faults.
    #[error("{}", lines(.0))]
    Faults(Vec<Fault>),
    /// A file does not fit into a pack.
    #[error("{0}: the file is too large for a pack; make it smaller")]
    TooLarge(String),
    /// The parts do not fit together.
    #[error("laying out the pack")]
    Write(#[from] io::Error),
    /// The key is not usable.
    #[error("signing the pack")]
    Key(#[from] KeyError),
    /// What was built does not verify.
    #[error("verifying what was built: {0}")]
    Verify(#[from] PackError),
}

/// A line a fault, each beginning with its place, as compilers do.
fn lines(faults: &[Fault]) -> String {
    let faults: Vec<String> = faults.iter().map(line).collect();
    faults.join("\n")
}

/// A fault with its place to the column.
pub fn line(fault: &Fault) -> String {
    let key = match fault.key.as_str() {
        "" => String::new(),
        key => format!("{key}: "),
    };
    format!("{}: {key}{}; {}", fault.place(), fault.what, fault.remedy)
}

/// How to build.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Where rendered and measured sounds are kept.
    pub cache: Option<&'a Path>,
    /// How many sounds and files are worked on at once; what is built does not depend on it.
    pub threads: usize,
}

/// A pack as built.
#[derive(Debug)]
pub struct Built {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The same, read back through verification.
    pub pack: VerifiedPack,
    /// What each sound measures, by file; empty where nothing was measured.
    pub sounds: Vec<(String, String)>,
}

/// Builds a folder into a signed pack and reads it back through verification.
///
/// # Errors
/// [`BuildError`] with every fault of the files and sounds, and whatever signing gives.
pub fn build(
    dir: &Path,
    key: &SigningPair,
    options: Options<'_>,
    progress: impl Fn(&str) + Sync,
) -> Result<Built, BuildError> {
    progress("checking the texts");
    let folder = Folder::open(dir)?;
    let (layer, texts) = Layer::read_in_part(&folder);
    let mut faults = folder.faults.clone();
    faults.extend(texts);
    let bench = Bench {
        source: &folder,
        cache: options.cache,
        threads: options.threads,
    };
    let (Some(layer), true) = (layer, faults.is_empty()) else {
        return Err(BuildError::Faults(faults));
    };
    let sounds = bench
        .prepare(&layer.sounds, &progress)
        .map_err(BuildError::Faults)?;
    progress("packing");
    let files = entries(&folder, &layer, &sounds, options.threads)?;
    let manifest = Manifest {
        info: layer.info,
        entries: files.iter().map(|(entry, _)| entry.clone()).collect(),
    };
    let bytes = manifest.to_bytes();
    let info = &manifest.info;
    progress("signing and verifying");
    let signature = key.sign(&bytes, info.id.as_str(), info.version);
    let trust = Trust::roots(vec![key.public()?]);
    let mut built = finished(&bytes, &[signature], &files, &trust)?;
    built.sounds = sounds
        .into_iter()
        .map(|sound| (sound.file, sound.heard.words()))
        .collect();
    Ok(built)
}

/// Adds a signature to a verified pack, after those that it has.
///
/// # Errors
/// [`BuildError`].
pub fn sign_further(pack: &VerifiedPack, key: &SigningPair) -> Result<Vec<u8>, BuildError> {
    let info = pack.info();
    let mut signatures = pack.signatures().to_vec();
    signatures.push(key.sign(pack.manifest_bytes(), info.id.as_str(), info.version));
    repacked(pack, &signatures)
}

/// A verified pack signed anew by one key alone, whoever signed it before: for showing it at a desk.
///
/// # Errors
/// [`BuildError`].
pub fn signed_anew(pack: &VerifiedPack, key: &SigningPair) -> Result<Vec<u8>, BuildError> {
    let info = pack.info();
    let signature = key.sign(pack.manifest_bytes(), info.id.as_str(), info.version);
    repacked(pack, &[signature])
}

fn repacked(pack: &VerifiedPack, signatures: &[String]) -> Result<Vec<u8>, BuildError> {
    let names = pack
        .manifest()
        .entries
        .iter()
        .map(|entry| &entry.member.name);
    let files = names
        .map(|name| {
            pack.read_stored(name)
                .map(|(entry, data)| (entry.clone(), data))
        })
        .collect::<Result<Vec<(Entry, Vec<u8>)>, PackError>>()?;
    let mut bytes = Vec::new();
    xinting_content::pack::write(&mut bytes, pack.manifest_bytes(), signatures, &files)?;
    Ok(bytes)
}

fn entries(
    folder: &Folder,
    layer: &Layer,
    sounds: &[Sound],
    threads: usize,
) -> Result<Vec<(Entry, Vec<u8>)>, BuildError> {
    let mut contents: BTreeMap<&str, (&[u8], Option<f32>)> = layer
        .files
        .iter()
        .map(|name| (name.as_str(), (folder.get(name).unwrap_or_default(), None)))
        .collect();
    for sound in sounds {
        contents.insert(&sound.file, (&sound.bytes, Some(sound.heard.gain_db)));
    }
    let contents: Vec<_> = contents.into_iter().collect();
    parallel::each(threads, contents, |(name, (bytes, gain))| {
        Entry::pack(name, bytes, gain).ok_or_else(|| BuildError::TooLarge(name.to_owned()))
    })
    .into_iter()
    .collect()
}

fn finished(
    manifest: &[u8],
    signatures: &[String],
    files: &[(Entry, Vec<u8>)],
    trust: &Trust,
) -> Result<Built, BuildError> {
    let mut bytes = Vec::new();
    xinting_content::pack::write(&mut bytes, manifest, signatures, files)?;
    let pack = VerifiedPack::open(Cursor::new(bytes.clone()), trust, None)?;
    pack.layer()?;
    Ok(Built {
        bytes,
        pack,
        sounds: Vec::new(),
    })
}
