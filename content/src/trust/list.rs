//! The key list itself: `keys.json`, its rules, and its one way of being written.
//!
//! Reading one trusts nobody: only `Trust::accept` puts a list in force.

use crate::id::PackId;
use crate::layer::PackKind;
use crate::pack::{KeyId, MOST_SIGNATURES, PublicKey};
use crate::text::{Lang, Text, is_one_line};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What every key list begins with.
pub const DOMAIN: &str = "xinting-key-list";

/// The only format there is so far.
pub const FORMAT: u32 = 1;

/// Most publishers of a list.
pub const MOST_PUBLISHERS: usize = 2_048;

/// Most revoked keys of a list.
pub const MOST_REVOKED: usize = 4_096;

/// Longest name of a publisher and longest reason, in characters.
pub const LONGEST_WORDS: usize = 200;

/// What a publisher may put into a pack, by the folder or the name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// `instruments/`.
    Instruments,
    /// `articles/`.
    Articles,
    /// `practices/`.
    Practices,
    /// `beds/`.
    Beds,
    /// `sounds/`.
    Sounds,
    /// `hotlines.toml`.
    Hotlines,
    /// `support.toml`.
    Support,
    /// `counsellor.toml`.
    Counsellor,
    /// `calendar.toml`.
    Calendar,
}

impl Content {
    /// Every kind, in the order of the list's format.
    pub const ALL: [Content; 9] = [
        Content::Instruments,
        Content::Articles,
        Content::Practices,
        Content::Beds,
        Content::Sounds,
        Content::Hotlines,
        Content::Support,
        Content::Counsellor,
        Content::Calendar,
    ];

    /// Its name in key lists.
    pub fn name(self) -> &'static str {
        match self {
            Content::Instruments => "instruments",
            Content::Articles => "articles",
            Content::Practices => "practices",
            Content::Beds => "beds",
            Content::Sounds => "sounds",
            Content::Hotlines => "hotlines",
            Content::Support => "support",
            Content::Counsellor => "counsellor",
            Content::Calendar => "calendar",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Content> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind that a file of a pack belongs to; `None` for `pack.toml`, and for what no pack has.
    pub fn of(path: &str) -> Option<Content> {
        match path.split_once('/') {
            Some((folder, _)) => {
                use Content::{Articles, Beds, Instruments, Practices, Sounds};
                let folders = [Instruments, Articles, Practices, Beds, Sounds];
                folders.into_iter().find(|kind| kind.name() == folder)
            }
            None => {
                use Content::{Calendar, Counsellor, Hotlines, Support};
                let files = [Hotlines, Support, Counsellor, Calendar];
                let name = path.strip_suffix(".toml")?;
                files.into_iter().find(|kind| kind.name() == name)
            }
        }
    }
}

/// Somebody who may publish packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// The id that packs name.
    pub id: PackId,
    /// What people call them.
    pub name: Text,
    /// Their keys.
    pub keys: Vec<PublicKey>,
    /// How many of the keys must sign a pack.
    pub needs: usize,
    /// The kinds of pack they may publish.
    pub packs: Vec<PackKind>,
    /// What may be in these.
    pub content: Vec<Content>,
}

/// A key that counts nowhere any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its id.
    pub key: KeyId,
    /// Why, for people.
    pub reason: String,
}

/// A key list that keeps all the rules of [`KeyList::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyList {
    /// Who issues it: an id that never changes.
    pub issuer: PackId,
    /// Rises with every list.
    pub version: u64,
    /// When it was made. Only warns.
    pub issued: Date,
    /// The last day it is meant for. Only warns.
    pub until: Date,
    /// The root keys from now on.
    pub roots: Vec<PublicKey>,
    /// How many of them must sign the next list.
    pub threshold: usize,
    /// Who may publish packs.
    pub publishers: Vec<Publisher>,
    /// Keys that count nowhere.
    pub revoked: Vec<Revocation>,
}

/// Why the text of a key list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// It does not keep the rules.
    #[error("the key list is badly made: {what}; have its keeper correct it and sign it again")]
    BadlyMade {
        /// What is wrong.
        what: String,
    },
    /// Made for a later app.
    #[error(
        "the key list is of format {format}, and this app reads {FORMAT}; update the booth first"
    )]
    Newer {
        /// Its format.
        format: u32,
    },
}

