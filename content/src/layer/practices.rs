//! Reading practices: the TOML head, where the sound comes from, captions in both languages.
//!
//! Not here: rendering a recipe (the authoring tool does) or decoding a file.

use super::fault::{Fault, Page};
use super::raw::{RawPractice, RawSound};
use super::wording::Place;
use super::{captions, file_text};
use crate::id::PracticeId;
use crate::practice::{Caption, Practice, PracticeKind};
use crate::source::Source;
use crate::text::Lang;
use toml::Spanned;

const SYMBOLS: &[&str] = &["lotus", "stone", "lake"];

/// Endings of the sound formats a booth decodes with an exact number of frames; AAC does not give one.
const SOUND_ENDINGS: &[&str] = &[".flac", ".wav", ".ogg", ".mp3"];

/// Where the sound of a practice comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPlan {
    /// The practice.
    pub practice: PracticeId,
    /// Its file in the built pack.
    pub file: String,
    /// How to render it; `None` if the author ships the file.
    pub recipe: Option<Recipe>,
    /// How long it is to last, in milliseconds.
    pub duration_ms: u64,
    /// What is done in the practice; a breathing recipe follows its pace.
    pub kind: PracticeKind,
}

/// A sound to be rendered when the pack is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Which recipe: `breathing`, `muscle` or `lake`.
    pub name: String,
    /// Seed of whatever is random in it; the same seed gives the same samples.
    pub seed: u64,
    /// When bells sound, from the start.
    pub bells_ms: Vec<u64>,
}

/// Reads one practice with its captions; `None` if anything is wrong with it.
pub(crate) fn read(
    source: &dyn Source,
    id: PracticeId,
    faults: &mut Vec<Fault>,
) -> Option<(Practice, SoundPlan)> {
    let before = faults.len();
    let name = format!("practices/{id}.toml");
    let text = file_text(source, &name, faults)?;
    let mut page = Page::new(&name, &text, faults);
    let raw: RawPractice = page.toml()?;
    let audiences = page.audiences(&raw.audiences);
    let title = page.words(&raw.title, "title", Place::Anywhere);
    let summary = page.words(&raw.summary, "summary", Place::Anywhere);
    let evidence = page.words(&raw.evidence, "evidence", Place::Anywhere);
    let symbol = page.name_of(&raw.symbol, "symbol", SYMBOLS);
    let duration_ms = page.within(&raw.duration_ms, "duration_ms", 1_000, 7_200_000);
    let kind = kind(&mut page, &raw);
    let sound = sound(&mut page, &raw.sound, &id, source);
    let captions = read_captions(source, &id, kind, duration_ms, faults);
    if faults.len() != before {
        return None;
    }
    let (file, recipe) = sound?;
    let plan = SoundPlan {
        practice: id.clone(),
        file: file.clone(),
        recipe,
        duration_ms: duration_ms?,
        kind: kind?,
    };
    let practice = Practice {
        id,
        audiences,
        kind: kind?,
        title: title?,
        summary: summary?,
        symbol: symbol?,
        duration_ms: duration_ms?,
        gain_db: source.gain_db(&file).unwrap_or(0.0),
        sound: file,
        captions: captions?,
        evidence: evidence?,
    };
    Some((practice, plan))
}

fn kind(page: &mut Page<'_>, raw: &RawPractice) -> Option<PracticeKind> {
    let kind = page.one_of(
        &raw.kind,
        "kind",
        &[("breathing", 0), ("guided", 1), ("soundscape", 2)],
    )?;
    match (kind, &raw.breathing) {
        (0, Some(pace)) => {
            let at = pace.span().start;
            let pace = pace.get_ref();
            for (key, ms) in [("inhale_ms", pace.inhale_ms), ("exhale_ms", pace.exhale_ms)] {
                if !(1_000..=20_000).contains(&ms) {
                    let what = format!("{ms} is no comfortable breath");
                    page.at(
                        at,
                        &format!("breathing.{key}"),
                        what,
                        "choose 1000 to 20000",
                    );
                }
            }
            if pace.lead_in_ms > 60_000 {
                let what = format!("{} is longer than a minute", pace.lead_in_ms);
                page.at(at, "breathing.lead_in_ms", what, "choose 0 to 60000");
            }
            Some(PracticeKind::Breathing {
                lead_in_ms: pace.lead_in_ms,
                inhale_ms: pace.inhale_ms,
                exhale_ms: pace.exhale_ms,
            })
        }
        (0, None) => {
            let what = "a breathing practice has no pace".to_owned();
            page.at(
                raw.kind.span().start,
                "breathing",
                what,
                "add [breathing] with lead_in_ms, inhale_ms and exhale_ms",
            );
            None
        }
        (_, Some(pace)) => {
            let what = "only a breathing practice has a pace".to_owned();
            page.at(
                pace.span().start,
                "breathing",
                what,
                "remove [breathing] or set kind = \"breathing\"",
            );
            None
        }
        (1, None) => Some(PracticeKind::Guided),
        (_, None) => Some(PracticeKind::Soundscape),
    }
}

