//! What a pack would change: signed manifests beside each other, by path and hash. Its files are counted against those of
//! the version that serves; what visitors would meet is told as all packs together would give it, since a pack may stand
//! over another's article, hotlines or support words. Titles are known of what serves already; of what is new only the
//! head has been read, so it goes by its id.

use super::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use xinting_content::pack::Manifest;
use xinting_content::{
    ArticleId, BedId, Glance, InstrumentId, Library, PackId, PackInfo, PracticeId, Text, trust,
};

/// What would be different.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Files that are new.
    pub added: usize,
    /// Files that differ.
    pub changed: usize,
    /// Files that are gone.
    pub removed: usize,
    /// What would be different for visitors, in the order in which a booth shows it. Of a pack that is new here only what
    /// it changes of other packs: the rest is all that it holds.
    pub each: Vec<Change>,
}

/// One thing that would be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In what way.
    pub kind: ChangeKind,
    /// What.
    pub what: What,
    /// Its id; empty for what a pack has only one of.
    pub id: String,
    /// Its title, where it serves already.
    pub title: Option<Text>,
}

/// In what way something is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is another.
    Changed,
    /// It is gone.
    Removed,
}

/// What files belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The hotlines.
    Hotlines,
    /// The words of the support path.
    Support,
    /// Who there is to go to.
    Counsellor,
    /// An instrument or check-in.
    Instrument,
    /// An article.
    Article,
    /// A practice.
    Practice,
    /// A bed of sound.
    Bed,
    /// A sound.
    Sound,
    /// The daily sentences.
    Calendar,
}

/// How much of what a pack holds, as its manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// Instruments and check-ins.
    pub instruments: usize,
    /// Articles.
    pub articles: usize,
    /// Practices.
    pub practices: usize,
    /// Beds of sound.
    pub beds: usize,
    /// Whether it has hotlines.
    pub hotlines: bool,
    /// Whether it has words for the support path.
    pub support: bool,
    /// Whether it says who there is to go to.
    pub counsellor: bool,
    /// Whether it has sentences for days.
    pub calendar: bool,
}

impl Contents {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let mut contents = Self::default();
        for entry in &manifest.entries {
            let Some((what, _)) = belongs(&entry.member.name) else {
                continue;
            };
            // Each has one file of facts; its texts lie beside it.
            let one = usize::from(entry.member.name.ends_with(".toml"));
            match what {
                What::Instrument => contents.instruments += one,
                What::Article => contents.articles += one,
                What::Practice => contents.practices += one,
                What::Bed => contents.beds += one,
                What::Hotlines => contents.hotlines = true,
                What::Support => contents.support = true,
                What::Counsellor => contents.counsellor = true,
                What::Calendar => contents.calendar = true,
                What::Sound => {}
            }
        }
        contents
    }
}

impl Shelf {
    /// What this pack would change.
    pub(super) fn changes(&self, new: &Glance) -> Changes {
        let library = self.shown.as_ref().ok().map(|shown| &*shown.library);
        let old = self.chosen(&new.info().id);
        let mut changes = counted(old.map(|old| old.pack.manifest()), new.manifest());
        let serving: Vec<Layer<'_>> = self
            .chosen
            .iter()
            .map(|chosen| (chosen.pack.info(), chosen.pack.manifest()))
            .collect();
        let mut will = serving.clone();
        will.retain(|(info, _)| info.id != new.info().id);
        will.push((new.info(), new.manifest()));
        changes.each = different(&met(serving), &met(will), library);
        if old.is_none() {
            changes
                .each
                .retain(|change| change.kind != ChangeKind::Added);
        }
        changes
    }
}

type Layer<'a> = (&'a PackInfo, &'a Manifest);

/// What visitors meet, each thing with the files that make it.
type Met<'a> = BTreeMap<(What, &'a str), BTreeMap<(&'a PackId, &'a str), [u8; 32]>>;

/// The files of one pack beside those of another.
fn counted(old: Option<&Manifest>, new: &Manifest) -> Changes {
    let (before, after) = (old.map(files).unwrap_or_default(), files(new));
    let kept = after.iter().filter(|(name, _)| before.contains_key(*name));
    let kept: Vec<bool> = kept.map(|(name, sha)| before[name] == *sha).collect();
    Changes {
        added: after.len() - kept.len(),
        changed: kept.iter().filter(|same| !**same).count(),
        removed: before.len() - kept.len(),
        each: Vec::new(),
    }
}

fn files(manifest: &Manifest) -> BTreeMap<&str, [u8; 32]> {
    let entries = manifest.entries.iter();
    entries
        .map(|entry| (entry.member.name.as_str(), entry.sha256))
        .collect()
}

/// Lays packs over each other as a library does: hotlines and daily sentences of all of them, of the rest the uppermost.
fn met(mut layers: Vec<Layer<'_>>) -> Met<'_> {
    layers.sort_by_key(|(info, _)| (info.kind, &info.id));
    let mut met = Met::new();
    for (info, manifest) in layers {
        let mut own = Met::new();
        for (name, sha256) in files(manifest) {
            if let Some(thing) = belongs(name) {
                let made_of = own.entry(thing).or_default();
                made_of.insert((&info.id, name), sha256);
            }
        }
        for (thing, made_of) in own {
            let all = met.entry(thing).or_default();
            if !matches!(thing.0, What::Hotlines | What::Calendar) {
                all.clear();
            }
            all.extend(made_of);
        }
    }
    met
}

fn different(before: &Met<'_>, after: &Met<'_>, library: Option<&Library>) -> Vec<Change> {
    let things: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let change = |thing: &(What, &str)| {
        let kind = match (before.get(thing), after.get(thing)) {
            (None, _) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(was), Some(will)) if !was.values().eq(will.values()) => ChangeKind::Changed,
            (Some(_), Some(_)) => return None,
        };
        let (what, id) = *thing;
        Some(Change {
            kind,
            what,
            id: id.to_owned(),
            title: library.and_then(|library| title(library, what, id)),
        })
    };
    things.into_iter().filter_map(change).collect()
}

/// What a file belongs to, and the id of that.
fn belongs(name: &str) -> Option<(What, &str)> {
    let what = match trust::Content::of(name)? {
        trust::Content::Instruments => What::Instrument,
        trust::Content::Articles => What::Article,
        trust::Content::Practices => What::Practice,
        trust::Content::Beds => What::Bed,
        trust::Content::Sounds => What::Sound,
        trust::Content::Hotlines => return Some((What::Hotlines, "")),
        trust::Content::Support => return Some((What::Support, "")),
        trust::Content::Counsellor => return Some((What::Counsellor, "")),
        trust::Content::Calendar => return Some((What::Calendar, "")),
    };
    let file = name.rsplit('/').next()?;
    Some((what, file.split('.').next()?))
}

fn title(library: &Library, what: What, id: &str) -> Option<Text> {
    match what {
        What::Instrument => {
            let instrument = library.instrument(&InstrumentId::new(id)?)?;
            Some(instrument.feeling.clone())
        }
        What::Article => Some(library.article(&ArticleId::new(id)?)?.title.clone()),
        What::Practice => Some(library.practice(&PracticeId::new(id)?)?.title.clone()),
        What::Bed => Some(library.bed(&BedId::new(id)?)?.title.clone()),
        What::Hotlines | What::Support | What::Counsellor | What::Sound | What::Calendar => None,
    }
}
