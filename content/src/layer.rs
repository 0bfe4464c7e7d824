//! One pack's content, read from its files and checked; the same for an author's folder and for a
//! verified pack.
//!
//! All faults are collected, so that an author sees them at once. Not here: what must hold only after
//! layering (`library`), and everything about signatures (`pack`).

mod articles;
mod beds;
mod captions;
mod common;
mod fault;
mod instruments;
mod known;
mod markdown;
mod people;
mod practices;
mod raw;
mod shape;
mod sounds;
pub mod wording;

pub use fault::{Fault, read_toml};
pub use sounds::{Recipe, SoundPlan, Span};

use crate::article::Article;
use crate::calendar::Calendar;
use crate::hotline::Line;
use crate::id::{ArticleId, BedId, InstrumentId, PackId, PracticeId};
use crate::instrument::Instrument;
use crate::pack::manifest::{LONGEST_TITLE, is_title};
use crate::practice::{Bed, Practice};
use crate::source::Source;
use crate::support::{Counsellor, Support};
use crate::text::{Audience, Lang, Text};
use fault::Page;
use raw::RawPack;
use std::collections::BTreeSet;
use toml::Spanned;
use wording::Place;

/// What some editors write before UTF-8; it is no part of the text.
const MARK: char = '\u{feff}';

/// Largest text file of a pack, in bytes.
pub const LARGEST_TEXT_BYTES: usize = 8 << 20;

/// Most instruments, articles, practices or beds of a pack.
pub const MOST_LISTED: usize = 1_024;

/// Whose pack it is, lowest layer first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackKind {
    /// What every booth starts with.
    Starter,
    /// A district's additions and replacements.
    District,
    /// One school's own words.
    School,
}

impl PackKind {
    const NAMES: [(&'static str, PackKind); 3] = [
        ("starter", PackKind::Starter),
        ("district", PackKind::District),
        ("school", PackKind::School),
    ];

    /// The name used in packs.
    pub fn name(self) -> &'static str {
        match self {
            PackKind::Starter => "starter",
            PackKind::District => "district",
            PackKind::School => "school",
        }
    }

    /// The kind with this pack name.
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| *kind)
    }
}

/// What a pack says about itself in `pack.toml`, and again in its signed manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackInfo {
    /// Its id.
    pub id: PackId,
    /// Whose it is.
    pub kind: PackKind,
    /// Who publishes it; an id.
    pub publisher: String,
    /// Rises with every release; a booth takes no lower one than it has.
    pub version: u64,
    /// The version as people write it.
    pub release: String,
    /// What it is called.
    pub title: Text,
    /// The languages every text is in.
    pub languages: Vec<Lang>,
    /// Who its content is for.
    pub audiences: Vec<Audience>,
    /// An example (示例), refused where the config says production.
    pub sample: bool,
    /// The oldest app that can show it, as `major.minor.patch`.
    pub minimum_app: String,
}

/// The content of one pack, every file of it checked.
#[derive(Debug, Clone)]
pub struct Layer {
    /// What the pack says about itself.
    pub info: PackInfo,
    /// In the order shown.
    pub instruments: Vec<Instrument>,
    /// In the order shown.
    pub articles: Vec<Article>,
    /// In the order shown.
    pub practices: Vec<Practice>,
    /// In the order shown.
    pub beds: Vec<Bed>,
    /// Where each sound of the practices and beds comes from, each file once.
    pub sounds: Vec<SoundPlan>,
    /// Hotlines.
    pub lines: Vec<Line>,
    /// Support words, if the pack has them.
    pub support: Option<Support>,
    /// The counsellor, if the pack names one.
    pub counsellor: Option<Counsellor>,
    /// Daily sentences; may be empty.
    pub calendar: Calendar,
    /// Every file that belongs to the pack, sorted; sounds still to be rendered are not among them.
    pub files: Vec<String>,
}

