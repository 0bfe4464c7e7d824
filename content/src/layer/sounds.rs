//! Where the sounds of a pack come from: a recipe to be rendered or a file that the author ships.
//!
//! Not here: rendering (the authoring tool does), decoding and measuring.

use super::fault::{Fault, MOST_FAULTS, Page};
use super::raw::RawSound;
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Endings of the sound formats a booth decodes to the frame.
const SOUND_ENDINGS: [&str; 6] = [".flac", ".wav", ".ogg", ".oga", ".opus", ".mp3"];

/// Endings of AAC and what it comes wrapped in.
const AAC_ENDINGS: [&str; 4] = [".aac", ".m4a", ".mp4", ".m4b"];

/// Where one sound comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPlan {
    /// The file of the pack that asks for it, for instance `practices/slow-breathing.toml`.
    pub page: String,
    /// Its file in the built pack.
    pub file: String,
    /// How to render it; `None` if the author ships the file.
    pub recipe: Option<Recipe>,
    /// How long it is to last.
    pub span: Span,
}

/// How long a sound is to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// As long as the practice, in milliseconds.
    Whole(u64),
    /// One breath, to the frame, since it is looped under a clock.
    Breath {
        /// Breathing in, in milliseconds.
        inhale_ms: u64,
        /// Breathing out, in milliseconds.
        exhale_ms: u64,
    },
    /// It loops: any length.
    Loop,
    /// A voice: at most as long as the practice, in milliseconds.
    Within(u64),
}

/// A sound to be rendered when the pack is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Which recipe, for instance `rain`.
    pub name: String,
    /// Seed of whatever is random in it; the same seed gives the same samples.
    pub seed: u64,
    /// When bells sound, from the start.
    pub bells_ms: Vec<u64>,
}

/// The recipe or the file of a `[sound]`; `None` if there is not exactly one of them.
pub(super) enum Origin {
    Recipe(Recipe),
    File(String),
}

/// Reads `[sound]`.
pub(super) fn origin(page: &mut Page<'_>, raw: &Spanned<RawSound>) -> Option<Origin> {
    let at = raw.span().start;
    let raw = raw.get_ref();
    match (&raw.recipe, &raw.file) {
        (Some(name), None) => Some(Origin::Recipe(Recipe {
            name: name.clone(),
            seed: raw.seed.unwrap_or(1),
            bells_ms: raw.bells_ms.clone().unwrap_or_default(),
        })),
        (None, Some(file)) => {
            if raw.seed.is_some() || raw.bells_ms.is_some() {
                let what = "seed and bells_ms belong to a recipe".to_owned();
                page.at(at, "sound", what, "remove them beside `file`");
            }
            Some(Origin::File(file.clone()))
        }
        _ => {
            let what = "there is not exactly one of recipe and file".to_owned();
            page.at(
                at,
                "sound",
                what,
                "name a recipe to render or a file to ship",
            );
            None
        }
    }
}

/// A file that the author ships, or that a built pack holds, if its name will do and it is there.
pub(super) fn shipped(
    page: &mut Page<'_>,
    at: usize,
    key: &str,
    file: &str,
    source: &dyn Source,
) -> Option<String> {
    if AAC_ENDINGS.iter().any(|ending| file.ends_with(ending)) {
        let what = format!(
            "“{file}” is AAC, which does not say how many frames it holds, so that captions and loops \
             would drift"
        );
        page.at(at, key, what, "export it as FLAC, WAV, Vorbis, Opus or MP3");
        return None;
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let ending = SOUND_ENDINGS.iter().any(|ending| file.ends_with(ending));
    let inner = file.strip_prefix("sounds/");
    if !ending
        || !inner.is_some_and(|name| name.starts_with(|c| c != '.') && name.chars().all(plain))
    {
        let what = format!("“{file}” is no sound file of a pack");
        page.at(
            at,
            key,
            what,
            "put it in sounds/ as FLAC, WAV, Ogg Vorbis, Opus or MP3, named in lower case",
        );
        return None;
    }
    if !source.names().iter().any(|name| name == file) {
        page.at(
            at,
            key,
            format!("“{file}” is not there"),
            "add the file, or correct its name",
        );
        return None;
    }
    Some(file.to_owned())
}

/// The file that a recipe is rendered to; in a built pack it must be there.
pub(super) fn rendered(
    page: &mut Page<'_>,
    at: usize,
    file: String,
    source: &dyn Source,
) -> Option<String> {
    if source.is_built() {
        shipped(page, at, "sound", &file, source)
    } else {
        Some(file)
    }
}

/// A plan, and where in its page the sound is asked for.
pub(super) struct Planned {
    pub(super) plan: SoundPlan,
    line: usize,
    column: usize,
    key: &'static str,
}

impl Planned {
    /// A plan asked for under `key` at a byte offset of the page.
    pub(super) fn new(page: &Page<'_>, at: usize, key: &'static str, plan: SoundPlan) -> Planned {
        let (line, column) = page.line_and_column_of(at);
        Planned {
            plan,
            line,
            column,
            key,
        }
    }

    fn fault(&self, what: String, remedy: &str) -> Fault {
        Fault {
            file: self.plan.page.clone(),
            line: Some(self.line),
            column: Some(self.column),
            key: self.key.to_owned(),
            what,
            remedy: remedy.to_owned(),
        }
    }
}

/// The plans with each file once: practices may share a file that the author ships. A file that a recipe
/// makes is that recipe's alone; what else goes by its name is noted, since one would replace the other.
pub(super) fn each_once(
    planned: Vec<Planned>,
    source: &dyn Source,
    faults: &mut Vec<Fault>,
) -> Vec<SoundPlan> {
    let lying: BTreeSet<String> = if source.is_built() {
        BTreeSet::new()
    } else {
        source.names().into_iter().collect()
    };
    let mut makers: BTreeMap<&str, &SoundPlan> = BTreeMap::new();
    let mut recordings: BTreeSet<&str> = BTreeSet::new();
    for Planned { plan, .. } in &planned {
        if plan.recipe.is_some() {
            makers.entry(&plan.file).or_insert(plan);
        } else {
            recordings.insert(&plan.file);
        }
    }
    for one in &planned {
        let plan = &one.plan;
        let file = plan.file.as_str();
        let Some(maker) = makers.get(file) else {
            continue;
        };
        let fault = if plan.recipe != maker.recipe || plan.span != maker.span {
            let what = format!(
                "“{file}” is made by the recipe of {}, which would replace this",
                maker.page
            );
            Some(one.fault(what, "rename the recording, here and in sounds/"))
        } else if lying.contains(file) && !recordings.contains(file) {
            let what = format!(
                "“{file}” lies in the folder, and this name is made by the recipe, which would replace it"
            );
            let remedy = "rename the recording and name it where it is to be heard, or take it out";
            Some(one.fault(what, remedy))
        } else {
            None
        };
        if faults.len() < MOST_FAULTS {
            faults.extend(fault);
        }
    }
    let mut once: Vec<SoundPlan> = Vec::new();
    for Planned { plan, .. } in planned {
        if !once
            .iter()
            .any(|known| known.file == plan.file && known.span == plan.span)
        {
            once.push(plan);
        }
    }
    once
}
