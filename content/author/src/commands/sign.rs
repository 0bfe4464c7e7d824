//! `keygen` and `sign`: keys, and further signatures on packs, key lists and configurations.

use super::standing::{Standing, dropped, verdict_on_config, verdict_on_list};
use super::{
    Failure, Kind, building, counted, describe, kind_of, note, password, secret, signing_key, write,
};
use crate::arguments::{Signing, TrustArguments};
use std::io::Cursor;
use std::path::Path;
use xinting_author::build;
use xinting_author::keys::{self, Protection, SigningPair};
use xinting_content::document::{CONFIG, Document, DocumentError, KEYS};
use xinting_content::pack::PackError;
use xinting_content::{Trust, VerifiedPack};

pub(crate) fn keygen(
    name: &Path,
    no_password: bool,
    password_file: Option<&Path>,
) -> Result<String, Failure> {
    let Some(name) = keys::stem(name) else {
        let name = name.display();
        return Err(Failure::misuse(format!(
            "{name} names no key; write a folder and a name, as {}",
            Path::new(&name.to_string()).join("our-school").display()
        )));
    };
    let protection = match (no_password, password_file) {
        (true, _) => Protection::None,
        (false, Some(file)) => Protection::Password(password(file)?),
        (false, None) => Protection::Ask,
    };
    let key = keys::generate(&name, protection).map_err(|error| secret(&error))?;
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
    let standing = Standing::of(trust)?;
    let key = signing_key(signing, file)?;
    let out = out.unwrap_or(file);
    match kind_of(file)? {
        Some(Kind::List) => sign_list(file, out, &key, &standing),
        Some(Kind::Config) => sign_config(file, out, &key, &standing),
        Some(Kind::Pack) | None => sign_pack(file, out, &key, &standing),
    }
}

fn sign_pack(
    file: &Path,
    out: &Path,
    key: &SigningPair,
    standing: &Standing,
) -> Result<String, Failure> {
    let pack = standing.pack(file)?;
    once(file, pack.signers().contains(&key.id()), key)?;
    let unknown = standing.admits_to_pack(file, &pack, key)?;
    let bytes = build::sign_further(&pack, key).map_err(|error| building(&error))?;
    // As a booth would see it; only further signatures may still be missing.
    let signed = match (
        VerifiedPack::open(Cursor::new(bytes.clone()), &standing.trusted, None),
        &unknown,
    ) {
        (Ok(signed), _) => signed,
        (Err(PackError::TooFewSignatures { .. }), _) | (Err(_), Some(_)) => {
            reopened(file, &pack, &bytes, key, standing)?
        }
        (Err(error), None) => return Err(Failure::about(file, &error)),
    };
    write(out, &bytes)?;
    unknown.iter().for_each(|text| note(text));
    Ok(format!(
        "{}{}\n{}",
        describe::file(&signed, bytes.len() as u64),
        out.display(),
        enough(&signed, &standing.trusted)
    ))
}

/// The pack as signed, whoever of its signers is known to a booth: each signature verifies.
fn reopened(
    file: &Path,
    pack: &VerifiedPack,
    bytes: &[u8],
    key: &SigningPair,
    standing: &Standing,
) -> Result<VerifiedPack, Failure> {
    let mut keys = standing.trusted.root_keys().to_vec();
    let publishers = standing.trusted.list().into_iter();
    let publishers = publishers.flat_map(|list| &list.publishers);
    keys.extend(publishers.flat_map(|publisher| publisher.keys.iter().cloned()));
    keys.retain(|known| pack.signers().contains(&known.id()));
    keys.push(key.public().map_err(|error| Failure::refused(&error))?);
    let signed = VerifiedPack::open(Cursor::new(bytes.to_vec()), &Trust::roots(keys), None);
    signed.map_err(|error| Failure::about(file, &error))
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

fn sign_list(
    file: &Path,
    out: &Path,
    key: &SigningPair,
    standing: &Standing,
) -> Result<String, Failure> {
    let (document, list) = standing.list(file, false)?;
    once(file, document.signers.contains(&key.id()), key)?;
    let unknown = standing.admits_to_list(file, &list, key)?;
    let bytes = with_signature(KEYS, &document, key)?;
    let verdict = match &unknown {
        None => verdict_on_list(file, &standing.trusted, &bytes)?,
        Some(_) => String::new(),
    };
    write(out, &bytes)?;
    unknown.iter().for_each(|text| note(text));
    for revoked in dropped(&standing.trusted, &list) {
        note(&format!(
            "warning: {} is revoked by the list before it ({}), and no more by this one",
            revoked.key, revoked.reason
        ));
    }
    Ok(told(out, &document, key, &verdict))
}

fn sign_config(
    file: &Path,
    out: &Path,
    key: &SigningPair,
    standing: &Standing,
) -> Result<String, Failure> {
    let document = standing.config(file)?;
    once(file, document.signers.contains(&key.id()), key)?;
    let unknown = standing.admits_to_config(file, key)?;
    let bytes = with_signature(CONFIG, &document, key)?;
    let mut signed = document.clone();
    signed.signers.push(key.id());
    let verdict = match &unknown {
        None => {
            match Document::open(bytes.as_slice(), CONFIG, &standing.trusted) {
                Ok(_) | Err(DocumentError::TooFewSignatures { .. }) => {}
                Err(error) => return Err(Failure::about(file, &error)),
            }
            verdict_on_config(&standing.trusted, &signed)
        }
        Some(_) => String::new(),
    };
    write(out, &bytes)?;
    unknown.iter().for_each(|text| note(text));
    Ok(told(out, &document, key, &verdict))
}

fn told(out: &Path, document: &Document, key: &SigningPair, verdict: &str) -> String {
    let mut ids: Vec<String> = document.signers.iter().map(ToString::to_string).collect();
    ids.push(key.id().to_string());
    format!("{}: signed by {}\n{verdict}", out.display(), ids.join(", "))
}

/// The file of a document with a signature more, which is read back by itself before anybody gets it; the
/// others stand there as they were verified.
fn with_signature(name: &str, document: &Document, key: &SigningPair) -> Result<Vec<u8>, Failure> {
    let signature = key.sign_as(&document.bytes, &document.comment);
    let alone = written(name, &document.bytes, std::slice::from_ref(&signature))?;
    let public = key.public().map_err(|error| Failure::refused(&error))?;
    Document::open(alone.as_slice(), name, &Trust::roots(vec![public]))
        .map_err(|error| Failure::refused(&error))?;
    let mut signatures = document.signatures.clone();
    signatures.push(signature);
    written(name, &document.bytes, &signatures)
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
