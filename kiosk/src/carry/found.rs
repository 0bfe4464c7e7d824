//! What of a stick is meant for a booth and is no pack: found by name, read once, looked at, not yet taken.
//!
//! Key lists and configurations may lie in the root or one folder down; answers of the district in the folders that an
//! export made. Everything is bounded: names, files, bytes in all.

use super::{Carrier, CarryError, config_file};
use crate::admin::{SignatureView, StickItem, StickItemKind};
use crate::config::Config;
use crate::trust::warning_words;
use std::io::Read;
use std::path::Path;
use xinting_content::document::{CONFIG, LARGEST_FILE_BYTES};
use xinting_content::{Document, Lang, Trust};
use xinting_hw::usb::{ListedKind, StickFiles};
use xinting_usage::retry::{self, Answer, Verdict};
use xinting_wire::letter::{
    ENROLLED_FILE, EXPORT_FOLDER_PREFIX, MAX_ANSWERS_BYTES, MAX_LETTER_BYTES, RECEIPTS_FILE,
};
use xinting_wire::{EnrolResponse, Enrolled, Receipts, Refusal, RootKey};

/// Most things of one stick that are looked at.
const MOST_FOUND: usize = 24;
/// Most exports of this booth, newest first, whose answers are looked at.
const MOST_EXPORTS: usize = 16;
/// Most folders that are looked into.
const MOST_FOLDERS: usize = 64;
/// Most bytes that are read of a stick in all.
const MOST_BYTES: u64 = 6 << 20;

/// What something on a stick is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarriedKind {
    /// `*.xkeys`.
    KeyList,
    /// `*.xconf`.
    Config,
    /// `receipts.json`.
    Receipts,
    /// `enrolled.json`.
    Enrolled,
}

impl CarriedKind {
    fn longest(self) -> u64 {
        let longest = match self {
            Self::KeyList | Self::Config => return LARGEST_FILE_BYTES,
            Self::Receipts => MAX_ANSWERS_BYTES,
            Self::Enrolled => MAX_LETTER_BYTES,
        };
        u64::try_from(longest).unwrap_or(u64::MAX)
    }
}

/// Something found, and what was seen of it.
#[derive(Debug)]
pub struct Carried {
    /// Its path on the stick.
    pub file: String,
    /// What it is by its name.
    pub kind: CarriedKind,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What it holds; an error says why it cannot be taken.
    pub seen: Result<Seen, CarryError>,
}

/// What was read, and is what will be taken.
#[derive(Debug)]
pub struct Seen(pub(super) Content);

#[derive(Debug)]
pub(super) enum Content {
    KeyList {
        bytes: Vec<u8>,
        next: Trust,
        /// The version in force.
        now: u64,
    },
    Config {
        text: String,
        version: u64,
        now: u64,
    },
    Receipts(Vec<crate::store::Receipted>),
    Enrolled {
        booth: xinting_wire::BoothId,
        root: Option<RootKey>,
    },
}

impl Carried {
    /// As it stands on the packs page.
    #[must_use]
    pub fn item(&self, lang: Lang) -> StickItem {
        let mut item = StickItem {
            file: self.file.clone(),
            kind: match self.kind {
                CarriedKind::KeyList => StickItemKind::KeyList,
                CarriedKind::Config => StickItemKind::Config,
                CarriedKind::Receipts => StickItemKind::Receipts,
                CarriedKind::Enrolled => StickItemKind::Enrolled,
            },
            title: self.file.clone(),
            size_bytes: self.size_bytes,
            ..StickItem::default()
        };
        let seen = match &self.seen {
            Ok(Seen(seen)) => seen,
            Err(error) => {
                item.refusal = Some(error.sentence(lang));
                return item;
            }
        };
        let choose = |zh: String, en: String| match lang {
            Lang::ZhCn => zh,
            Lang::En => en,
        };
        let was = |now: u64| (now > 0).then(|| now.to_string());
        match seen {
            Content::KeyList { next, now, .. } => {
                item.signature = SignatureView::Root;
                item.installed_version = was(*now);
                if let Some(list) = next.list() {
                    item.publisher = list.issuer.to_string();
                    item.version = list.version.to_string();
                    item.title = choose(
                        format!("密钥清单（{} 个发布者）", list.publishers.len()),
                        format!("Key list ({} publishers)", list.publishers.len()),
                    );
                }
            }
            Content::Config { version, now, .. } => {
                item.signature = SignatureView::Root;
                item.version = version.to_string();
                item.installed_version = was(*now);
                item.title = choose("配置".to_owned(), "Configuration".to_owned());
                item.warning = Some(choose(
                    "下次启动时生效".to_owned(),
                    "Takes effect at the next start".to_owned(),
                ));
            }
            Content::Receipts(rows) => {
                item.title = choose(
                    format!("区平台的回执（{} 份报告）", rows.len()),
                    format!("The district's receipts ({} reports)", rows.len()),
                );
            }
            Content::Enrolled { booth, .. } => {
                item.title = choose(
                    format!("区平台的登记回复：{booth}"),
                    format!("The district's answer: {booth}"),
                );
            }
        }
        item
    }

