//! The sounds of a pack: rendering recipes, measuring loudness, and a cache so that a second build
//! is quick.
//!
//! The same recipe gives the same bytes from the same build of this tool; the cache only saves time.

mod cache;
mod heard;

pub use heard::Heard;

use crate::parallel;
use cache::Slot;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use xinting_content::layer::{SoundPlan, Span};
use xinting_content::{Fault, Source};
use xinting_sound::encode_flac;
use xinting_sound::synth;

/// A recipe is not rendered shorter than this, in milliseconds.
const LEAST_MS: u64 = 10_000;

/// Where the sounds come from, and with what they are made.
pub struct Bench<'a> {
    /// The files that ask for the sounds, and the sounds that the author ships.
    pub source: &'a (dyn Source + Sync),
    /// Where rendered and measured sounds are kept; `None`: nowhere.
    pub cache: Option<&'a Path>,
    /// How many are made at once.
    pub threads: usize,
}

/// A sound ready to be packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Its name in the pack.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was measured.
    pub heard: Heard,
}

/// One sound as far as it could be tried without rendering it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// Its name in the pack.
    pub file: String,
    /// What was measured; `None` if it is still to be rendered.
    pub heard: Option<Heard>,
    /// What an author may want to better.
    pub warnings: Vec<Fault>,
}

