//! The sounds of a pack: rendering recipes, measuring loudness, and a cache so that a second build
//! is quick.
//!
//! The same recipe gives the same bytes from the same build of this tool; the cache only saves time.

use crate::place;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use xinting_content::layer::{SoundPlan, Span};
use xinting_sound::synth::{self, SynthError, TARGET_LUFS};
use xinting_sound::{
    DecodeError, Decoder, EncodeError, LoudnessError, Stereo, encode_flac, frames_to_ms, measure,
    ms_to_frames,
};

/// True peak that no sound of a pack exceeds once its gain is applied, in dBTP.
const CEILING_DBTP: f64 = -1.0;

/// A recipe is not rendered shorter than this, in milliseconds.
const LEAST_MS: u64 = 10_000;

/// How far a shipped file may be shorter than its practice, in milliseconds.
const SHORT_MS: u64 = 2_000;

/// Why a sound is not fit for a pack.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The recipe cannot be followed.
    #[error(
        "{page}: sound.recipe: {source}; correct [sound], [breathing], [[pace]] or duration_ms"
    )]
    Render {
        /// The file that asks for it.
        page: String,
        /// Why.
        source: SynthError,
    },
    /// The recipe makes another kind of sound than the one asked for.
    #[error("{page}: sound.recipe: '{recipe}' {is}; use {instead}")]
    Unfit {
        /// The file that asks for it.
        page: String,
        /// The recipe.
        recipe: String,
        /// What it is.
        is: &'static str,
        /// What to use.
        instead: &'static str,
    },
    /// The rendered sound cannot be written.
    #[error("{page}: {source}")]
    Encode {
        /// The file that asks for it.
        page: String,
        /// Why.
        source: EncodeError,
    },
    /// The file is not a sound that a booth can play.
    #[error("{file}: {source}; export it again as 48 kHz FLAC")]
    Decode {
        /// The file.
        file: String,
        /// Why.
        source: DecodeError,
    },
    /// It cannot be measured.
    #[error("{file}: {source}")]
    Measure {
        /// The file.
        file: String,
        /// Why.
        source: LoudnessError,
    },
    /// It is not one breath long, so that it would drift from the lotus.
    #[error(
        "{file}: it holds {found} frames, and one breath of {breath_ms} ms is {wanted}; cut it to the \
         frame, at 48 kHz"
    )]
    NotOneBreath {
        /// The file.
        file: String,
        /// Frames there are.
        found: u64,
        /// Frames there should be.
        wanted: u64,
        /// The breath.
        breath_ms: u64,
    },
    /// A voice speaks on after the practice has ended.
    #[error(
        "{file}: the voice lasts {found_ms} ms and the practice {most_ms} ms; lengthen duration_ms or \
         shorten the recording"
    )]
    Long {
        /// The file.
        file: String,
        /// How long it is.
        found_ms: u64,
        /// How long the practice is.
        most_ms: u64,
    },
    /// It ends before the practice does.
    #[error(
        "{file}: it lasts {found_ms} ms and the practice {wanted_ms} ms; shorten duration_ms or \
         lengthen the sound"
    )]
    Short {
        /// The file.
        file: String,
        /// How long it is.
        found_ms: u64,
        /// How long the practice is.
        wanted_ms: u64,
    },
}

/// A sound ready to be packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Its name in the pack.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The gain that brings it to the common loudness, in dB.
    pub gain_db: f32,
}

/// Renders or measures every sound, several at once. `shipped` gives the bytes of a file that the
/// author ships; `progress` is told what is done.
///
/// # Errors
/// Every fault found, not only the first.
pub fn prepare(
    plans: &[SoundPlan],
    shipped: impl Fn(&str) -> Vec<u8>,
    cache: Option<&Path>,
    progress: impl Fn(&str) + Sync,
) -> Result<Vec<Sound>, Vec<SoundError>> {
    let jobs: Vec<(&SoundPlan, Vec<u8>)> = plans
        .iter()
        .map(|plan| match plan.recipe {
            Some(_) => (plan, Vec::new()),
            None => (plan, shipped(&plan.file)),
        })
        .collect();
    let progress = &progress;
    let todo = Mutex::new(jobs.into_iter());
    let todo = &todo;
    // As many at once as there are cores: each holds a minute of sound and more in memory.
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let mut results: Vec<(&str, Result<Sound, SoundError>)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(move || {
                    let mut done = Vec::new();
                    loop {
                        let next = todo.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some((plan, bytes)) = next else {
                            return done;
                        };
                        done.push((plan.file.as_str(), one(plan, bytes, cache, progress)));
                    }
                })
            })
            .collect();
        let joined = running.into_iter().flat_map(|job| match job.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    });
    results.sort_by_key(|(file, _)| *file);
    let mut sounds = Vec::new();
    let mut faults = Vec::new();
    for (_, result) in results {
        match result {
            Ok(sound) => sounds.push(sound),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(sounds)
    } else {
        Err(faults)
    }
}

