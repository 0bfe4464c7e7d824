//! What a sound measures, decoded to its end as a booth will, and what is wrong with it.
//!
//! Not here: making it better. A booth turns sounds down to the common loudness and never up.

use super::Bench;
use std::sync::Arc;
use xinting_content::Fault;
use xinting_content::layer::{SoundPlan, Span};
use xinting_sound::synth::TARGET_LUFS;
use xinting_sound::{
    CHANNELS, Codec, DecodeError, Decoder, Stereo, frames_to_ms, measure, ms_to_frames,
};

/// True peak that no sound of a pack exceeds once its gain is applied, in dBTP.
const CEILING_DBTP: f64 = -1.0;

/// How far a shipped file may be shorter than its practice, in milliseconds.
const SHORT_MS: u64 = 2_000;

/// A voice below this cannot be made out under any bed, in LUFS.
const FAINTEST_VOICE_LUFS: f64 = -40.0;

/// Below this a sound is heard as quieter than the others, which all come to the common loudness, in
/// LUFS.
const QUIET_LUFS: f64 = TARGET_LUFS - 6.0;

/// Full scale but for rounding: a sample that a converter or an editor has cut off.
const FULL: f32 = 0.999;

/// So many samples at full scale in a row are a clip and not a peak, and so many clips are heard.
const CLIP_SAMPLES: usize = 3;
const MOST_CLIPS: usize = 4;

/// The mean of a channel, of full scale: above it the sound begins and ends with a thump, and above the
/// second at the latest the recorder is broken.
const SLIGHT_OFFSET: f64 = 0.002;
const MOST_OFFSET: f64 = 0.01;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Frames at 48 kHz.
    pub frames: u64,
    /// Integrated loudness in LUFS (EBU R128); `None` for silence and what is shorter than 400 ms.
    pub lufs: Option<f64>,
    /// Highest true peak in dBTP.
    pub peak_dbtp: f64,
    /// The greater mean of the two channels, of full scale 1.
    pub offset: f64,
    /// How often it was cut off at full scale.
    pub clips: usize,
    /// The gain that brings it to the common loudness, in dB, -60 to 0.
    pub gain_db: f32,
}

impl Heard {
    /// In one line.
    pub fn words(&self) -> String {
        let lufs = match self.lufs {
            Some(lufs) => format!("{lufs:.1} LUFS"),
            None => "no loudness".to_owned(),
        };
        format!(
            "{lufs}, true peak {:.1} dBTP, gain {:.1} dB, {:.1} s",
            self.peak_dbtp,
            self.gain_db,
            frames_to_ms(self.frames) as f64 / 1e3
        )
    }
}

/// Decodes and measures a sound.
///
/// # Errors
/// What is wrong with the file, if a booth could not play it.
pub(super) fn hear(plan: &SoundPlan, bytes: &[u8]) -> Result<Heard, Vec<Fault>> {
    let mut samples = Vec::new();
    decoded(plan, bytes, |piece| samples.extend_from_slice(piece))?;
    let sound = Stereo::from_interleaved(samples);
    let loudness = measure(&sound).map_err(|error| damaged(plan, &error))?;
    let samples = sound.interleaved();
    Ok(Heard {
        frames: sound.frames() as u64,
        lufs: loudness.integrated_lufs,
        peak_dbtp: loudness.true_peak_dbtp,
        offset: channel_mean(samples, 0).max(channel_mean(samples, 1)),
        clips: clips(samples, 0).max(clips(samples, 1)),
        gain_db: loudness.gain_to(TARGET_LUFS, CEILING_DBTP),
    })
}

/// Decodes a sound to its end, a second at a time. What is damaged within a FLAC file is left out in decoding; it
/// shows in the length, which such a file states to the frame.
///
/// # Errors
/// What is wrong with the file, if a booth could not play it.
pub(super) fn decoded(
    plan: &SoundPlan,
    bytes: impl Into<Arc<[u8]>>,
    mut takes: impl FnMut(&[f32]),
) -> Result<(), Vec<Fault>> {
    let mut decoder = Decoder::open(bytes.into()).map_err(|error| damaged(plan, &error))?;
    let mut chunk = vec![0.0; 96_000];
    loop {
        let frames = decoder.read(&mut chunk);
        match frames.map_err(|error| damaged(plan, &error))? {
            0 => break,
            frames => takes(&chunk[..frames * CHANNELS]),
        }
    }
    let (stated, found) = (decoder.total_frames(), decoder.position());
    match stated {
        Some(stated) if stated != found && decoder.codec() == Codec::Flac => {
            let codec = decoder.codec();
            let error = DecodeError::Length {
                codec,
                stated,
                found,
            };
            Err(damaged(plan, &error))
        }
        _ => Ok(()),
    }
}

fn damaged(plan: &SoundPlan, error: &dyn std::fmt::Display) -> Vec<Fault> {
    let text = error.to_string();
    // Our remedy says more than the decoder's.
    let what = text.split("; ").next().unwrap_or_default().to_owned();
    vec![bad(plan, what, "export it again as 48 kHz FLAC")]
}

