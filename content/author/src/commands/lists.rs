//! `keys`: key lists, from a readable `keys.toml` to what a booth takes in, and the next one after it.

use super::look::printed;
use super::sign::written;
use super::{
    Failure, counted, listed, note, opened, password, roots, sentence, text_of, trusted, write,
};
use crate::arguments::TrustArguments;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use xinting_author::keys::{self, SigningPair};
use xinting_author::{build as making, lists, place};
use xinting_content::document::{Document, KEYS};
use xinting_content::trust::{Content, KeyList, Publisher};
use xinting_content::{Lang, PackId, PackKind, PublicKey, Trust};

/// How long a new list is meant for, in years.
const NEW_YEARS: i16 = 2;

pub(crate) fn keys_new(file: &Path, issuer: &str, roots: &[PathBuf]) -> Result<String, Failure> {
    let hint = "is no id; use lower-case letters, digits and hyphens";
    let issuer =
        PackId::new(issuer).ok_or_else(|| Failure::misuse(format!("“{issuer}” {hint}")))?;
    let lines = roots.iter().map(|path| {
        let key = keys::open_public(path).map_err(|error| Failure::misuse(sentence(&error)))?;
        Ok(format!("\"{}\"", key.to_base64()))
    });
    let lines = lines.collect::<Result<Vec<String>, Failure>>()?;
    let today = jiff::Zoned::now().date();
    let until = today
        .checked_add(jiff::Span::new().years(NEW_YEARS))
        .unwrap_or(today);
    let text = lists::TEMPLATE
        .replace("{issuer}", issuer.as_str())
        .replace("{version}", "1")
        .replace("{issued}", &today.to_string())
        .replace("{until}", &until.to_string())
        .replace("{roots}", &lines.join(", "));
    if file.exists() {
        let file = file.display();
        let text = format!("error: {file} is there already; name a new file");
        return Err(Failure::Refused(text));
    }
    write(file, text.as_bytes())?;
    let file = file.display();
    Ok(format!(
        "{file} is made; name the publishers in it, then: xinting-pack keys check {file}\n"
    ))
}

fn read(file: &Path) -> Result<KeyList, Failure> {
    let text = text_of(file)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.display().to_string();
    match lists::read(&name, &text, folder) {
        Ok(read) => {
            for warning in &read.warnings {
                note(&format!("warning: {}", making::line(warning)));
            }
            Ok(read.list)
        }
        Err(faults) => {
            let count = counted(faults.len(), "fault", "faults");
            Err(Failure::Refused(format!("{}\n{count}", listed(&faults))))
        }
    }
}

pub(crate) fn keys_check(file: &Path) -> Result<String, Failure> {
    let list = read(file)?;
    Ok(format!("{}nothing to correct\n", told(&list)))
}

pub(crate) fn keys_build(
    file: &Path,
    out: &Path,
    signing: &[PathBuf],
    password_file: Option<&Path>,
    after: &TrustArguments,
) -> Result<String, Failure> {
    let list = read(file)?;
    let bytes = list.to_bytes();
    let comment = list.trusted_comment();
    let mut pairs: Vec<SigningPair> = Vec::new();
    for path in signing {
        let secret = password_file.map(password).transpose()?;
        let pair = SigningPair::open(path, secret).map_err(|error| Failure::refused(&error))?;
        if pairs.iter().any(|other| other.id() == pair.id()) {
            let path = path.display();
            return Err(Failure::misuse(format!("{path} is named twice")));
        }
        pairs.push(pair);
    }
    let signatures: Vec<String> = pairs
        .iter()
        .map(|pair| pair.sign_as(&bytes, &comment))
        .collect();
    let file = written(KEYS, &bytes, &signatures)?;
    let mut text = told(&list);
    // What a booth would say: one that has the roots and lists named, or one that begins with this list.
    let before = if after.keys.is_empty() && after.lists.is_empty() {
        let publics = pairs.iter().map(SigningPair::public);
        let publics: Result<Vec<PublicKey>, _> = publics.collect();
        Trust::roots(publics.map_err(|error| Failure::refused(&error))?)
    } else {
        trusted(after)?
    };
    let verdict = match before.accept(file.as_slice()) {
        Ok(_) => "a booth takes it\n".to_owned(),
        Err(error) => {
            // Signatures may still come; anything else would never be taken.
            use xinting_content::document::DocumentError::TooFewSignatures;
            use xinting_content::trust::TrustError::{Document, TooFewNewRoots};
            match error {
                TooFewNewRoots { .. } | Document(TooFewSignatures { .. }) => {
                    format!("not complete yet: {error}\n")
                }
                other => return Err(Failure::refused(&other)),
            }
        }
    };
    place::write_whole(out, &file).map_err(|error| Failure::writing(out, &error))?;
    let ids: Vec<String> = pairs.iter().map(|pair| pair.id().to_string()).collect();
    let _ = write!(
        text,
        "{}: signed by {}\n{verdict}",
        out.display(),
        ids.join(", ")
    );
    Ok(text)
}