#[derive(Deserialize)]
struct RawHead {
    domain: String,
    format: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    domain: String,
    format: u32,
    issuer: String,
    version: u64,
    issued: String,
    until: String,
    roots: Vec<String>,
    threshold: usize,
    publishers: Vec<RawPublisher>,
    revoked: Vec<RawRevocation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPublisher {
    id: String,
    name: RawName,
    keys: Vec<String>,
    needs: usize,
    packs: Vec<String>,
    content: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawName {
    #[serde(rename = "zh-CN")]
    zh: String,
    en: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRevocation {
    key: String,
    reason: String,
}

impl KeyList {
    /// What its signatures carry as trusted comment.
    pub fn trusted_comment(&self) -> String {
        format!("keys {} version {}", self.issuer, self.version)
    }

    /// The bytes to be signed: the same list always gives the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let publisher = |publisher: &Publisher| RawPublisher {
            id: publisher.id.as_str().to_owned(),
            name: RawName {
                zh: publisher.name.get(Lang::ZhCn).to_owned(),
                en: publisher.name.get(Lang::En).to_owned(),
            },
            keys: publisher.keys.iter().map(PublicKey::to_base64).collect(),
            needs: publisher.needs,
            packs: names(&publisher.packs, PackKind::name),
            content: names(&publisher.content, Content::name),
        };
        let revocation = |revoked: &Revocation| RawRevocation {
            key: revoked.key.to_string(),
            reason: revoked.reason.clone(),
        };
        let raw = RawList {
            domain: DOMAIN.to_owned(),
            format: FORMAT,
            issuer: self.issuer.as_str().to_owned(),
            version: self.version,
            issued: self.issued.to_string(),
            until: self.until.to_string(),
            roots: self.roots.iter().map(PublicKey::to_base64).collect(),
            threshold: self.threshold,
            publishers: self.publishers.iter().map(publisher).collect(),
            revoked: self.revoked.iter().map(revocation).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&raw)
            .expect("invariant: strings and numbers always become JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Reads the bytes of `keys.json`, for whoever writes one. It trusts nobody: a booth takes lists in
    /// by `Trust::accept`.
    ///
    /// Ids of publishers are unique; every key is named once in the whole list, and none of them is
    /// revoked; thresholds lie between 1 and the number of keys.
    ///
    /// # Errors
    /// [`ListError`].
    pub fn parse(bytes: &[u8]) -> Result<KeyList, ListError> {
        let unreadable =
            |error: serde_json::Error| badly(format!("keys.json cannot be read ({error})"));
        let head: RawHead = serde_json::from_slice(bytes).map_err(unreadable)?;
        if head.domain != DOMAIN {
            return Err(badly("what was signed is not a key list".to_owned()));
        }
        if head.format != FORMAT {
            let format = head.format;
            return Err(ListError::Newer { format });
        }
        let raw: RawList = serde_json::from_slice(bytes).map_err(unreadable)?;
        let domain_first = bytes
            .iter()
            .position(|&byte| byte == b'"')
            .is_some_and(|at| bytes[at..].starts_with(b"\"domain\""));
        if !domain_first {
            return Err(badly("it does not begin with the domain".to_owned()));
        }
        let list = KeyList::from_raw(&raw)?;
        list.check()?;
        Ok(list)
    }

    fn from_raw(raw: &RawList) -> Result<KeyList, ListError> {
        most(raw.publishers.len(), MOST_PUBLISHERS, "publishers")?;
        most(raw.revoked.len(), MOST_REVOKED, "revoked keys")?;
        Ok(KeyList {
            issuer: id(&raw.issuer, "issuer")?,
            version: raw.version,
            issued: date(&raw.issued, "issued")?,
            until: date(&raw.until, "until")?,
            roots: keys(&raw.roots, "roots")?,
            threshold: raw.threshold,
            publishers: collect(&raw.publishers, Publisher::from_raw)?,
            revoked: collect(&raw.revoked, Revocation::from_raw)?,
        })
    }

    /// What must hold between the parts.
    fn check(&self) -> Result<(), ListError> {
        if self.version == 0 || self.version > u64::from(u32::MAX) {
            let what = format!("version {} is not between 1 and {}", self.version, u32::MAX);
            return Err(badly(what));
        }
        threshold("threshold", self.threshold, self.roots.len())?;
        let mut ids: Vec<&PackId> = self.publishers.iter().map(|p| &p.id).collect();
        ids.sort_unstable();
        if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(badly(format!("the publisher “{}” stands twice", pair[0])));
        }
        for publisher in &self.publishers {
            let id = &publisher.id;
            threshold(
                &format!("needs of “{id}”"),
                publisher.needs,
                publisher.keys.len(),
            )?;
            unique(&publisher.packs, PackKind::name, id, "packs")?;
            unique(&publisher.content, Content::name, id, "content")?;
        }
        self.check_keys()
    }

    /// Every key, and every id of one, stands once.
    fn check_keys(&self) -> Result<(), ListError> {
        let roots = self.roots.iter();
        let theirs = self.publishers.iter().flat_map(|p| &p.keys);
        let named: Vec<&PublicKey> = roots.chain(theirs).collect();
        let mut bytes: Vec<(&[u8; 32], KeyId)> =
            named.iter().map(|key| (key.bytes(), key.id())).collect();
        bytes.sort_unstable();
        if let Some(pair) = bytes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(badly(format!("the key {} stands twice", pair[1].1)));
        }
        let revoked = self.revoked.iter().map(|revoked| revoked.key);
        let mut ids: Vec<(KeyId, bool)> = named
            .iter()
            .map(|key| (key.id(), false))
            .chain(revoked.map(|id| (id, true)))
            .collect();
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            None => Ok(()),
            Some(pair) => Err(badly(match (pair[0].1, pair[1].1) {
                (false, false) => format!("two keys are called {}", pair[0].0),
                (true, true) => format!("the key {} is revoked twice", pair[0].0),
                _ => format!("the key {} is revoked, and yet named", pair[0].0),
            })),
        }
    }
}

