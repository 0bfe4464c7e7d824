//! Reading practices: the TOML head, its sounds, captions in both languages.
//!
//! Not here: rendering a recipe (the authoring tool does) or decoding a file.

use super::fault::{Fault, Page};
use super::raw::{RawBedUnder, RawPace, RawPractice, RawVoice};
use super::sounds::{self, Origin, Planned, SoundPlan, Span};
use super::wording::Place;
use super::{captions, file_text};
use crate::id::{BedId, PracticeId};
use crate::practice::{Caption, Pace, Practice, PracticeKind, Track, Voice};
use crate::source::Source;
use crate::text::{Lang, Text};
use toml::Spanned;

const SYMBOLS: &[&str] = &["lotus", "stone", "lake"];

/// How far below the cues a bed lies if the pack does not say, in dB.
const BED_GAIN_DB: f32 = -8.0;

/// Most paces that a slider shows.
const MOST_PACES: usize = 9;

/// What is said to whom a practice does not do good, if the pack does not say it in its own words.
const EASE: [&str; 2] = [
    "可以随时停下来。要是觉得更难受，就睁开眼睛，看看四周，踩踩地面，再去找一位你信任的大人。",
    "You can stop at any time. If it feels worse, open your eyes, look around, press your feet on the \
     floor, and go to an adult you trust.",
];

/// Reads one practice with its captions and adds its sounds to `plans`; `None` if anything is wrong
/// with it.
pub(crate) fn read(
    source: &dyn Source,
    id: PracticeId,
    plans: &mut Vec<Planned>,
    faults: &mut Vec<Fault>,
) -> Option<Practice> {
    let before = faults.len();
    let name = format!("practices/{id}.toml");
    let text = file_text(source, &name, faults)?;
    let mut page = Page::new(&name, &text, faults);
    let raw: RawPractice = page.toml()?;
    let audiences = page.audiences(&raw.audiences);
    let title = page.words(&raw.title, "title", Place::Anywhere);
    let summary = page.words(&raw.summary, "summary", Place::Anywhere);
    let evidence = page.words(&raw.evidence, "evidence", Place::Anywhere);
    let ease = match &raw.ease {
        Some(words) => page.words(words, "ease", Place::Anywhere),
        None => Text::new(EASE[0], EASE[1]),
    };
    let symbol = page.name_of(&raw.symbol, "symbol", SYMBOLS);
    let duration_ms = page.within(&raw.duration_ms, "duration_ms", 1_000, 7_200_000);
    let kind = kind(&mut page, &raw);
    let bed = match &raw.bed {
        Some(raw) => bed(&mut page, raw).map(Some),
        None => Some(None),
    };
    let mut sounds = Sounds {
        page: &mut page,
        source,
        id: &id,
        plans: Vec::new(),
    };
    let cue = match (kind, duration_ms) {
        (Some(kind), Some(duration_ms)) => sounds.cue(&raw, kind, duration_ms),
        _ => None,
    };
    let voice = sounds.voice(raw.voice.as_ref(), duration_ms);
    // Planned although something else is wrong: its files are no strays.
    plans.extend(sounds.plans);
    let captions = read_captions(source, &id, kind, duration_ms, faults);
    if faults.len() != before {
        return None;
    }
    let (sound, paces) = cue?;
    let kind = kind?;
    Some(Practice {
        id,
        audiences,
        kind,
        title: title?,
        summary: summary?,
        symbol: symbol?,
        duration_ms: duration_ms?,
        sound: sound.sound,
        gain_db: sound.gain_db,
        bed: bed?,
        voice,
        paces,
        end_bell: raw.end_bell.unwrap_or(kind != PracticeKind::Soundscape),
        ease: ease?,
        captions: captions?,
        evidence: evidence?,
    })
}

fn bed(page: &mut Page<'_>, raw: &Spanned<RawBedUnder>) -> Option<(BedId, f32)> {
    let raw = raw.get_ref();
    let id = page.id(&raw.id, "bed.id", BedId::new);
    let gain_db = match &raw.gain_db {
        Some(gain) => page.within(gain, "bed.gain_db", -60.0, 0.0),
        None => Some(BED_GAIN_DB),
    };
    Some((id?, gain_db?))
}