impl Bench<'_> {
    /// Renders or measures every sound, several at once; `progress` is told what is being done.
    ///
    /// # Errors
    /// Every fault found, not only the first.
    pub fn prepare(
        &self,
        plans: &[SoundPlan],
        progress: impl Fn(&str) + Sync,
    ) -> Result<Vec<Sound>, Vec<Fault>> {
        let begun = AtomicUsize::new(0);
        let results = parallel::each(self.threads, plans.iter().collect(), |plan: &SoundPlan| {
            let number = begun.fetch_add(1, Ordering::Relaxed) + 1;
            let told = |what: &str| progress(&format!("sound {number} of {}: {what}", plans.len()));
            self.one(plan, &told)
        });
        collected(results)
    }

    /// Tries whether every recipe can be followed, by its first seconds, and measures shipped files.
    ///
    /// # Errors
    /// As [`Bench::prepare`].
    pub fn try_out(&self, plans: &[SoundPlan]) -> Result<Vec<Tried>, Vec<Fault>> {
        let results = parallel::each(self.threads, plans.iter().collect(), |plan: &SoundPlan| {
            let recipe = self.recipe(plan)?;
            let known = |slot: Option<Slot>| slot.and_then(|slot| slot.read());
            let heard = match recipe {
                None => Some(self.one(plan, &|_| {})?.heard),
                Some(mut recipe) => match known(self.slot(plan, Some(&recipe), &[])) {
                    Some((_, heard)) => Some(heard),
                    None => {
                        // Ten seconds show whether the figures are within range; the length has been
                        // seen.
                        let long = recipe.length_ms > synth::MAX_LENGTH_MS;
                        recipe.length_ms = if long { recipe.length_ms } else { LEAST_MS };
                        self.tried(plan, &recipe)?;
                        None
                    }
                },
            };
            Ok(Tried {
                file: plan.file.clone(),
                heard,
                warnings: heard.map_or_else(Vec::new, |heard| heard::warnings(plan, &heard)),
            })
        });
        collected(results)
    }

    /// Follows a recipe and forgets what comes out; once is enough.
    fn tried(&self, plan: &SoundPlan, recipe: &synth::Recipe) -> Result<(), Vec<Fault>> {
        let slot = self.cache.and_then(|folder| Slot::tried(folder, recipe));
        if slot.as_ref().is_some_and(|slot| slot.read().is_some()) {
            return Ok(());
        }
        let bytes = self.rendered(plan, recipe)?;
        if let Some(slot) = slot {
            slot.write(&[], &heard::hear(plan, &bytes)?);
        }
        Ok(())
    }

    fn slot(
        &self,
        plan: &SoundPlan,
        recipe: Option<&synth::Recipe>,
        shipped: &[u8],
    ) -> Option<Slot> {
        Slot::new(self.cache?, plan, recipe, shipped)
    }

    fn one(&self, plan: &SoundPlan, progress: &dyn Fn(&str)) -> Result<Sound, Vec<Fault>> {
        let recipe = self.recipe(plan)?;
        let shipped = match recipe {
            Some(_) => Vec::new(),
            None => self.bytes(&plan.file),
        };
        let slot = self.slot(plan, recipe.as_ref(), &shipped);
        let known = slot.as_ref().and_then(Slot::read);
        let sound = match (known, &recipe) {
            (Some((bytes, heard)), Some(_)) => {
                progress(&format!("{} is as it was", plan.file));
                (bytes, heard)
            }
            (Some((_, heard)), None) => {
                progress(&format!("{} is as it was", plan.file));
                (shipped, heard)
            }
            (None, Some(recipe)) => {
                progress(&format!(
                    "rendering {} ({} s)",
                    plan.file,
                    recipe.lasts_ms().div_ceil(1_000)
                ));
                let bytes = self.rendered(plan, recipe)?;
                let heard = heard::hear(plan, &bytes)?;
                if let Some(slot) = &slot {
                    slot.write(&bytes, &heard);
                }
                (bytes, heard)
            }
            (None, None) => {
                progress(&format!("measuring {}", plan.file));
                let heard = heard::hear(plan, &shipped)?;
                if let Some(slot) = &slot {
                    slot.write(&[], &heard);
                }
                (shipped, heard)
            }
        };
        let faults = heard::faults(self, plan, &sound.1);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Sound {
            file: plan.file.clone(),
            bytes: sound.0,
            heard: sound.1,
        })
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        self.source.read(file).ok().flatten().unwrap_or_default()
    }

    /// A fault of the file that asks for a sound.
    fn of_page(&self, plan: &SoundPlan, key: &str, what: String, remedy: &str) -> Fault {
        let text = String::from_utf8_lossy(&self.bytes(&plan.page)).into_owned();
        Fault::of_key(&plan.page, &text, key, what, remedy)
    }

    /// The recipe as the synthesiser takes it; `None` if the author ships a file.
    fn recipe(&self, plan: &SoundPlan) -> Result<Option<synth::Recipe>, Vec<Fault>> {
        let Some(asked) = &plan.recipe else {
            return Ok(None);
        };
        let fault =
            |what: String, remedy: &str| vec![self.of_page(plan, "sound.recipe", what, remedy)];
        let mut recipe = synth::Recipe::new(&asked.name).map_err(|error| {
            let remedy = "correct [sound], [breathing], [[pace]] or duration_ms";
            fault(error.to_string(), remedy)
        })?;
        let unfit = |is: &str, instead: &str| {
            let what = format!("'{}' {is}", asked.name);
            fault(what, &format!("use {instead}"))
        };
        let breathes = asked.name == "breathing";
        match plan.span {
            Span::Breath { .. } if !breathes => {
                return Err(unfit("is not one breath long", "'breathing'"));
            }
            Span::Loop | Span::Whole(_) | Span::Within(_) if breathes => {
                let instead = "it with kind = \"breathing\"";
                return Err(unfit("is one breath and needs a pace", instead));
            }
            Span::Loop if !recipe.loops() => {
                let instead = "lake, rain, sea, bamboo, stream or brown";
                return Err(unfit("does not loop", instead));
            }
            _ => {}
        }
        recipe.seed = asked.seed;
        recipe.bells_ms = asked.bells_ms.clone();
        match plan.span {
            Span::Breath {
                inhale_ms,
                exhale_ms,
            } => {
                recipe.inhale_ms = inhale_ms;
                recipe.exhale_ms = exhale_ms;
            }
            Span::Whole(ms) | Span::Within(ms) => recipe.length_ms = ms.max(LEAST_MS),
            Span::Loop => {}
        }
        Ok(Some(recipe))
    }

    fn rendered(&self, plan: &SoundPlan, recipe: &synth::Recipe) -> Result<Vec<u8>, Vec<Fault>> {
        let fault = |error: &dyn std::fmt::Display| {
            let remedy = "correct [sound], [breathing], [[pace]] or duration_ms";
            vec![self.of_page(plan, "sound", error.to_string(), remedy)]
        };
        let sound = synth::render(recipe).map_err(|error| fault(&error))?;
        encode_flac(&sound).map_err(|error| fault(&error))
    }
}

/// Decodes sounds to their ends as a booth would play them, several at once.
///
/// # Errors
/// Every sound that cannot be read or decoded.
pub fn decode(
    source: &(dyn Source + Sync),
    plans: &[SoundPlan],
    threads: usize,
) -> Result<(), Vec<Fault>> {
    let mut files: Vec<&SoundPlan> = plans.iter().collect();
    files.sort_by(|a, b| a.file.cmp(&b.file));
    files.dedup_by(|a, b| a.file == b.file);
    let results = parallel::each(threads, files, |plan| {
        let read = source.read(&plan.file);
        let bytes = read.ok().flatten().unwrap_or_default();
        heard::decoded(plan, bytes, |_| {})
    });
    collected(results).map(drop)
}

/// All results, or all faults.
fn collected<T>(results: Vec<Result<T, Vec<Fault>>>) -> Result<Vec<T>, Vec<Fault>> {
    let mut good = Vec::new();
    let mut faults = Vec::new();
    for result in results {
        match result {
            Ok(one) => good.push(one),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() {
        Ok(good)
    } else {
        Err(faults)
    }
}
