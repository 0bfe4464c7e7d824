//! What of a stick is meant for a booth and is no pack: found by name, read once, looked at, not yet taken.
//!
//! Key lists and configurations may lie in the root or one folder down; answers of the district in the folders that an
//! export made. Everything is bounded: names, files, bytes in all.

use super::places::{self, Place};
use super::{Carrier, CarryError, config_file, shown_name};
use crate::admin::{SignatureView, StickItem, StickItemKind};
use crate::config::Config;
use std::io::Read;
use std::path::Path;
use xinting_content::document::{CONFIG, LARGEST_FILE_BYTES};
use xinting_content::{Document, Lang, Trust};
use xinting_hw::usb::StickFiles;
use xinting_usage::retry::{self, Answer, Verdict};
use xinting_wire::letter::{MAX_ANSWERS_BYTES, MAX_LETTER_BYTES};
use xinting_wire::{EnrolResponse, Enrolled, Receipts, Refusal, RootKey};

/// Most of one kind that are shown of those that can be taken, and of those that are refused.
const MOST_SHOWN: usize = 16;
/// Most of one kind that are looked at, since a stick may carry what is other booths'.
const MOST_LOOKED_AT: usize = 512;
/// Most bytes of one kind that are read of a stick.
const MOST_BYTES: u64 = 3 << 20;

/// What of a stick is meant for this booth.
#[derive(Debug, Default)]
pub struct FoundHere {
    /// Each that can be taken or is refused.
    pub carried: Vec<Carried>,
    /// How many files and folders are not among them because there are too many.
    pub left_out: usize,
}

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
            file: shown_name(&self.file),
            kind: match self.kind {
                CarriedKind::KeyList => StickItemKind::KeyList,
                CarriedKind::Config => StickItemKind::Config,
                CarriedKind::Receipts => StickItemKind::Receipts,
                CarriedKind::Enrolled => StickItemKind::Enrolled,
            },
            title: shown_name(&self.file),
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
                    let (publishers, until) = (list.publishers.len(), list.until);
                    item.publisher = list.issuer.to_string();
                    item.version = list.version.to_string();
                    item.title = choose(
                        format!("密钥清单（{publishers} 个发布者，到 {until} 为止）"),
                        format!("Key list ({publishers} publishers, until {until})"),
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
}

/// Looks at everything on the stick that is meant for this booth and is no pack.
#[must_use]
pub fn found(files: &dyn StickFiles, carrier: &Carrier) -> FoundHere {
    let booth = carrier.parts.booth.get();
    let booth = booth.as_ref().map(xinting_wire::BoothId::as_str);
    let places = places::places(files, &carrier.export_beginnings(), booth);
    let mut found = FoundHere {
        carried: Vec::new(),
        left_out: places.left_out,
    };
    found.look_at(files, carrier, places.key_lists);
    found.look_at(files, carrier, places.configs);
    found.look_at(files, carrier, places.answers);
    found
}

impl FoundHere {
    /// Looks at those of one kind. The configurations of other booths are passed over, however many there are: but for
    /// the one that lies there alone, which somebody may have taken for this booth's. What is refused takes no place
    /// from what can be taken.
    fn look_at(&mut self, files: &dyn StickFiles, carrier: &Carrier, places: Vec<Place>) {
        let (mut seen, mut elsewhere) = (Vec::new(), Vec::new());
        let (mut good, mut refused) = (0, 0);
        let mut left = MOST_BYTES;
        self.left_out += places.len().saturating_sub(MOST_LOOKED_AT);
        for place in places.into_iter().take(MOST_LOOKED_AT) {
            let Some(one) = look(files, carrier, place, &mut left) else {
                self.left_out += 1;
                continue;
            };
            if matches!(one.seen, Err(CarryError::ConfigElsewhere { .. })) {
                elsewhere.push(one);
                continue;
            }
            let like_it = match one.seen {
                Ok(_) => &mut good,
                Err(_) => &mut refused,
            };
            *like_it += 1;
            match *like_it <= MOST_SHOWN {
                true => seen.push(one),
                false => self.left_out += 1,
            }
        }
        if seen.is_empty() && elsewhere.len() == 1 {
            seen = elsewhere;
        }
        self.carried.extend(seen);
    }
}

/// `None` where as much was read of the stick as may be.
fn look(
    files: &dyn StickFiles,
    carrier: &Carrier,
    place: Place,
    left: &mut u64,
) -> Option<Carried> {
    let Place {
        file,
        kind,
        size_bytes,
    } = place;
    let longest = kind.longest();
    let too_long = |file: &str| CarryError::TooLong {
        file: file.to_owned(),
        most: longest,
    };
    let (read, size_bytes) = if size_bytes > longest {
        (Err(too_long(&file)), size_bytes)
    } else if size_bytes > *left {
        return None;
    } else {
        // A stick may give more than it says, and fail then.
        let most = longest.min(*left);
        let mut bytes = Vec::new();
        let read = read(files, &file, most, &mut bytes);
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        *left = left.saturating_sub(size_bytes);
        let read = match read {
            Ok(()) if size_bytes <= most => Ok(bytes),
            Ok(()) if most < longest => return None,
            Ok(()) => Err(too_long(&file)),
            Err(error) => Err(error),
        };
        (read, size_bytes)
    };
    let seen = read.and_then(|bytes| match kind {
        CarriedKind::KeyList => key_list(carrier, bytes),
        CarriedKind::Config => config(carrier, &bytes),
        CarriedKind::Receipts => receipts(carrier, &bytes),
        CarriedKind::Enrolled => enrolled(carrier, &bytes),
    });
    Some(Carried {
        file,
        kind,
        size_bytes,
        seen: seen.map(Seen),
    })
}

/// Reads a file, and no further than a byte beyond `most`.
fn read(
    files: &dyn StickFiles,
    file: &str,
    most: u64,
    bytes: &mut Vec<u8>,
) -> Result<(), CarryError> {
    let failed = |source| CarryError::Read {
        file: file.to_owned(),
        source,
    };
    let source = files.open(file).map_err(failed)?;
    source.take(most + 1).read_to_end(bytes).map_err(failed)?;
    Ok(())
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
    let plain = shown_name(&message);
    plain
        .chars()
        .take(crate::upstream::LONGEST_MESSAGE)
        .collect()
}
