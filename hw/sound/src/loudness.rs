//! Loudness by EBU R128 and peaks between samples, of a sound as it will be heard: both channels.
//! Measuring only; what to do about the figure is the caller's decision.

use crate::{SAMPLE_RATE, Stereo, gain_to_db};

/// Why a loudness could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum LoudnessError {
    /// The measuring library refused.
    #[error("measuring loudness")]
    Measure(#[from] ebur128::Error),
}

/// What a sound measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS; `None` where the sound is silent or shorter than 400 ms.
    pub integrated_lufs: Option<f64>,
    /// Highest peak of the reconstructed waveform in dBTP; -120 for silence.
    pub true_peak_dbtp: f64,
}

impl Loudness {
    /// Gain in dB that brings this sound to `target_lufs` without lifting its true peak above
    /// `ceiling_dbtp`, limited to -60 to 0 dB as stored beside a sound in a pack (a pack never amplifies).
    ///
    /// A sound without a loudness gets 0 dB.
    #[must_use]
    pub fn gain_to(&self, target_lufs: f64, ceiling_dbtp: f64) -> f32 {
        let Some(lufs) = self.integrated_lufs else {
            return 0.0;
        };
        let gain = (target_lufs - lufs).min(ceiling_dbtp - self.true_peak_dbtp);
        gain.clamp(-60.0, 0.0) as f32
    }
}

/// Measures integrated loudness and true peak together.
///
/// # Errors
/// [`LoudnessError::Measure`] if the meter refuses the samples, which finite 48 kHz stereo never is.
pub fn measure(sound: &Stereo) -> Result<Loudness, LoudnessError> {
    use ebur128::{EbuR128, Mode};
    let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I | Mode::TRUE_PEAK)?;
    // A second at a time: the meter's own buffer stays small.
    for chunk in sound.interleaved().chunks(2 * SAMPLE_RATE as usize) {
        meter.add_frames_f32(chunk)?;
    }
    let lufs = meter.loudness_global()?;
    let peak = meter.true_peak(0)?.max(meter.true_peak(1)?);
    Ok(Loudness {
        integrated_lufs: lufs.is_finite().then_some(lufs),
        true_peak_dbtp: f64::from(gain_to_db(peak as f32)),
    })
}

/// Integrated loudness in LUFS; `None` for silence and for sounds under 400 ms.
///
/// # Errors
/// As [`measure`].
pub fn integrated_lufs(sound: &Stereo) -> Result<Option<f64>, LoudnessError> {
    Ok(measure(sound)?.integrated_lufs)
}

/// True peak in dBTP; -120 for silence.
///
/// # Errors
/// As [`measure`].
pub fn true_peak_dbtp(sound: &Stereo) -> Result<f64, LoudnessError> {
    Ok(measure(sound)?.true_peak_dbtp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, amplitude: f64, seconds: usize) -> Stereo {
        let samples: Vec<f32> = (0..seconds * SAMPLE_RATE as usize)
            .map(|n| {
                let t = n as f64 / f64::from(SAMPLE_RATE);
                (amplitude * (t * hz * std::f64::consts::TAU).sin()) as f32
            })
            .collect();
        Stereo::from_mono(&samples)
    }

    // EBU Tech 3341 case 1: a stereo 1 kHz sine at -23 dBFS measures -23 LUFS within 0.1.
    #[test]
    fn the_reference_tone_measures_as_the_standard_says() {
        let tone = sine(1000.0, f64::from(crate::db_to_gain(-23.0)), 20);
        let got = measure(&tone).unwrap();
        let lufs = got.integrated_lufs.unwrap();
        assert!((lufs + 23.0).abs() < 0.1, "{lufs}");
        assert!(
            (got.true_peak_dbtp + 23.0).abs() < 0.2,
            "{}",
            got.true_peak_dbtp
        );
    }

    #[test]
    fn silence_has_no_loudness_and_asks_for_no_gain() {
        let got = measure(&Stereo::from_mono(&[0.0; 96_000])).unwrap();
        assert_eq!(got.integrated_lufs, None);
        assert_eq!(got.true_peak_dbtp, -120.0);
        assert_eq!(got.gain_to(-26.0, -3.0), 0.0);
    }

    #[test]
    fn gain_never_amplifies_and_respects_the_peak() {
        let at = |lufs, peak| Loudness {
            integrated_lufs: Some(lufs),
            true_peak_dbtp: peak,
        };
        assert_eq!(at(-20.0, -6.0).gain_to(-26.0, -3.0), -6.0);
        assert_eq!(at(-30.0, -20.0).gain_to(-26.0, -3.0), 0.0);
        assert_eq!(at(-26.0, 1.0).gain_to(-26.0, -3.0), -4.0);
        assert_eq!(at(99.0, 0.0).gain_to(-26.0, -3.0), -60.0);
    }
}
