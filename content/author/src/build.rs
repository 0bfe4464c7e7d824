//! From an author's folder to one signed file; and a further signature on a file there is.

use crate::folder::{Folder, FolderError};
use crate::keys::SigningPair;
use crate::sounds::{self, Sound, SoundError};
use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::path::Path;
use xinting_content::pack::{Entry, KeyError, Manifest, PackError, PublicKey};
use xinting_content::{Fault, Layer, Trust, VerifiedPack};

/// Why a folder does not become a pack.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Its files have faults.
    #[error("{}", lines(.0))]
    Faults(Vec<Fault>),
    /// Its sounds have faults.
    #[error("{}", lines(.0))]
    Sounds(Vec<SoundError>),
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

fn lines<T: std::fmt::Display>(faults: &[T]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("\n")
}

/// A pack as built.
#[derive(Debug)]
pub struct Built {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The same, read back through verification.
    pub pack: VerifiedPack,
}

/// Checks a folder: every file and every sound.
///
/// # Errors
/// [`BuildError`] with every fault of the files or, if there is none, of the sounds.
pub fn check(dir: &Path) -> Result<Layer, BuildError> {
    let folder = Folder::open(dir)?;
    let layer = Layer::read(&folder).map_err(BuildError::Faults)?;
    let shipped = |file: &str| folder.get(file).unwrap_or_default().to_vec();
    sounds::try_out(&layer.sounds, shipped).map_err(BuildError::Sounds)?;
    Ok(layer)
}

/// Builds a folder into a signed pack and reads it back through verification.
///
/// # Errors
/// As [`check`], and whatever signing gives.
pub fn build(
    dir: &Path,
    key: &SigningPair,
    cache: Option<&Path>,
    progress: impl Fn(&str) + Sync,
) -> Result<Built, BuildError> {
    let folder = Folder::open(dir)?;
    progress("checking");
    let layer = Layer::read(&folder).map_err(BuildError::Faults)?;
    let shipped = |file: &str| folder.get(file).unwrap_or_default().to_vec();
    let sounds =
        sounds::prepare(&layer.sounds, shipped, cache, &progress).map_err(BuildError::Sounds)?;
    progress("packing and signing");
    let files = entries(&folder, &layer, &sounds)?;
    let manifest = Manifest {
        info: layer.info,
        entries: files.iter().map(|(entry, _)| entry.clone()).collect(),
    };
    let bytes = manifest.to_bytes();
    let info = &manifest.info;
    let signature = key.sign(&bytes, info.id.as_str(), info.version);
    finished(&bytes, &[signature], &files, &[key.public()?])
}

/// Adds a signature to a verified pack, after those that it has.
///
/// # Errors
/// [`BuildError`].
pub fn sign_further(
    pack: &VerifiedPack,
    trust: &[PublicKey],
    key: &SigningPair,
) -> Result<Built, BuildError> {
    let info = pack.info();
    let mut signatures = pack.signatures().to_vec();
    signatures.push(key.sign(pack.manifest_bytes(), info.id.as_str(), info.version));
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
    let mut keys = trust.to_vec();
    keys.push(key.public()?);
    finished(pack.manifest_bytes(), &signatures, &files, &keys)
}

fn entries(
    folder: &Folder,
    layer: &Layer,
    sounds: &[Sound],
) -> Result<Vec<(Entry, Vec<u8>)>, BuildError> {
    let mut contents: BTreeMap<&str, (&[u8], Option<f32>)> = layer
        .files
        .iter()
        .map(|name| (name.as_str(), (folder.get(name).unwrap_or_default(), None)))
        .collect();
    for sound in sounds {
        contents.insert(&sound.file, (&sound.bytes, Some(sound.gain_db)));
    }
    contents
        .into_iter()
        .map(|(name, (bytes, gain))| {
            Entry::pack(name, bytes, gain).ok_or_else(|| BuildError::TooLarge(name.to_owned()))
        })
        .collect()
}

fn finished(
    manifest: &[u8],
    signatures: &[String],
    files: &[(Entry, Vec<u8>)],
    keys: &[PublicKey],
) -> Result<Built, BuildError> {
    let mut bytes = Vec::new();
    xinting_content::pack::write(&mut bytes, manifest, signatures, files)?;
    let pack = VerifiedPack::open(
        Cursor::new(bytes.clone()),
        &Trust::roots(keys.to_vec()),
        None,
    )?;
    pack.layer()?;
    Ok(Built { bytes, pack })
}