/// The file name in the built pack, and the recipe if there is one.
fn sound(
    page: &mut Page<'_>,
    raw: &Spanned<RawSound>,
    id: &PracticeId,
    source: &dyn Source,
) -> Option<(String, Option<Recipe>)> {
    let at = raw.span().start;
    let raw = raw.get_ref();
    let (file, recipe) = match (&raw.recipe, &raw.file) {
        (Some(name), None) => {
            let recipe = Recipe {
                name: name.clone(),
                seed: raw.seed.unwrap_or(1),
                bells_ms: raw.bells_ms.clone().unwrap_or_default(),
            };
            (format!("sounds/{id}.flac"), Some(recipe))
        }
        (None, Some(file)) => {
            if raw.seed.is_some() || raw.bells_ms.is_some() {
                let what = "seed and bells_ms belong to a recipe".to_owned();
                page.at(at, "sound", what, "remove them beside `file`");
            }
            (file.clone(), None)
        }
        _ => {
            let what = "there is not exactly one of recipe and file".to_owned();
            page.at(
                at,
                "sound",
                what,
                "name a recipe to render or a file to ship",
            );
            return None;
        }
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let ending = SOUND_ENDINGS.iter().any(|ending| file.ends_with(ending));
    let inner = file.strip_prefix("sounds/");
    if !ending
        || !inner.is_some_and(|name| name.starts_with(|c| c != '.') && name.chars().all(plain))
    {
        let what = format!("“{file}” is no sound file of a pack");
        page.at(
            at,
            "sound.file",
            what,
            "put it in sounds/ as FLAC, WAV, Ogg Vorbis or MP3, named in lower case",
        );
        return None;
    }
    if (source.is_built() || recipe.is_none()) && !source.names().contains(&file) {
        page.at(
            at,
            "sound.file",
            format!("“{file}” is not there"),
            "add the file",
        );
        return None;
    }
    Some((file, recipe))
}

fn read_captions(
    source: &dyn Source,
    id: &PracticeId,
    kind: Option<PracticeKind>,
    duration_ms: Option<u64>,
    faults: &mut Vec<Fault>,
) -> Option<Vec<Caption>> {
    let name = |lang: Lang| format!("practices/{id}.{}.vtt", lang.tag());
    let (zh_name, en_name) = (name(Lang::ZhCn), name(Lang::En));
    let names = source.names();
    if kind == Some(PracticeKind::Soundscape)
        && !names.contains(&zh_name)
        && !names.contains(&en_name)
    {
        return Some(Vec::new());
    }
    let zh_text = file_text(source, &zh_name, faults);
    let en_text = file_text(source, &en_name, faults);
    let (zh_text, en_text) = (zh_text?, en_text?);
    let zh = captions::read(&mut Page::new(&zh_name, &zh_text, faults));
    let mut page = Page::new(&en_name, &en_text, faults);
    let en = captions::read(&mut page);
    let captions = captions::zip(&mut page, &zh?, &en?)?;
    let last = captions.last().map_or(0, |caption| caption.end_ms);
    if duration_ms.is_some_and(|duration| last > duration) {
        let what = format!("the last cue ends at {last} ms, after the practice");
        page.whole(
            "",
            what,
            "shorten the cues in both languages or lengthen duration_ms",
        );
    }
    if captions.is_empty() && kind != Some(PracticeKind::Soundscape) {
        let what = "a guided practice has no captions".to_owned();
        page.whole(
            "",
            what,
            "write them; a booth without sound has nothing else",
        );
    }
    Some(captions)
}
