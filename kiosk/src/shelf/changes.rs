//! What a pack would change: two signed manifests beside each other, by path and hash. Titles are known of what serves
//! already; of what is new only the head has been read, so it goes by its id.

use super::Shelf;
use std::collections::BTreeMap;
use xinting_content::pack::Manifest;
use xinting_content::{ArticleId, BedId, Glance, InstrumentId, Library, PracticeId, Text, trust};

/// What would be different.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Files that are new.
    pub added: usize,
    /// Files that differ.
    pub changed: usize,
    /// Files that are gone.
    pub removed: usize,
    /// The same by what the files belong to, in the order in which a booth shows it. Empty for a pack that is new here.
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
    /// What this pack would change of the one of its id that serves.
    pub(super) fn changes(&self, new: &Glance) -> Changes {
        let serving = self.chosen(&new.info().id);
        let library = self.shown.as_ref().ok().map(|shown| &*shown.library);
        match serving {
            Some(old) => between(old.pack.manifest(), new.manifest(), library),
            None => Changes {
                added: new.manifest().entries.len(),
                ..Changes::default()
            },
        }
    }
}

/// What differs from one manifest to another.
fn between(old: &Manifest, new: &Manifest, library: Option<&Library>) -> Changes {
    let files = |manifest: &Manifest| -> BTreeMap<String, [u8; 32]> {
        let entries = manifest.entries.iter();
        entries
            .map(|entry| (entry.member.name.clone(), entry.sha256))
            .collect()
    };
    let (before, after) = (files(old), files(new));
    let mut changes = Changes::default();
    // For each thing: whether it was there, will be there, and differs.
    let mut things: BTreeMap<(What, String), (bool, bool, bool)> = BTreeMap::new();
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let (was, will) = (before.get(name), after.get(name));
        match (was, will) {
            (None, Some(_)) => changes.added += 1,
            (Some(_), None) => changes.removed += 1,
            (Some(was), Some(will)) if was != will => changes.changed += 1,
            _ => {}
        }
        if let Some((what, id)) = belongs(name) {
            let thing = things.entry((what, id.to_owned())).or_default();
            thing.0 |= was.is_some();
            thing.1 |= will.is_some();
            thing.2 |= was != will;
        }
    }
    for ((what, id), (was, will, differs)) in things {
        let kind = match (was, will) {
            (false, _) => ChangeKind::Added,
            (true, false) => ChangeKind::Removed,
            (true, true) if differs => ChangeKind::Changed,
            (true, true) => continue,
        };
        let title = library.and_then(|library| title(library, what, &id));
        changes.each.push(Change {
            kind,
            what,
            id,
            title,
        });
    }
    changes
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