/// The sounds of one practice while its file is read.
struct Sounds<'a, 'b> {
    page: &'a mut Page<'b>,
    source: &'a dyn Source,
    id: &'a PracticeId,
    plans: Vec<Planned>,
}

impl Sounds<'_, '_> {
    /// Plans a sound that is asked for under `key` at a byte offset.
    fn track(
        &mut self,
        (at, key): (usize, &'static str),
        file: String,
        recipe: Option<sounds::Recipe>,
        span: Span,
    ) -> Track {
        let plan = SoundPlan {
            page: self.page.file.to_owned(),
            file: file.clone(),
            recipe,
            span,
        };
        self.plans.push(Planned::new(self.page, at, key, plan));
        Track {
            // Nothing is measured before the build; in a built pack every sound has it.
            gain_db: self.source.gain_db(&file).unwrap_or(0.0),
            sound: file,
        }
    }

    /// The cue the practice begins with, and for breathing all of its paces.
    fn cue(
        &mut self,
        raw: &RawPractice,
        kind: PracticeKind,
        duration_ms: u64,
    ) -> Option<(Track, Vec<Pace>)> {
        let at = raw.sound.span().start;
        let origin = sounds::origin(self.page, &raw.sound)?;
        let span = match kind {
            PracticeKind::Breathing {
                inhale_ms,
                exhale_ms,
                ..
            } => return self.breaths(&raw.pace, &origin, at, (inhale_ms, exhale_ms)),
            PracticeKind::Guided => Span::Whole(duration_ms),
            PracticeKind::Soundscape => Span::Loop,
        };
        if let Some(pace) = raw.pace.first() {
            let what = "only a breathing practice has paces".to_owned();
            let remedy = "remove [[pace]] or set kind = \"breathing\"";
            self.page.at(pace.span().start, "pace", what, remedy);
        }
        let track = match origin {
            Origin::Recipe(recipe) => {
                let file = format!("sounds/{}.flac", self.id);
                let file = sounds::rendered(self.page, at, file, self.source)?;
                self.track((at, "sound"), file, Some(recipe), span)
            }
            Origin::File(file) => {
                let file = sounds::shipped(self.page, at, "sound.file", &file, self.source)?;
                self.track((at, "sound.file"), file, None, span)
            }
        };
        Some((track, Vec::new()))
    }

    fn breaths(
        &mut self,
        raw: &[Spanned<RawPace>],
        origin: &Origin,
        at: usize,
        first: (u64, u64),
    ) -> Option<(Track, Vec<Pace>)> {
        if raw.len() > MOST_PACES {
            let what = format!("{} paces are more than {MOST_PACES}", raw.len());
            let remedy = "take some out; a slider needs few and clear steps";
            self.page.at(at, "pace", what, remedy);
        }
        let mut asked: Vec<(u64, u64, usize, Option<&Spanned<String>>)> = Vec::new();
        for pace in raw {
            let at = pace.span().start;
            let pace = pace.get_ref();
            breath_of(self.page, at, "pace", pace.inhale_ms, pace.exhale_ms);
            if asked
                .last()
                .is_some_and(|last| last.0 + last.1 >= pace.inhale_ms + pace.exhale_ms)
            {
                let what = "this pace is not slower than the one above".to_owned();
                self.page
                    .at(at, "pace", what, "order the paces from fast to slow");
            }
            asked.push((pace.inhale_ms, pace.exhale_ms, at, pace.file.as_ref()));
        }
        if raw.is_empty() {
            asked.push((first.0, first.1, at, None));
        }
        let mut paces = Vec::new();
        for (inhale_ms, exhale_ms, at, own) in asked {
            let is_first = (inhale_ms, exhale_ms) == first;
            let (place, file, recipe) = match (origin, own) {
                (Origin::Recipe(_), Some(own)) => {
                    let what = "a pace has a file although [sound] has a recipe".to_owned();
                    let remedy = "remove the file; the recipe makes a cue for every pace";
                    self.page.at(own.span().start, "pace.file", what, remedy);
                    continue;
                }
                (Origin::Recipe(recipe), None) => {
                    let file = format!("sounds/{}.{inhale_ms}-{exhale_ms}.flac", self.id);
                    let file = sounds::rendered(self.page, at, file, self.source);
                    ((at, "sound"), file, Some(recipe.clone()))
                }
                (Origin::File(_), Some(own)) => {
                    let at = own.span().start;
                    let file =
                        sounds::shipped(self.page, at, "pace.file", own.get_ref(), self.source);
                    ((at, "pace.file"), file, None)
                }
                (Origin::File(file), None) if is_first => {
                    let file = sounds::shipped(self.page, at, "sound.file", file, self.source);
                    ((at, "sound.file"), file, None)
                }
                (Origin::File(_), None) => {
                    let what = "this pace has no sound".to_owned();
                    let remedy =
                        "add file = \"sounds/…\", one breath long, or use a recipe in [sound]";
                    self.page.at(at, "pace.file", what, remedy);
                    continue;
                }
            };
            let Some(file) = file else { continue };
            let span = Span::Breath {
                inhale_ms,
                exhale_ms,
            };
            let track = self.track(place, file, recipe, span);
            paces.push(Pace {
                inhale_ms,
                exhale_ms,
                sound: track.sound,
                gain_db: track.gain_db,
            });
        }
        let begins = paces
            .iter()
            .find(|pace| (pace.inhale_ms, pace.exhale_ms) == first)
            .map(|pace| Track {
                sound: pace.sound.clone(),
                gain_db: pace.gain_db,
            });
        if begins.is_none() {
            let what = format!(
                "no [[pace]] is that of [breathing], {} and {} ms",
                first.0, first.1
            );
            let remedy = "add it: the practice begins with it";
            self.page.at(at, "pace", what, remedy);
        }
        Some((begins?, paces))
    }

    fn voice(&mut self, raw: Option<&Spanned<RawVoice>>, duration_ms: Option<u64>) -> Voice {
        let (Some(raw), Some(duration_ms)) = (raw, duration_ms) else {
            return Voice::default();
        };
        let at = raw.span().start;
        let raw = raw.get_ref();
        if raw.zh.is_none() && raw.en.is_none() {
            let what = "[voice] names no recording".to_owned();
            let remedy = "add zh = \"sounds/…\" or en = \"sounds/…\", or remove [voice]";
            self.page.at(at, "voice", what, remedy);
        }
        let mut one = |name: Option<&Spanned<String>>, key: &'static str| {
            let name = name?;
            let at = name.span().start;
            let file = sounds::shipped(self.page, at, key, name.get_ref(), self.source)?;
            Some(self.track((at, key), file, None, Span::Within(duration_ms)))
        };
        Voice {
            zh: one(raw.zh.as_ref(), "voice.zh"),
            en: one(raw.en.as_ref(), "voice.en"),
        }
    }
}

