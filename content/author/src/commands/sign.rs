//! `keygen` and `sign`: keys, and further signatures on packs, key lists and configurations.

use super::{
    Failure, building, counted, describe, known, open, opened, password, signing_key, write,
};
use crate::arguments::{Signing, TrustArguments};
use std::io::Read;
use std::path::Path;
use xinting_author::build;
use xinting_author::keys::{self, Protection, SigningPair};
use xinting_content::document::{CONFIG, Document, KEYS};
use xinting_content::trust::KeyList;
use xinting_content::{Trust, VerifiedPack};

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
    let key = keys::generate(name, protection).map_err(|error| Failure::refused(&error))?;
    let fingerprint = key.fingerprint();
    let (id, name) = (key.id(), name.display());
    Ok(format!(
        "key {id}\nfingerprint {fingerprint}\n{name}.key signs: keep it secret, keep a copy, and keep its \
         password elsewhere\n{name}.pub goes into the district's key list; into trust/ of a booth only if it is to be a \
         root, whose one signature the booth takes for any pack; read the fingerprint out to whoever installs it\n"
    ))
}

pub(crate) fn sign(
    file: &Path,
    out: Option<&Path>,
    signing: &Signing,
    trust: &TrustArguments,
) -> Result<String, Failure> {
    let (trusted, known) = known(trust)?;
    let key = signing_key(signing, file)?;
    let out = out.unwrap_or(file);
    if let Some(name) = document_in(file)? {
        return sign_document(file, name, out, &key, &known, &trusted);
    }
    let pack = open(file, &known, None)?;
    once(file, pack.signers().contains(&key.id()), &key)?;
    let bytes = build::sign_further(&pack, &key).map_err(|error| building(&error))?;
    let mut keys = known.root_keys().to_vec();
    keys.push(key.public().map_err(|error| Failure::refused(&error))?);
    let size = bytes.len() as u64;
    let signed = VerifiedPack::open(
        std::io::Cursor::new(bytes.clone()),
        &Trust::roots(keys),
        None,
    )
    .map_err(|error| Failure::about(file, &error))?;
    write(out, &bytes)?;
    Ok(format!(
        "{}{}\n{}",
        describe::file(&signed, size),
        out.display(),
        enough(&signed, &trusted)
    ))
}

/// How many signatures the key list asks of this pack's publisher, and how many there are.
pub(super) fn enough(pack: &VerifiedPack, trusted: &Trust) -> String {
    let Some(list) = trusted.list() else {
        return String::new();
    };
    let id = &pack.info().publisher;
    let roots = list
        .roots
        .iter()
        .any(|key| pack.signers().contains(&key.id()));
    let Some(publisher) = list.publishers.iter().find(|one| one.id.as_str() == id) else {
        return if roots {
            "signed by a root key: enough\n".to_owned()
        } else {
            format!("the key list names no publisher “{id}”; have the pack signed by a root key\n")
        };
    };
    let own = publisher.keys.iter();
    let have = own.filter(|key| pack.signers().contains(&key.id())).count();
    let need = publisher.needs;
    let name = publisher.name.get(xinting_content::Lang::En);
    if roots {
        "signed by a root key: enough\n".to_owned()
    } else if have >= need {
        format!("{have} of the {need} signatures that the key list asks of {name}: enough\n")
    } else {
        let missing = counted(need - have, "more is", "more are");
        format!(
            "{have} of the {need} signatures that the key list asks of {name}: {missing} needed \
             (xinting-pack sign)\n"
        )
    }
}

fn once(file: &Path, signed: bool, key: &SigningPair) -> Result<(), Failure> {
    if signed {
        let (file, id) = (file.display(), key.id());
        return Err(Failure::Refused(format!(
            "error: {file} is signed by {id} already"
        )));
    }
    Ok(())
}

/// Which signed document a file holds; `None` for a pack and anything else.
pub(super) fn document_in(file: &Path) -> Result<Option<&'static str>, Failure> {
    let mut begin = Vec::new();
    // The first header of a ZIP and the longest of the names.
    let read = opened(file)?.take(30 + 13).read_to_end(&mut begin);
    read.map_err(|error| Failure::about(file, &error))?;
    let name = begin.get(30..).unwrap_or_default();
    let known = [KEYS, CONFIG];
    Ok(known
        .into_iter()
        .find(|known| name.starts_with(known.as_bytes())))
}

fn sign_document(
    file: &Path,
    name: &'static str,
    out: &Path,
    key: &SigningPair,
    known: &Trust,
    trusted: &Trust,
) -> Result<String, Failure> {
    let document = Document::open(opened(file)?, name, known);
    let document = document.map_err(|error| Failure::about(file, &error))?;
    once(file, document.signers.contains(&key.id()), key)?;
    let mut signatures = document.signatures.clone();
    signatures.push(key.sign_as(&document.bytes, &document.comment));
    let bytes = written(name, &document.bytes, &signatures)?;
    write(out, &bytes)?;
    let mut signers = document.signers.clone();
    signers.push(key.id());
    let need = match KeyList::parse(&document.bytes) {
        Ok(list) if name == KEYS => list.threshold.max(trusted.threshold()),
        _ => trusted.threshold(),
    };
    let ids: Vec<String> = signers.iter().map(ToString::to_string).collect();
    Ok(format!(
        "{}: signed by {}\n{}",
        out.display(),
        ids.join(", "),
        if signers.len() < need {
            format!(
                "{} of {need} roots; have another sign it (xinting-pack sign)\n",
                signers.len()
            )
        } else {
            String::new()
        }
    ))
}

/// The bytes of a signed document's file.
pub(super) fn written(name: &str, bytes: &[u8], signatures: &[String]) -> Result<Vec<u8>, Failure> {
    let mut file = Vec::new();
    Document::write(&mut file, name, bytes, signatures).map_err(|_| {
        let text = "error: the document or its signatures are more than a file of this kind holds";
        Failure::Refused(text.to_owned())
    })?;
    Ok(file)
}