impl Publisher {
    fn from_raw(raw: &RawPublisher) -> Result<Publisher, ListError> {
        let id = id(&raw.id, "publishers.id")?;
        let named = |key: &str| format!("{key} of “{id}”");
        let words = |text: &str| is_one_line(text, LONGEST_WORDS);
        let name = Text::new(raw.name.zh.clone(), raw.name.en.clone())
            .filter(|name| words(name.get(Lang::ZhCn)) && words(name.get(Lang::En)))
            .ok_or_else(|| {
                badly(format!(
                    "the {} is blank, too long or not plain",
                    named("name")
                ))
            })?;
        Ok(Publisher {
            name,
            keys: keys(&raw.keys, &named("keys"))?,
            needs: raw.needs,
            packs: known(&raw.packs, PackKind::from_name, &named("packs"))?,
            content: known(&raw.content, Content::from_name, &named("content"))?,
            id,
        })
    }
}

impl Revocation {
    fn from_raw(raw: &RawRevocation) -> Result<Revocation, ListError> {
        let key = KeyId::parse(&raw.key)
            .ok_or_else(|| badly(format!("“{}” is no key id", raw.key.escape_default())))?;
        if !is_one_line(&raw.reason, LONGEST_WORDS) {
            let what = format!("the reason for revoking {key} is blank, too long or not plain");
            return Err(badly(what));
        }
        Ok(Revocation {
            key,
            reason: raw.reason.clone(),
        })
    }
}

fn badly(what: String) -> ListError {
    ListError::BadlyMade { what }
}

fn names<T: Copy>(kinds: &[T], name: fn(T) -> &'static str) -> Vec<String> {
    kinds.iter().map(|kind| name(*kind).to_owned()).collect()
}

fn collect<R, T>(raw: &[R], read: fn(&R) -> Result<T, ListError>) -> Result<Vec<T>, ListError> {
    raw.iter().map(read).collect()
}

fn most(found: usize, most: usize, what: &str) -> Result<(), ListError> {
    if found > most {
        return Err(badly(format!("{found} {what}, and {most} are the most")));
    }
    Ok(())
}

fn threshold(key: &str, needed: usize, keys: usize) -> Result<(), ListError> {
    if !(1..=keys).contains(&needed) {
        let what = format!("{key} is {needed}, and there are {keys} keys");
        return Err(badly(what));
    }
    Ok(())
}

fn unique<T: Copy + PartialEq>(
    kinds: &[T],
    name: fn(T) -> &'static str,
    publisher: &PackId,
    key: &str,
) -> Result<(), ListError> {
    if kinds.is_empty() {
        return Err(badly(format!("{key} of “{publisher}” is empty")));
    }
    for (place, kind) in kinds.iter().enumerate() {
        if kinds[..place].contains(kind) {
            let name = name(*kind);
            return Err(badly(format!("{key} of “{publisher}” says {name} twice")));
        }
    }
    Ok(())
}

fn id(text: &str, key: &str) -> Result<PackId, ListError> {
    let bad = || badly(format!("{key} “{}” is no id", text.escape_default()));
    PackId::new(text).ok_or_else(bad)
}

/// A date in its one spelling, `2026-11-01`.
fn date(text: &str, key: &str) -> Result<Date, ListError> {
    let date = text.parse::<Date>().ok();
    date.filter(|date| date.to_string() == text)
        .ok_or_else(|| badly(format!("{key} “{}” is no date", text.escape_default())))
}

fn known<T>(
    texts: &[String],
    from_name: fn(&str) -> Option<T>,
    key: &str,
) -> Result<Vec<T>, ListError> {
    let read = |text: &String| {
        let bad = || badly(format!("{key} says “{}”", text.escape_default()));
        from_name(text).ok_or_else(bad)
    };
    texts.iter().map(read).collect()
}

fn keys(texts: &[String], key: &str) -> Result<Vec<PublicKey>, ListError> {
    most(texts.len(), MOST_SIGNATURES, key)?;
    let read = |text: &String| {
        PublicKey::parse(text)
            .ok()
            .filter(|key| key.to_base64() == *text)
            .ok_or_else(|| badly(format!("{key} holds what is no public key")))
    };
    texts.iter().map(read).collect()
}