    /// Whom the booth would trust with it, if it is a key list that can be taken.
    #[must_use]
    pub fn next_trust(&self) -> Option<&Trust> {
        match &self.seen {
            Ok(Seen(Content::KeyList { next, .. })) => Some(next),
            _ => None,
        }
    }

    /// The same, with what a list's dates say on this day.
    #[must_use]
    pub fn item_on(&self, lang: Lang, today: Option<jiff::civil::Date>) -> StickItem {
        let mut item = self.item(lang);
        if let Ok(Seen(Content::KeyList { next, .. })) = &self.seen {
            let warnings = next.warnings(today);
            item.warning = warnings.first().map(|w| warning_words(w, lang));
        }
        item
    }
}

/// Looks at everything on the stick that is meant for this booth and is no pack.
#[must_use]
pub fn found(files: &dyn StickFiles, carrier: &Carrier) -> Vec<Carried> {
    let mut places = Vec::new();
    let mut folders = Vec::new();
    for entry in files.list("").unwrap_or_default() {
        match entry.kind {
            ListedKind::File if places.len() < MOST_FOUND => {
                places.extend(signed(&entry.name).map(|kind| (entry.name, kind)));
            }
            ListedKind::Folder if !entry.name.starts_with('.') => folders.push(entry.name),
            ListedKind::File | ListedKind::Folder | ListedKind::Other => {}
        }
    }
    // A stick may have carried many days of many booths: this booth's own matter, and of those the newest.
    let own = carrier.export_beginnings();
    let (mut exports, mut others): (Vec<String>, Vec<String>) = folders
        .into_iter()
        .partition(|folder| own.iter().any(|own| folder.starts_with(own.as_str())));
    exports.sort_by(|a, b| b.cmp(a));
    exports.truncate(MOST_EXPORTS);
    others.sort_by_key(|folder| folder.starts_with(EXPORT_FOLDER_PREFIX));
    for folder in others.into_iter().take(MOST_FOLDERS) {
        // A folder that cannot be listed has nothing that could be taken.
        for entry in files.list(&folder).unwrap_or_default() {
            if entry.kind == ListedKind::File && places.len() < MOST_FOUND {
                let kind = signed(&entry.name);
                places.extend(kind.map(|kind| (format!("{folder}/{}", entry.name), kind)));
            }
        }
    }
    for folder in exports {
        for entry in files.list(&folder).unwrap_or_default() {
            let kind = match entry.name.as_str() {
                RECEIPTS_FILE => CarriedKind::Receipts,
                ENROLLED_FILE => CarriedKind::Enrolled,
                _ => continue,
            };
            if entry.kind == ListedKind::File {
                places.push((format!("{folder}/{}", entry.name), kind));
            }
        }
    }
    let mut left = MOST_BYTES;
    places
        .into_iter()
        .map(|(file, kind)| look(files, carrier, file, kind, &mut left))
        .collect()
}

fn signed(name: &str) -> Option<CarriedKind> {
    // Other systems leave files such as `._keys.xkeys` beside those they copy.
    if name.starts_with('.') {
        return None;
    }
    match Path::new(name).extension()?.to_str()? {
        ending if ending.eq_ignore_ascii_case("xkeys") => Some(CarriedKind::KeyList),
        ending if ending.eq_ignore_ascii_case("xconf") => Some(CarriedKind::Config),
        _ => None,
    }
}

fn look(
    files: &dyn StickFiles,
    carrier: &Carrier,
    file: String,
    kind: CarriedKind,
    left: &mut u64,
) -> Carried {
    let most = kind.longest().min(*left);
    let read = read(files, &file, most);
    let size_bytes = read
        .as_ref()
        .map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    *left = left.saturating_sub(size_bytes);
    let seen = read.and_then(|bytes| match kind {
        CarriedKind::KeyList => key_list(carrier, bytes),
        CarriedKind::Config => config(carrier, &bytes),
        CarriedKind::Receipts => receipts(carrier, &bytes),
        CarriedKind::Enrolled => enrolled(carrier, &bytes),
    });
    Carried {
        file,
        kind,
        size_bytes,
        seen: seen.map(Seen),
    }
}

