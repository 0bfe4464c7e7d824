//! `keys`: key lists, from a readable `keys.toml` to what a booth takes in, and the next one after it.

use super::look::printed;
use super::sign::written;
use super::standing::{Standing, dropped, verdict_on_list};
use super::{
    Failure, Kind, counted, expected, followed, here, listed, note, opened, roots, sentence,
    signing_keys, text_of, trusted, write,
};
use crate::arguments::TrustArguments;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use xinting_author::keys::{self, SigningPair};
use xinting_author::{build as making, lists};
use xinting_content::document::KEYS;
use xinting_content::pack::KeyId;
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
    let_go: &[String],
    after: &TrustArguments,
) -> Result<String, Failure> {
    let list = read(file)?;
    let let_go = let_go.iter().map(|id| {
        let text = format!("“{id}” is no key id; write it as the list does, 16 digits and letters");
        KeyId::parse(id).ok_or_else(|| Failure::misuse(text))
    });
    let let_go = let_go.collect::<Result<Vec<KeyId>, Failure>>()?;
    let bytes = list.to_bytes();
    let comment = list.trusted_comment();
    let pairs = signing_keys(signing, password_file)?;
    let publics = pairs.iter().map(SigningPair::public);
    let publics: Result<Vec<PublicKey>, _> = publics.collect();
    let publics = publics.map_err(|error| Failure::refused(&error))?;
    let signatures: Vec<String> = pairs
        .iter()
        .map(|pair| pair.sign_as(&bytes, &comment))
        .collect();
    let built = written(KEYS, &bytes, &signatures)?;
    let mut text = told(&list);
    // What a booth would say: one that has the roots and lists named, or one that begins with this list.
    let before = if after.keys.is_empty() && after.lists.is_empty() {
        have_a_part(file, &list, &[], &publics)?;
        Trust::roots(publics.clone())
    } else if after.keys.is_empty() {
        // Whoever holds the secret half needs nobody to vouch for the public one.
        let mut known = publics.clone();
        known.extend(
            here()
                .map(|_| roots(after))
                .transpose()?
                .into_iter()
                .flatten(),
        );
        followed(Trust::roots(known), &after.lists)?
    } else {
        trusted(after)?
    };
    have_a_part(file, &list, before.root_keys(), &publics)?;
    carried_on(file, &before, &list, &let_go)?;
    if list.version > 1 && after.lists.is_empty() {
        note(&format!(
            "warning: this is version {}, and the list before it was not named (--keys), so nobody looked whether \
             its revocations are carried on and whether booths that have it take this one",
            list.version
        ));
    }
    let verdict = verdict_on_list(file, &before, &built)?;
    write(out, &built)?;
    let ids: Vec<String> = pairs.iter().map(|pair| pair.id().to_string()).collect();
    let _ = write!(
        text,
        "{}: signed by {}\n{verdict}",
        out.display(),
        ids.join(", ")
    );
    Ok(text)
}

/// A list is signed by roots in force before it and by roots that it names: with anybody else's signature no
/// booth ever takes it.
fn have_a_part(
    file: &Path,
    list: &KeyList,
    in_force: &[PublicKey],
    keys: &[PublicKey],
) -> Result<(), Failure> {
    let known = in_force.iter().chain(&list.roots);
    match keys
        .iter()
        .find(|key| !known.clone().any(|root| root == *key))
    {
        None => Ok(()),
        Some(key) => {
            let (file, id) = (file.display(), key.id());
            Err(Failure::Refused(format!(
                "error: {file} does not name the key {id} as a root, so its signature would make the list good for \
                 nobody; sign with a root that it names, or, if the key is a root before it, say so with --trust \
                 ROOT.pub and --keys LIST"
            )))
        }
    }
}

/// A revocation holds for as long as the key exists anywhere, and only its keeper can know that.
fn carried_on(
    file: &Path,
    before: &Trust,
    list: &KeyList,
    let_go: &[KeyId],
) -> Result<(), Failure> {
    let gone = dropped(before, list);
    let kept = gone.iter().filter(|gone| !let_go.contains(&gone.key));
    let lines: Vec<String> = kept
        .map(|gone| {
            // As TOML spells them, whatever the reason holds.
            let reason = toml::Value::String(gone.reason.clone());
            format!("[[revoked]]\nkey = \"{}\"\nreason = {reason}\n", gone.key)
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "error: {} no longer revokes {} that the list before it revokes, and what was signed with it would be good \
         again; put this back:\n\n{}\nor, if no copy of the key exists anywhere any more, say so with \
         --drop-revocation and its id",
        file.display(),
        counted(lines.len(), "key", "keys"),
        lines.join("\n")
    )))
}

pub(crate) fn keys_verify(file: &Path, trust: &TrustArguments) -> Result<String, Failure> {
    let before = trusted(trust)?;
    expected(file, Kind::List)?;
    let accepted = before.accept(opened(file)?);
    let (after, _) = accepted.map_err(|error| Failure::about(file, &error))?;
    let mut text = after.list().map(told).unwrap_or_default();
    for warning in after.warnings(Some(jiff::Zoned::now().date())) {
        note(&format!("warning: {warning}"));
    }
    for revoked in after
        .list()
        .map(|list| dropped(&before, list))
        .unwrap_or_default()
    {
        note(&format!(
            "warning: the list before it revokes the key {} ({}), and this one does not",
            revoked.key, revoked.reason
        ));
    }
    text.push_str("verified: a booth takes it\n");
    Ok(text)
}

pub(crate) fn keys_show(
    file: &Path,
    trust: &TrustArguments,
    as_json: bool,
) -> Result<String, Failure> {
    let (document, list) = Standing::of(trust)?.list(file, true)?;
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
