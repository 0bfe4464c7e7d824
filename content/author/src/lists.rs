//! Key lists as their keeper writes them: `keys.toml`, read with every fault at once.
//!
//! Not here: what a list puts in force (`xinting_content::trust`) and signing it (`keys`).

use crate::keys;
use jiff::civil::Date;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;
use xinting_content::layer::read_toml;
use xinting_content::pack::KeyId;
use xinting_content::trust::{Content, KeyList, Publisher, Revocation};
use xinting_content::{Fault, PackId, PackKind, PublicKey, Text};

/// What a list that has not been changed yet looks like.
pub const TEMPLATE: &str = include_str!("../templates/keys.toml");

/// Days between a list's date and its last day above which somebody should ask why.
const LONGEST_DAYS: i32 = 5 * 366;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    issuer: Spanned<String>,
    version: Spanned<u64>,
    issued: Spanned<String>,
    until: Spanned<String>,
    roots: Vec<Spanned<String>>,
    threshold: Spanned<usize>,
    #[serde(default)]
    publisher: Vec<Spanned<RawPublisher>>,
    #[serde(default)]
    revoked: Vec<RawRevoked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPublisher {
    id: Spanned<String>,
    name: RawName,
    keys: Vec<Spanned<String>>,
    needs: Spanned<usize>,
    packs: Vec<Spanned<String>>,
    content: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawName {
    zh: Spanned<String>,
    en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRevoked {
    key: Spanned<String>,
    reason: Spanned<String>,
}

/// A list as read, and what its keeper may want to look at.
pub struct Read {
    /// The list.
    pub list: KeyList,
    /// What is allowed and unwise.
    pub warnings: Vec<Fault>,
}

/// Reads a list. `file` is its name for people, `folder` where the key files lie that it names.
///
/// # Errors
/// Every fault.
pub fn read(file: &str, text: &str, folder: &Path) -> Result<Read, Vec<Fault>> {
    let (raw, faults) = read_toml::<RawList>(file, text);
    let mut sheet = Sheet {
        file,
        text,
        folder,
        faults,
        warnings: Vec::new(),
    };
    let list = raw.as_ref().and_then(|raw| sheet.list(raw));
    let Some(list) = list.filter(|_| sheet.faults.is_empty()) else {
        return Err(sheet.faults);
    };
    // The reader of booths has the last word.
    if let Err(error) = KeyList::parse(&list.to_bytes()) {
        let text = error.to_string();
        let what = text
            .trim_start_matches("the key list is badly made: ")
            .split("; ")
            .next()
            .unwrap_or_default()
            .to_owned();
        return Err(vec![Fault {
            file: file.to_owned(),
            line: None,
            column: None,
            key: String::new(),
            what,
            remedy: "correct the list".to_owned(),
        }]);
    }
    if let Some(raw) = &raw {
        sheet.unwise(raw, &list);
    }
    Ok(Read {
        list,
        warnings: sheet.warnings,
    })
}

struct Sheet<'a> {
    file: &'a str,
    text: &'a str,
    folder: &'a Path,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl Sheet<'_> {
    fn at(&mut self, offset: usize, key: &str, what: String, remedy: &str) {
        if offset <= self.text.len() {
            let fault = Fault::at_offset(self.file, self.text, offset, key, what, remedy);
            self.faults.push(fault);
        }
    }

    fn warn(&mut self, offset: usize, key: &str, what: String, remedy: &str) {
        let fault = Fault::at_offset(self.file, self.text, offset, key, what, remedy);
        self.warnings.push(fault);
    }

    fn list(&mut self, raw: &RawList) -> Option<KeyList> {
        let issuer = self.id(&raw.issuer, "issuer");
        let issued = self.date(&raw.issued, "issued");
        let until = self.date(&raw.until, "until");
        if let (Some(issued), Some(until)) = (issued, until)
            && until < issued
        {
            let what = format!("it ends on {until}, before it begins");
            self.at(raw.until.span().start, "until", what, "write a later day");
        }
        let version = *raw.version.get_ref();
        if version == 0 || version > u64::from(u32::MAX) {
            let what = format!("{version} is no version");
            let remedy = "begin with 1 and add 1 with every list";
            self.at(raw.version.span().start, "version", what, remedy);
        }
        let roots = self.keys(&raw.roots, "roots");
        let at = raw.threshold.span().start;
        self.needed(at, "threshold", *raw.threshold.get_ref(), raw.roots.len());
        let publishers: Vec<Publisher> = raw
            .publisher
            .iter()
            .filter_map(|raw| self.publisher(raw.get_ref()))
            .collect();
        let revoked: Vec<Revocation> = raw
            .revoked
            .iter()
            .filter_map(|raw| self.revoked(raw))
            .collect();
        Some(KeyList {
            issuer: issuer?,
            version,
            issued: issued?,
            until: until?,
            roots,
            threshold: *raw.threshold.get_ref(),
            publishers,
            revoked,
        })
    }

    fn publisher(&mut self, raw: &RawPublisher) -> Option<Publisher> {
        let id = self.id(&raw.id, "publisher.id");
        let name = Text::new(raw.name.zh.get_ref(), raw.name.en.get_ref());
        if name.is_none() {
            let blank = if raw.name.zh.get_ref().trim().is_empty() {
                &raw.name.zh
            } else {
                &raw.name.en
            };
            let what = "the name is blank".to_owned();
            self.at(
                blank.span().start,
                "publisher.name",
                what,
                "write it in both languages",
            );
        }
        let keys = self.keys(&raw.keys, "publisher.keys");
        let at = raw.needs.span().start;
        self.needed(at, "publisher.needs", *raw.needs.get_ref(), raw.keys.len());
        let id_at = raw.id.span().start;
        let packs = self.known(
            &raw.packs,
            id_at,
            "publisher.packs",
            PackKind::from_name,
            "starter, district, school",
        );
        let names = Content::ALL.map(Content::name).join(", ");
        let content = self.known(
            &raw.content,
            id_at,
            "publisher.content",
            Content::from_name,
            &names,
        );
        Some(Publisher {
            id: id?,
            name: name?,
            keys,
            needs: *raw.needs.get_ref(),
            packs,
            content,
        })
    }

    fn revoked(&mut self, raw: &RawRevoked) -> Option<Revocation> {
        let reason = raw.reason.get_ref().trim();
        if reason.is_empty() {
            let what = "nobody will know why".to_owned();
            let remedy = "write the reason in a few words";
            self.at(raw.reason.span().start, "revoked.reason", what, remedy);
        }
        let name = raw.key.get_ref();
        let key = if let Some(id) = KeyId::parse(name) {
            Some(id)
        } else {
            self.key(&raw.key, "revoked.key").map(|key| key.id())
        };
        Some(Revocation {
            key: key?,
            reason: reason.to_owned(),
        })
    }

    fn id(&mut self, raw: &Spanned<String>, key: &str) -> Option<PackId> {
        let id = PackId::new(raw.get_ref());
        if id.is_none() {
            let what = format!("“{}” is not an id", raw.get_ref());
            let remedy = "use lower-case letters, digits and hyphens";
            self.at(raw.span().start, key, what, remedy);
        }
        id
    }

    fn date(&mut self, raw: &Spanned<String>, key: &str) -> Option<Date> {
        let text = raw.get_ref();
        let date = text.parse::<Date>().ok();
        let date = date.filter(|date| date.to_string() == *text);
        if date.is_none() {
            let what = format!("“{text}” is no date");
            self.at(raw.span().start, key, what, "write it as 2026-11-01");
        }
        date
    }

    /// A key as a file beside the list, or as the line of base64 that stands in such a file.
    fn key(&mut self, raw: &Spanned<String>, key: &str) -> Option<PublicKey> {
        let name = raw.get_ref();
        let read = if name.ends_with(".pub") {
            keys::open_public(&self.folder.join(name)).map_err(|error| error.to_string())
        } else {
            PublicKey::parse(name).map_err(|_| format!("“{name}” is no public key"))
        };
        match read {
            Ok(public) => Some(public),
            Err(what) => {
                let what = what.split("; ").next().unwrap_or_default().to_owned();
                let remedy = "name the .pub file (beside this list), or write its second line here";
                self.at(raw.span().start, key, what, remedy);
                None
            }
        }
    }

    fn keys(&mut self, raw: &[Spanned<String>], key: &str) -> Vec<PublicKey> {
        let mut keys: Vec<PublicKey> = Vec::new();
        for name in raw {
            let Some(public) = self.key(name, key) else {
                continue;
            };
            if keys.contains(&public) {
                let what = format!("“{}” stands there twice", name.get_ref());
                self.at(name.span().start, key, what, "name each key once");
            }
            keys.push(public);
        }
        keys
    }

    fn needed(&mut self, at: usize, key: &str, needed: usize, keys: usize) {
        if !(1..=keys).contains(&needed) {
            let what = format!("{needed} must sign, and there are {keys} keys");
            self.at(at, key, what, "choose a number from 1 to that of the keys");
        }
    }

    fn known<T: PartialEq>(
        &mut self,
        raw: &[Spanned<String>],
        at: usize,
        key: &str,
        from_name: fn(&str) -> Option<T>,
        names: &str,
    ) -> Vec<T> {
        let mut known = Vec::new();
        if raw.is_empty() {
            self.at(
                at,
                key,
                "the list is empty".to_owned(),
                &format!("use some of {names}"),
            );
        }
        for name in raw {
            match from_name(name.get_ref()) {
                Some(one) if !known.contains(&one) => known.push(one),
                Some(_) => {
                    let what = format!("“{}” stands there twice", name.get_ref());
                    self.at(name.span().start, key, what, "write it once");
                }
                None => {
                    let what = format!("“{}” is not known here", name.get_ref());
                    self.at(
                        name.span().start,
                        key,
                        what,
                        &format!("use some of {names}"),
                    );
                }
            }
        }
        known
    }

    /// What is allowed, and has cost others dearly.
    fn unwise(&mut self, raw: &RawList, list: &KeyList) {
        if list.roots.len() == 1 {
            let at = raw.roots.first().map_or(0, |root| root.span().start);
            let what = "there is one root key: if it is lost, no list can ever follow".to_owned();
            let remedy = "make a second root, keep it in another house, and name both";
            self.warn(at, "roots", what, remedy);
        }
        let days = list
            .issued
            .until(list.until)
            .map_or(0, |span| span.get_days());
        if days > LONGEST_DAYS {
            let what = format!("it is meant for {days} days");
            let remedy = "choose two or three years: the date reminds people to look at the list";
            self.warn(raw.until.span().start, "until", what, remedy);
        }
        for (raw, publisher) in raw.publisher.iter().zip(&list.publishers) {
            let school = publisher.packs.contains(&PackKind::School);
            if school && publisher.content.contains(&Content::Instruments) {
                let at = raw.get_ref().id.span().start;
                let what = format!(
                    "{} may publish instruments in a school's pack",
                    publisher.id
                );
                let remedy = "leave them to the district, unless this school has somebody who answers \
                              for scoring";
                self.warn(at, "publisher.content", what, remedy);
            }
        }
    }
}