fn read(files: &dyn StickFiles, file: &str, most: u64) -> Result<Vec<u8>, CarryError> {
    let failed = |source| CarryError::Read {
        file: file.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let source = files.open(file).map_err(failed)?;
    source
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > most {
        let file = file.to_owned();
        return Err(CarryError::TooLong { file, most });
    }
    Ok(bytes)
}

fn key_list(carrier: &Carrier, bytes: Vec<u8>) -> Result<Content, CarryError> {
    let trust = &carrier.parts.trust;
    let next = trust.try_list(&bytes)?;
    Ok(Content::KeyList {
        bytes,
        next,
        now: trust.version(),
    })
}

fn config(carrier: &Carrier, bytes: &[u8]) -> Result<Content, CarryError> {
    let document = Document::open(bytes, CONFIG, &carrier.trust())?;
    let meant = document.config_for()?;
    let own = carrier.parts.booth.get();
    if let Some(booth) = meant.booth
        && own.as_ref().map(xinting_wire::BoothId::as_str) != Some(booth.as_str())
    {
        return Err(CarryError::ConfigElsewhere { booth });
    }
    let (version, now) = (meant.version, carrier.config_version);
    // What serves is asked again each time: the one in place may have given way to the one before it.
    let serves = config_file::read_or_previous(&carrier.parts.config);
    let in_place = serves.as_ref().is_ok_and(|used| used.notice.is_none());
    if version == now && in_place {
        return Err(CarryError::ConfigAlready { version });
    }
    if version < now {
        return Err(CarryError::ConfigOlder {
            found: version,
            in_place: now,
        });
    }
    let text = Config::text(Path::new("kiosk.toml"), document.bytes).map_err(CarryError::Config)?;
    let next = Config::parse(Path::new("kiosk.toml"), &text).map_err(CarryError::Config)?;
    let has_stick = |config: &Config| config.stick.device.is_some();
    if serves.is_ok_and(|used| has_stick(&used.config)) && !has_stick(&next) {
        return Err(CarryError::ConfigNoStick);
    }
    Ok(Content::Config { text, version, now })
}

/// Only what is about reports that are here matters; the rest was acknowledged before or is another booth's.
fn receipts(carrier: &Carrier, bytes: &[u8]) -> Result<Content, CarryError> {
    let receipts = Receipts::decode(bytes)?.receipts;
    let copy = carrier.parts.store.copy().ok_or(CarryError::Store)?;
    let mut rows = Vec::new();
    let (mut own, mut other_bytes) = (receipts.is_empty(), false);
    let booth = carrier.parts.booth.get();
    for receipt in receipts {
        let key: Option<xinting_wire::IdempotencyKey> = receipt.key.parse().ok();
        own |= key.is_some_and(|key| Some(&key.booth) == booth.as_ref());
        let here = copy
            .outbox
            .iter()
            .find(|row| row.report.idempotency_key == receipt.key && row.refused.is_none());
        let Some(here) = here else { continue };
        let hash = super::key_stick::unhex(&receipt.body_sha256).ok_or(CarryError::Answer)?;
        if hash != xinting_wire::body_hash(&here.report.body) {
            other_bytes = true;
            continue;
        }
        let answer = Answer::Reply {
            status: receipt.status,
            body: receipt.answer.as_bytes(),
        };
        // The very judgement of an answer by network.
        let refused = match retry::judge(&receipt.key, answer) {
            Verdict::Done => None,
            Verdict::SetAside { status } => Some((status, sentence(&receipt.answer))),
            Verdict::Retry => continue,
        };
        rows.push(crate::store::Receipted {
            key: receipt.key,
            body_sha256: hash,
            refused,
        });
    }
    match (rows.is_empty(), own, other_bytes) {
        (false, _, _) => Ok(Content::Receipts(rows)),
        (true, _, true) => Err(CarryError::OtherBytes),
        (true, true, false) => Err(CarryError::NothingLeft),
        (true, false, false) => Err(CarryError::OtherBooth),
    }
}

fn enrolled(carrier: &Carrier, bytes: &[u8]) -> Result<Content, CarryError> {
    let enrolled = Enrolled::decode(bytes)?;
    if enrolled.public_key != carrier.parts.key.public().to_base64() {
        return Err(CarryError::OtherBooth);
    }
    if let Some(booth) = carrier.parts.booth.get() {
        return Err(CarryError::EnrolledAlready { booth });
    }
    if !matches!(enrolled.status, 200 | 201) {
        return Err(CarryError::EnrolRefused {
            status: enrolled.status,
            message: sentence(&enrolled.answer),
        });
    }
    let answer =
        EnrolResponse::decode(enrolled.answer.as_bytes()).map_err(|_| CarryError::Answer)?;
    Ok(Content::Enrolled {
        booth: answer.booth,
        root: answer.root_key,
    })
}

/// A district's sentence, fit to be shown.
fn sentence(answer: &str) -> String {
    let refusal = serde_json::from_str::<Refusal>(answer);
    let message = refusal.map(|refusal| refusal.message).unwrap_or_default();
    let plain = message.chars().filter(|c| !c.is_control());
    plain.take(crate::upstream::LONGEST_MESSAGE).collect()
}