/// Tries whether every recipe can be followed, by its first seconds, and measures shipped files.
///
/// # Errors
/// As [`prepare`].
pub fn try_out(
    plans: &[SoundPlan],
    shipped: impl Fn(&str) -> Vec<u8>,
) -> Result<(), Vec<SoundError>> {
    let faults: Vec<SoundError> = plans
        .iter()
        .filter_map(|plan| match recipe(plan) {
            Err(fault) => Some(fault),
            Ok(None) => measured(plan, &shipped(&plan.file)).err(),
            Ok(Some(mut recipe)) => {
                // Ten seconds show whether the figures are within range; the length has been seen.
                let long = recipe.length_ms > synth::MAX_LENGTH_MS;
                recipe.length_ms = if long { recipe.length_ms } else { 10_000 };
                rendered(plan, &recipe).err()
            }
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn one(
    plan: &SoundPlan,
    shipped: Vec<u8>,
    cache: Option<&Path>,
    progress: &(impl Fn(&str) + Sync),
) -> Result<Sound, SoundError> {
    let recipe = recipe(plan)?;
    let slot = cache.and_then(|folder| Slot::new(folder, plan, recipe.as_ref(), &shipped));
    let sound = |bytes: Vec<u8>, gain_db: f32| Sound {
        file: plan.file.clone(),
        bytes,
        gain_db,
    };
    if let Some((bytes, gain_db)) = slot.as_ref().and_then(Slot::read) {
        progress(&format!("{} is as it was", plan.file));
        return Ok(sound(bytes, gain_db));
    }
    let bytes = match &recipe {
        Some(recipe) => {
            progress(&format!(
                "rendering {} ({} s)",
                plan.file,
                recipe.lasts_ms().div_ceil(1_000)
            ));
            rendered(plan, recipe)?
        }
        None => {
            progress(&format!("measuring {}", plan.file));
            shipped
        }
    };
    let gain_db = measured(plan, &bytes)?;
    if let Some(slot) = slot {
        slot.write(&bytes, gain_db);
    }
    Ok(sound(bytes, gain_db))
}

/// The recipe as the synthesiser takes it; `None` if the author ships a file.
fn recipe(plan: &SoundPlan) -> Result<Option<synth::Recipe>, SoundError> {
    let Some(asked) = &plan.recipe else {
        return Ok(None);
    };
    let mut recipe = synth::Recipe::new(&asked.name).map_err(|source| SoundError::Render {
        page: plan.page.clone(),
        source,
    })?;
    let unfit = |is, instead| SoundError::Unfit {
        page: plan.page.clone(),
        recipe: asked.name.clone(),
        is,
        instead,
    };
    let breathes = asked.name == "breathing";
    match plan.span {
        Span::Breath { .. } if !breathes => {
            return Err(unfit("is not one breath long", "'breathing'"));
        }
        Span::Loop | Span::Whole(_) | Span::Within(_) if breathes => {
            return Err(unfit(
                "is one breath and needs a pace",
                "it with kind = \"breathing\"",
            ));
        }
        Span::Loop if !recipe.loops() => {
            return Err(unfit(
                "does not loop",
                "lake, rain, sea, bamboo, stream or brown",
            ));
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

fn rendered(plan: &SoundPlan, recipe: &synth::Recipe) -> Result<Vec<u8>, SoundError> {
    let page = || plan.page.clone();
    let sound = synth::render(recipe).map_err(|source| SoundError::Render {
        page: page(),
        source,
    })?;
    encode_flac(&sound).map_err(|source| SoundError::Encode {
        page: page(),
        source,
    })
}

/// Decodes a sound to its end, as a booth will, and gives its gain.
fn measured(plan: &SoundPlan, bytes: &[u8]) -> Result<f32, SoundError> {
    let file = || plan.file.clone();
    let damaged = |source| SoundError::Decode {
        file: file(),
        source,
    };
    let mut decoder = Decoder::open(Arc::from(bytes)).map_err(damaged)?;
    let mut samples = Vec::new();
    let mut chunk = vec![0.0; 96_000];
    loop {
        let frames = decoder.read(&mut chunk).map_err(damaged)?;
        if frames == 0 {
            break;
        }
        samples.extend_from_slice(&chunk[..frames * xinting_sound::CHANNELS]);
    }
    let sound = Stereo::from_interleaved(samples);
    lasts(plan, sound.frames() as u64)?;
    let loudness = measure(&sound).map_err(|source| SoundError::Measure {
        file: file(),
        source,
    })?;
    Ok(loudness.gain_to(TARGET_LUFS, CEILING_DBTP))
}

/// Whether a shipped sound is as long as it is to be; a rendered one is.
fn lasts(plan: &SoundPlan, frames: u64) -> Result<(), SoundError> {
    if plan.recipe.is_some() {
        return Ok(());
    }
    let file = plan.file.clone();
    let found_ms = frames_to_ms(frames);
    match plan.span {
        Span::Whole(wanted_ms) if found_ms + SHORT_MS < wanted_ms => Err(SoundError::Short {
            file,
            found_ms,
            wanted_ms,
        }),
        Span::Within(most_ms) if found_ms > most_ms => Err(SoundError::Long {
            file,
            found_ms,
            most_ms,
        }),
        Span::Breath {
            inhale_ms,
            exhale_ms,
        } if frames != ms_to_frames(inhale_ms + exhale_ms) => Err(SoundError::NotOneBreath {
            file,
            found: frames,
            wanted: ms_to_frames(inhale_ms + exhale_ms),
            breath_ms: inhale_ms + exhale_ms,
        }),
        _ => Ok(()),
    }
}

/// One place in the cache.
struct Slot {
    folder: PathBuf,
    /// What is cached, whichever build of the tool made it.
    what: String,
    /// Which build of the tool; another build may render otherwise.
    build: String,
}

impl Slot {
    fn new(
        folder: &Path,
        plan: &SoundPlan,
        recipe: Option<&synth::Recipe>,
        shipped: &[u8],
    ) -> Option<Slot> {
        let what = match recipe {
            Some(recipe) => hex(&Sha256::digest(format!("{recipe:?}"))),
            None => hex(&Sha256::digest(
                [format!("{:?}", plan.span).as_bytes(), shipped].concat(),
            )),
        };
        let tool = std::fs::metadata(std::env::current_exe().ok()?).ok()?;
        let made = tool
            .modified()
            .ok()?
            .duration_since(std::time::UNIX_EPOCH)
            .ok()?;
        let build = format!("{}-{}", made.as_nanos(), tool.len());
        std::fs::create_dir_all(folder).ok()?;
        Some(Slot {
            folder: folder.to_owned(),
            what: what.get(..32)?.to_owned(),
            build,
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.{}", self.what, self.build))
    }

    /// Bytes and gain, if they are there and whole: a line with hash and gain, then the sound.
    fn read(&self) -> Option<(Vec<u8>, f32)> {
        let file = std::fs::read(self.path()).ok()?;
        let end = file.iter().position(|&byte| byte == b'\n')?;
        let (head, bytes) = (std::str::from_utf8(&file[..end]).ok()?, &file[end + 1..]);
        let (hash, gain) = head.split_once(' ')?;
        (hash == hex(&Sha256::digest(bytes))).then_some(())?;
        Some((bytes.to_vec(), gain.parse().ok()?))
    }

    /// A cache that cannot be written costs time at the next build and nothing else.
    fn write(&self, bytes: &[u8], gain_db: f32) {
        let mut file = format!("{} {gain_db}\n", hex(&Sha256::digest(bytes))).into_bytes();
        file.extend(bytes);
        if place::write_whole(&self.path(), &file).is_ok() {
            self.forget_other_builds();
        }
    }

    fn forget_other_builds(&self) {
        let own = self.path();
        for entry in std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
        {
            let same = entry.file_name().to_string_lossy().starts_with(&self.what);
            if same && entry.path() != own {
                // Another build running now may have removed it first.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