impl Layer {
    /// Reads and checks every file of a pack.
    ///
    /// # Errors
    /// Every fault found, in the order of the files.
    pub fn read(source: &dyn Source) -> Result<Layer, Vec<Fault>> {
        match Self::read_in_part(source) {
            (Some(layer), faults) if faults.is_empty() => Ok(layer),
            (_, faults) => Err(faults),
        }
    }

    /// As [`Layer::read`], and beside the faults whatever could be read in spite of them: for looking at
    /// the rest of an author's folder, never to be shown to a visitor.
    pub fn read_in_part(source: &dyn Source) -> (Option<Layer>, Vec<Fault>) {
        let mut faults = Vec::new();
        let layer = read(source, &mut faults);
        (layer, faults)
    }
}

fn read(source: &dyn Source, faults: &mut Vec<Fault>) -> Option<Layer> {
    let text = file_text(source, "pack.toml", faults)?;
    let mut page = Page::new("pack.toml", &text, faults);
    let raw: RawPack = page.toml()?;
    let info = info(&mut page, &raw);
    let instrument_ids = ids(
        &mut page,
        &raw.instruments,
        "instruments",
        InstrumentId::new,
    );
    let article_ids = ids(&mut page, &raw.articles, "articles", ArticleId::new);
    let practice_ids = ids(&mut page, &raw.practices, "practices", PracticeId::new);
    let bed_ids = ids(&mut page, &raw.beds, "beds", BedId::new);

    let mut files = BTreeSet::from(["pack.toml".to_owned()]);
    for id in &instrument_ids {
        files.insert(format!("instruments/{id}.toml"));
    }
    for id in &article_ids {
        files.extend(["toml", "zh-CN.md", "en.md"].map(|end| format!("articles/{id}.{end}")));
    }
    for id in &practice_ids {
        files.extend(["toml", "zh-CN.vtt", "en.vtt"].map(|end| format!("practices/{id}.{end}")));
    }
    for id in &bed_ids {
        files.insert(format!("beds/{id}.toml"));
    }

    let instruments = instrument_ids
        .into_iter()
        .filter_map(|id| {
            let name = format!("instruments/{id}.toml");
            let text = file_text(source, &name, faults)?;
            instruments::read(&mut Page::new(&name, &text, faults), id)
        })
        .collect();
    let articles = article_ids
        .into_iter()
        .filter_map(|id| articles::read(source, id, faults))
        .collect();
    let mut sounds = Vec::new();
    let practices: Vec<Practice> = practice_ids
        .into_iter()
        .filter_map(|id| practices::read(source, id, &mut sounds, faults))
        .collect();
    let beds: Vec<Bed> = bed_ids
        .into_iter()
        .filter_map(|id| beds::read(source, id, &mut sounds, faults))
        .collect();
    let sounds = sounds::each_once(sounds, source, faults);

    let names: BTreeSet<String> = source.names().into_iter().collect();
    let kind = info.as_ref().map_or(PackKind::Starter, |info| info.kind);
    let mut optional = Optional {
        source,
        names: &names,
        faults,
        files: &mut files,
    };
    let lines = optional.read("hotlines.toml", people::lines);
    let support = optional.read("support.toml", |page| people::support(page, kind));
    let counsellor = optional.read("counsellor.toml", |page| people::counsellor(page, kind));
    let calendar = optional.read("calendar.toml", people::calendar);

    files.extend(sounds.iter().map(|sound| sound.file.clone()));
    note_strays(&names, &files, faults);
    Some(Layer {
        info: info.unwrap_or_else(unread),
        instruments,
        articles,
        practices,
        beds,
        sounds,
        lines: lines.unwrap_or_default(),
        support: support.flatten(),
        counsellor: counsellor.flatten(),
        calendar: calendar.unwrap_or_default(),
        files: files.intersection(&names).cloned().collect(),
    })
}