pub(crate) fn keys_verify(file: &Path, trust: &TrustArguments) -> Result<String, Failure> {
    let before = trusted(trust)?;
    let accepted = before.accept(opened(file)?);
    let (after, _) = accepted.map_err(|error| Failure::about(file, &error))?;
    let mut text = after.list().map(told).unwrap_or_default();
    for warning in after.warnings(Some(jiff::Zoned::now().date())) {
        note(&format!("warning: {warning}"));
    }
    text.push_str("verified: a booth takes it\n");
    Ok(text)
}

pub(crate) fn keys_show(
    file: &Path,
    trust: &TrustArguments,
    as_json: bool,
) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = opened(file)?.read_to_end(&mut bytes);
    read.map_err(|error| Failure::about(file, &error))?;
    let mut keys = roots(trust)?;
    keys.extend(trusted(trust)?.root_keys().iter().cloned());
    let document = Document::open(bytes.as_slice(), KEYS, &Trust::roots(keys));
    let document = document.map_err(|error| Failure::about(file, &error))?;
    let list = KeyList::parse(&document.bytes).map_err(|error| Failure::about(file, &error))?;
    let signers: Vec<String> = document.signers.iter().map(ToString::to_string).collect();
    if as_json {
        let held: Value = serde_json::from_slice(&document.bytes)
            .map_err(|error| Failure::about(file, &error))?;
        return printed(&json!({ "list": held, "signers": signers }));
    }
    Ok(format!("{}signed by {}\n", told(&list), signers.join(", ")))
}

/// A list in words.
fn told(list: &KeyList) -> String {
    let mut text = format!(
        "key list of {}, version {}, made on {}, meant until {}\n",
        list.issuer, list.version, list.issued, list.until
    );
    let _ = writeln!(
        text,
        "{}, {} must sign the next list:",
        counted(list.roots.len(), "root key", "root keys"),
        list.threshold
    );
    for root in &list.roots {
        let _ = writeln!(text, "  {}  {}", root.id(), root.fingerprint());
    }
    for publisher in &list.publishers {
        text.push_str(&one(publisher));
    }
    for revoked in &list.revoked {
        let _ = writeln!(text, "revoked: {} ({})", revoked.key, revoked.reason);
    }
    text
}

fn one(publisher: &Publisher) -> String {
    let packs: Vec<&str> = publisher
        .packs
        .iter()
        .map(|kind: &PackKind| kind.name())
        .collect();
    let content: Vec<&str> = publisher
        .content
        .iter()
        .map(|kind: &Content| kind.name())
        .collect();
    let mut text = format!(
        "{}: {} · {}; {} packs with {}; {} of {} must sign:\n",
        publisher.id,
        publisher.name.get(Lang::ZhCn),
        publisher.name.get(Lang::En),
        packs.join(" and "),
        content.join(", "),
        publisher.needs,
        counted(publisher.keys.len(), "key", "keys"),
    );
    for key in &publisher.keys {
        let _ = writeln!(text, "  {}  {}", key.id(), key.fingerprint());
    }
    text
}