fn channel_mean(samples: &[f32], channel: usize) -> f64 {
    let of = samples.iter().skip(channel).step_by(CHANNELS);
    let (sum, count) = of.fold((0.0, 0_u64), |(sum, count), sample| {
        (sum + f64::from(*sample), count + 1)
    });
    (sum / count.max(1) as f64).abs()
}

fn clips(samples: &[f32], channel: usize) -> usize {
    let (mut clips, mut row) = (0, 0);
    for sample in samples.iter().skip(channel).step_by(CHANNELS) {
        row = if sample.abs() >= FULL { row + 1 } else { 0 };
        clips += usize::from(row == CLIP_SAMPLES);
    }
    clips
}

/// What is wrong with a sound that the author ships; a rendered one is as its recipe makes it.
pub(super) fn faults(bench: &Bench<'_>, plan: &SoundPlan, heard: &Heard) -> Vec<Fault> {
    if plan.recipe.is_some() {
        return Vec::new();
    }
    let mut faults: Vec<Fault> = length(bench, plan, heard).into_iter().collect();
    let mut add = |what: String, remedy: &str| faults.push(bad(plan, what, remedy));
    let voice = matches!(plan.span, Span::Within(_));
    match heard.lufs {
        None if frames_to_ms(heard.frames) >= 400 => add(
            "it is silent".to_owned(),
            "export it again and listen to the file before it goes into the pack",
        ),
        Some(lufs) if voice && lufs < FAINTEST_VOICE_LUFS => add(
            format!("the voice is too faint: {lufs:.1} LUFS, and a booth only turns down"),
            "record closer to the microphone, or raise it to about -26 LUFS and listen for hiss",
        ),
        _ => {}
    }
    if heard.clips > MOST_CLIPS {
        add(
            format!("it is clipped in {} places", heard.clips),
            "record again at a lower level: loud words reach -12 dBFS; a clipped recording cannot be \
             mended by turning it down",
        );
    }
    if heard.offset > MOST_OFFSET {
        add(
            format!(
                "its zero line is off by {:.1} % of full scale, so that it begins and ends with a thump",
                heard.offset * 100.0
            ),
            "remove the DC offset (in Audacity: Effect, Normalize) and export it again",
        );
    }
    faults
}

/// What an author may want to better.
pub(super) fn warnings(plan: &SoundPlan, heard: &Heard) -> Vec<Fault> {
    if plan.recipe.is_some() {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    let mut add = |what: String, remedy: &str| warnings.push(bad(plan, what, remedy));
    if let Some(lufs) = heard.lufs.filter(|lufs| *lufs < QUIET_LUFS) {
        add(
            format!("at {lufs:.1} LUFS it will sound quieter than everything else"),
            "raise it to about -26 LUFS",
        );
    }
    if (1..=MOST_CLIPS).contains(&heard.clips) {
        add(
            format!("it touches full scale in {} places", heard.clips),
            "listen there; record with more room if it crackles",
        );
    }
    if heard.offset > SLIGHT_OFFSET && heard.offset <= MOST_OFFSET {
        add(
            format!(
                "its zero line is off by {:.1} % of full scale",
                heard.offset * 100.0
            ),
            "remove the DC offset",
        );
    }
    warnings
}

/// Whether a shipped sound is as long as it is to be.
fn length(bench: &Bench<'_>, plan: &SoundPlan, heard: &Heard) -> Option<Fault> {
    let found_ms = frames_to_ms(heard.frames);
    match plan.span {
        Span::Whole(wanted_ms) if found_ms + SHORT_MS < wanted_ms => Some(bad(
            plan,
            format!("it lasts {found_ms} ms and the practice {wanted_ms} ms"),
            "shorten duration_ms or lengthen the sound",
        )),
        Span::Within(most_ms) if found_ms > most_ms => Some(bad(
            plan,
            format!("the voice lasts {found_ms} ms and the practice {most_ms} ms"),
            "lengthen duration_ms or shorten the recording",
        )),
        Span::Breath {
            inhale_ms,
            exhale_ms,
        } if heard.frames != ms_to_frames(inhale_ms + exhale_ms) => Some(bad(
            plan,
            format!(
                "it holds {} frames, and one breath of {} ms is {}",
                heard.frames,
                inhale_ms + exhale_ms,
                ms_to_frames(inhale_ms + exhale_ms)
            ),
            "cut it to the frame, at 48 kHz",
        )),
        Span::Loop if heard.frames == 0 => Some(bench.of_page(
            plan,
            "sound",
            "it loops and holds nothing".to_owned(),
            "export it again",
        )),
        _ => None,
    }
}

/// A fault of the sound file itself.
fn bad(plan: &SoundPlan, what: String, remedy: &str) -> Fault {
    Fault {
        file: plan.file.clone(),
        line: None,
        column: None,
        key: String::new(),
        what,
        remedy: remedy.to_owned(),
    }
}
