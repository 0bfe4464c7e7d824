//! Sounds for the installer: a plain tone, and steady noise to hold a sound level meter against.

use std::f64::consts::TAU;

use super::filter::Svf;
use super::noise::Noise;
use crate::{SAMPLE_RATE, Stereo, db_to_gain, fade, measure};

/// Frames of fade at both ends, so that nothing clicks: 20 ms.
const FADE: usize = 960;

/// A sine of `hz` (20 to 20,000) at `level_db` below full scale (-60 to 0), `seconds` long (at most 600).
#[must_use]
pub fn tone(hz: f64, level_db: f32, seconds: u32) -> Stereo {
    let step = TAU * hz.clamp(20.0, 20_000.0) / f64::from(SAMPLE_RATE);
    let gain = db_to_gain(level_db.clamp(-60.0, 0.0));
    let frames = seconds.min(600) * SAMPLE_RATE;
    with_soft_ends((0..frames).map(|n| (step * f64::from(n)).sin() as f32 * gain))
}

/// Pink noise from 100 Hz to 8 kHz at [`super::TARGET_LUFS`], `seconds` long (1 to 600): as loud as our practices.
///
/// # Errors
/// [`super::SynthError::Loudness`] if it could not be measured.
pub fn calibration_noise(seconds: u32) -> Result<Stereo, super::SynthError> {
    let frames = seconds.clamp(1, 600) * SAMPLE_RATE;
    let mut noise = Noise::new(1, 90);
    let mut low = Svf::new(8000.0, std::f64::consts::FRAC_1_SQRT_2);
    let mut high = Svf::new(100.0, std::f64::consts::FRAC_1_SQRT_2);
    // Three one-pole filters, spread so that their sum falls 3 dB an octave (Kellet's economy form, within 0.5 dB).
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    let mut sound = with_soft_ends((0..frames).map(|_| {
        let white = noise.white();
        a = 0.997_65 * a + white * 0.099_046;
        b = 0.963_00 * b + white * 0.296_516_4;
        c = 0.570_00 * c + white * 1.052_691_3;
        let pink = a + b + c + white * 0.1848;
        (high.step(low.step(pink).low).high * 0.05) as f32
    }));
    if let Some(lufs) = measure(&sound)?.integrated_lufs {
        sound.scale(db_to_gain((super::TARGET_LUFS - lufs) as f32));
    }
    Ok(sound)
}

fn with_soft_ends(samples: impl Iterator<Item = f32>) -> Stereo {
    let mut doubled: Vec<f32> = samples.flat_map(|sample| [sample; 2]).collect();
    fade::fade_ends(&mut doubled, FADE, FADE);
    let left: Vec<f32> = doubled.chunks_exact(2).map(|frame| frame[0]).collect();
    Stereo::from_mono(&left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_has_its_level_and_ends_softly() {
        let sound = tone(1000.0, -20.0, 2);
        assert_eq!(sound.frames(), 96_000);
        let peak = measure(&sound).unwrap().true_peak_dbtp;
        assert!((peak + 20.0).abs() < 0.1, "{peak}");
        assert_eq!(sound.left().last(), Some(0.0));
    }

    #[test]
    fn calibration_noise_is_as_loud_as_a_practice() {
        let found = measure(&calibration_noise(5).unwrap()).unwrap();
        let lufs = found.integrated_lufs.unwrap();
        assert!((lufs - super::super::TARGET_LUFS).abs() < 0.1, "{lufs}");
        assert!(found.true_peak_dbtp < -6.0, "{}", found.true_peak_dbtp);
    }
}