/// What stands for a description that has faults, so that the rest of the folder can be looked at.
fn unread() -> PackInfo {
    let blank = "invariant: a literal that is an id, and a literal that is no blank text";
    PackInfo {
        id: PackId::new("unread").expect(blank),
        kind: PackKind::School,
        publisher: String::new(),
        version: 1,
        release: String::new(),
        title: Text::new("?", "?").expect(blank),
        languages: vec![Lang::ZhCn, Lang::En],
        audiences: Audience::ALL.to_vec(),
        sample: true,
        minimum_app: String::new(),
    }
}

/// Files that a pack may have or not.
struct Optional<'a> {
    source: &'a dyn Source,
    names: &'a BTreeSet<String>,
    faults: &'a mut Vec<Fault>,
    files: &'a mut BTreeSet<String>,
}

impl Optional<'_> {
    fn read<T>(&mut self, name: &str, read: impl FnOnce(&mut Page<'_>) -> T) -> Option<T> {
        if !self.names.contains(name) {
            return None;
        }
        self.files.insert(name.to_owned());
        let text = file_text(self.source, name, self.faults)?;
        Some(read(&mut Page::new(name, &text, self.faults)))
    }
}

/// A file nothing reads is a slip: misnamed, left out of `pack.toml`, or of a kind that no pack holds.
fn note_strays(names: &BTreeSet<String>, files: &BTreeSet<String>, faults: &mut Vec<Fault>) {
    let room = fault::MOST_FAULTS.saturating_sub(faults.len());
    for name in names.difference(files).take(room) {
        let (what, remedy) = stray(name);
        faults.push(Fault {
            file: name.clone(),
            line: None,
            column: None,
            key: String::new(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
}

/// What is wrong with a file that nothing refers to, by its name.
fn stray(name: &str) -> (&'static str, &'static str) {
    let ends = |endings: &[&str]| {
        let name = name.to_ascii_lowercase();
        endings.iter().any(|ending| name.ends_with(ending))
    };
    let pictures = [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff", ".heic", ".avif",
    ];
    if ends(&pictures) {
        let remedy = "take it out: the theme of an article and the symbol of a practice choose what is \
                      drawn";
        ("a pack holds no pictures", remedy)
    } else if ends(&[".mp4", ".mov", ".avi", ".mkv", ".webm"]) {
        (
            "a pack holds no films",
            "take it out; a practice may have a sound",
        )
    } else if ends(&[
        ".doc",
        ".docx",
        ".wps",
        ".pdf",
        ".txt",
        ".rtf",
        ".markdown",
        ".html",
    ]) {
        let remedy =
            "write its text to articles/<id>.zh-CN.md and articles/<id>.en.md, or take it out";
        ("a booth does not show files of this kind", remedy)
    } else if ends(&[".srt", ".ass", ".lrc"]) {
        let remedy = "write it as WebVTT: practices/<id>.zh-CN.vtt and practices/<id>.en.vtt";
        ("captions are not kept in this form", remedy)
    } else if ends(&[
        ".zh.md",
        ".cn.md",
        ".zh.vtt",
        ".cn.vtt",
        ".zh_cn.md",
        ".zh_cn.vtt",
    ]) {
        (
            "Chinese texts are called otherwise",
            "rename it so that it ends in .zh-CN.md or .zh-CN.vtt",
        )
    } else if name.starts_with("sounds/") {
        let remedy = "name it in a practice or a bed, or take it out";
        ("no practice and no bed plays this sound", remedy)
    } else {
        (
            "nothing in the pack refers to this file",
            "list its id in pack.toml, correct its name, or remove it",
        )
    }
}

fn info(page: &mut Page<'_>, raw: &RawPack) -> Option<PackInfo> {
    let id = page.id(&raw.id, "id", PackId::new);
    let kind = page.one_of(&raw.kind, "kind", &PackKind::NAMES);
    let publisher = page.id(&raw.publisher, "publisher", PackId::new);
    let version = page.within(&raw.version, "version", 1, u64::from(u32::MAX));
    let release = raw.release.get_ref();
    if release.is_empty() || release.len() > 32 || !release.bytes().all(|b| b.is_ascii_graphic()) {
        let what = format!("“{release}” is no release name");
        page.at(
            raw.release.span().start,
            "release",
            what,
            "write something like 2026.11.1",
        );
    }
    let title = page.words(&raw.title, "title", Place::Anywhere);
    if title.as_ref().is_some_and(|title| !is_title(title)) {
        let what = "the title does not fit on one line".to_owned();
        let remedy = format!("write it without line breaks, in at most {LONGEST_TITLE} characters");
        page.at(raw.title.span().start, "title", what, &remedy);
    }
    let languages: Vec<Lang> = raw
        .languages
        .get_ref()
        .iter()
        .filter_map(|tag| Lang::from_tag(tag))
        .collect();
    if languages != [Lang::ZhCn, Lang::En] || raw.languages.get_ref().len() != 2 {
        let what = "a booth speaks Simplified Chinese and English".to_owned();
        page.at(
            raw.languages.span().start,
            "languages",
            what,
            "write [\"zh-CN\", \"en\"]",
        );
    }
    let audiences = page.audiences(&raw.audiences);
    let minimum_app = match &raw.minimum_app {
        None => "0.1.0".to_owned(),
        Some(version) => {
            if app_version(version.get_ref()).is_none() {
                let what = format!("“{}” is no version of the app", version.get_ref());
                page.at(
                    version.span().start,
                    "minimum_app",
                    what,
                    "write something like 0.1.0",
                );
            }
            version.get_ref().clone()
        }
    };
    Some(PackInfo {
        id: id?,
        kind: kind?,
        publisher: publisher?.as_str().to_owned(),
        version: version?,
        release: release.clone(),
        title: title?,
        languages,
        audiences,
        sample: raw.sample,
        minimum_app,
    })
}

/// `major.minor.patch` as three numbers.
pub(crate) fn app_version(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.').map(|part| {
        let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    });
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

fn ids<T: PartialEq>(
    page: &mut Page<'_>,
    names: &[Spanned<String>],
    key: &str,
    make: fn(&str) -> Option<T>,
) -> Vec<T> {
    if names.len() > MOST_LISTED {
        let what = format!("{} ids are listed", names.len());
        let remedy = format!("list at most {MOST_LISTED}");
        page.at(names[0].span().start, key, what, &remedy);
        return Vec::new();
    }
    let mut ids = Vec::new();
    for name in names {
        let Some(id) = page.id(name, key, make) else {
            continue;
        };
        if ids.contains(&id) {
            let what = format!("“{}” is listed twice", name.get_ref());
            page.at(name.span().start, key, what, "list each id once");
        } else {
            ids.push(id);
        }
    }
    ids
}

/// A text without the one byte order mark that may stand before it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// A text file as a string, without the byte order mark that some editors put before it; a fault if it is
/// missing, unreadable, too large or not UTF-8.
fn file_text(source: &dyn Source, name: &str, faults: &mut Vec<Fault>) -> Option<String> {
    if faults.len() >= fault::MOST_FAULTS {
        return None;
    }
    let mut fault = |what: String, remedy: &str| {
        faults.push(Fault {
            file: name.to_owned(),
            line: None,
            column: None,
            key: String::new(),
            what,
            remedy: remedy.to_owned(),
        });
    };
    let bytes = match source.read(name) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            fault(
                "the file is missing".to_owned(),
                "add it, or take its id out of pack.toml",
            );
            return None;
        }
        Err(reason) => {
            fault(
                format!("the file cannot be read: {reason}"),
                "check the disk or the permissions",
            );
            return None;
        }
    };
    if bytes.len() > LARGEST_TEXT_BYTES {
        fault(
            format!("the file has {} bytes", bytes.len()),
            "keep texts below 8 MiB",
        );
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => without_mark(&text).to_owned(),
        Err(_) => {
            fault("the file is not UTF-8".to_owned(), "save it as UTF-8");
            return None;
        }
    };
    if text.starts_with(MARK) {
        faults.push(fault::marked_twice(name));
        return None;
    }
    Some(text)
}