/// Notes a breath that nobody breathes comfortably.
fn breath_of(page: &mut Page<'_>, at: usize, table: &str, inhale_ms: u64, exhale_ms: u64) {
    for (key, ms) in [("inhale_ms", inhale_ms), ("exhale_ms", exhale_ms)] {
        if !(1_000..=20_000).contains(&ms) {
            let what = format!("{ms} is no comfortable breath");
            page.at(at, &format!("{table}.{key}"), what, "choose 1000 to 20000");
        }
    }
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
            breath_of(page, at, "breathing", pace.inhale_ms, pace.exhale_ms);
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
    let en = captions::read(&mut page)?;
    let captions = captions::zip(&mut page, &zh?, &en)?;
    let last = captions.last().map_or(0, |caption| caption.end_ms);
    if duration_ms.is_some_and(|duration| last > duration) {
        let what = format!("the last cue ends at {last} ms, after the practice");
        page.on_line(
            captions::last_line(&en),
            what,
            "shorten the cues in both languages or lengthen duration_ms",
        );
    }
    if captions.is_empty() && kind != Some(PracticeKind::Soundscape) {
        let what = "a guided practice has no captions".to_owned();
        page.on_line(
            1,
            what,
            "write them; a booth without sound has nothing else",
        );
    }
    Some(captions)
}
