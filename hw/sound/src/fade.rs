//! Gains and fades: decibels to factors, and the curves along which sound comes and goes.
//! No state: whoever fades counts the frames.

use std::f32::consts::FRAC_PI_2;

use crate::{CHANNELS, Stereo};

/// Factor for a gain in decibels; 0 dB leaves samples unchanged, anything at or below -120 dB is silence.
#[must_use]
pub fn db_to_gain(db: f32) -> f32 {
    if db.is_nan() || db <= -120.0 {
        0.0
    } else {
        10.0_f32.powf(db / 20.0)
    }
}

/// Decibels of a linear factor; silence and negative factors give -120 dB.
#[must_use]
pub fn gain_to_db(gain: f32) -> f32 {
    if gain > 1e-6 {
        20.0 * gain.log10()
    } else {
        -120.0
    }
}

/// Gain of an equal-power fade-in at `progress` (0 begins, 1 is done; clamped).
///
/// `equal_power(x)² + equal_power(1 − x)² = 1`: two unrelated sounds that cross keep their loudness.
#[must_use]
pub fn equal_power(progress: f32) -> f32 {
    if progress >= 1.0 {
        1.0
    } else if progress > 0.0 {
        (progress * FRAC_PI_2).sin()
    } else {
        0.0
    }
}

/// Fades the first `fade_in` and the last `fade_out` frames of a whole sound along the equal-power curve.
///
/// Fades longer than the sound are shortened to it.
pub fn fade_ends(sound: &mut [f32], fade_in: usize, fade_out: usize) {
    let frames = sound.len() / CHANNELS;
    let (fade_in, fade_out) = (fade_in.min(frames), fade_out.min(frames));
    for (index, frame) in sound.chunks_exact_mut(CHANNELS).enumerate() {
        let mut gain = 1.0;
        if index < fade_in {
            gain *= equal_power(index as f32 / fade_in as f32);
        }
        let left = frames - 1 - index;
        if left < fade_out {
            gain *= equal_power(left as f32 / fade_out as f32);
        }
        for sample in frame {
            *sample *= gain;
        }
    }
}

/// Joins two sounds so that the last `overlap` frames of the first cross into the first frames of the second.
///
/// The overlap is shortened to the shorter of the two. The result counts as mono only if both are.
#[must_use]
pub fn cross_fade(first: &Stereo, second: &Stereo, overlap: usize) -> Stereo {
    let overlap = overlap.min(first.frames()).min(second.frames());
    let (head, tail) = (first.interleaved(), second.interleaved());
    let start = (first.frames() - overlap) * CHANNELS;
    let mut out = head[..start].to_vec();
    for index in 0..overlap {
        let rising = equal_power(index as f32 / overlap as f32);
        let falling = equal_power(1.0 - index as f32 / overlap as f32);
        for channel in 0..CHANNELS {
            let at = index * CHANNELS + channel;
            out.push(head[start + at] * falling + tail[at] * rising);
        }
    }
    out.extend_from_slice(&tail[overlap * CHANNELS..]);
    if first.is_mono() && second.is_mono() {
        let left: Vec<f32> = out.chunks_exact(CHANNELS).map(|frame| frame[0]).collect();
        Stereo::from_mono(&left)
    } else {
        Stereo::from_interleaved(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_and_factors_agree() {
        for (db, gain) in [
            (0.0, 1.0),
            (-6.020_6, 0.5),
            (-20.0, 0.1),
            (-40.0, 0.01),
            (-120.0, 0.0),
            (-300.0, 0.0),
            (6.020_6, 2.0),
            (f32::NAN, 0.0),
        ] {
            assert!((db_to_gain(db) - gain).abs() < 1e-5, "{db} dB");
        }
        assert!((gain_to_db(0.1) + 20.0).abs() < 1e-4);
        assert_eq!(gain_to_db(0.0), -120.0);
        assert_eq!(gain_to_db(-1.0), -120.0);
    }

    #[test]
    fn equal_power_keeps_power_and_its_ends() {
        assert_eq!(equal_power(-1.0), 0.0);
        assert_eq!(equal_power(0.0), 0.0);
        assert_eq!(equal_power(1.0), 1.0);
        assert_eq!(equal_power(7.0), 1.0);
        for step in 0..=100 {
            let x = step as f32 / 100.0;
            let power = equal_power(x).powi(2) + equal_power(1.0 - x).powi(2);
            assert!((power - 1.0).abs() < 1e-5, "at {x}");
        }
    }

    #[test]
    fn ends_fade_to_silence_and_the_middle_is_untouched() {
        let mut sound = vec![0.5; 2 * 1000];
        fade_ends(&mut sound, 100, 200);
        assert_eq!(sound[0], 0.0);
        assert_eq!(sound[1999], 0.0);
        assert_eq!(sound[2 * 500], 0.5);
        let mut short = vec![0.5; 2 * 10];
        fade_ends(&mut short, 100, 200);
        assert!(short.iter().all(|sample| *sample <= 0.5));
    }

    #[test]
    fn a_cross_fade_has_the_length_of_both_less_the_overlap() {
        let first = Stereo::from_mono(&[0.5; 100]);
        let second = Stereo::from_mono(&[0.5; 60]);
        let joined = cross_fade(&first, &second, 40);
        assert_eq!(joined.frames(), 120);
        assert!(joined.is_mono());
        assert!(joined.left().all(|sample| (0.499..0.71).contains(&sample)));
    }
}
