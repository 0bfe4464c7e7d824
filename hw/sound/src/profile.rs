//! What stands between the booth and the ear, and the filter that suits it.
//! One filter for a small loudspeaker, none for headphones; no room correction and no loudness curve.

use crate::{CHANNELS, SAMPLE_RATE};

/// How the booth is listened to; the installer says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// A small loudspeaker in the board's case. What lies under 120 Hz cannot be heard from it but moves its cone
    /// and buzzes: it is taken away gently (Butterworth, 12 dB an octave, −3 dB at 120 Hz; 40 Hz is 19 dB down,
    /// 300 Hz untouched within 0.2 dB).
    Speaker,
    /// Headphones, or a loudspeaker that reaches low: the sound passes as it is, bit for bit.
    #[default]
    Headphones,
}

/// Where [`Profile::Speaker`] is 3 dB down, in Hz.
pub const SPEAKER_HIGH_PASS_HZ: f64 = 120.0;

/// The filter of a profile, with its memory. No allocation.
#[derive(Debug, Clone)]
pub struct ProfileFilter {
    profile: Profile,
    /// Feed-forward, then feed-back coefficients of one second-order section.
    forward: [f64; 3],
    back: [f64; 2],
    state: [[f64; 2]; CHANNELS],
}

impl ProfileFilter {
    /// A filter at rest.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        // Bilinear transform of s² / (s² + √2 s + 1), warped so that the corner is where it is named.
        let k = (std::f64::consts::PI * SPEAKER_HIGH_PASS_HZ / f64::from(SAMPLE_RATE)).tan();
        let norm = 1.0 / (1.0 + std::f64::consts::SQRT_2 * k + k * k);
        Self {
            profile,
            forward: [norm, -2.0 * norm, norm],
            back: [
                2.0 * (k * k - 1.0) * norm,
                (1.0 - std::f64::consts::SQRT_2 * k + k * k) * norm,
            ],
            state: [[0.0; 2]; CHANNELS],
        }
    }

    /// Which profile this is.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.state = [[0.0; 2]; CHANNELS];
    }

    /// Filters interleaved stereo in place.
    pub fn process(&mut self, sound: &mut [f32]) {
        if self.profile == Profile::Headphones {
            return;
        }
        for frame in sound.chunks_exact_mut(CHANNELS) {
            for (sample, state) in frame.iter_mut().zip(&mut self.state) {
                let input = f64::from(*sample);
                let output = self.forward[0] * input + state[0];
                state[0] = self.forward[1] * input - self.back[0] * output + state[1];
                state[1] = self.forward[2] * input - self.back[1] * output;
                *sample = output as f32;
            }
        }
        // Numbers too small to hear also make some processors slow.
        for state in self.state.iter_mut().flatten() {
            if state.abs() < 1e-20 {
                *state = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain in dB at `hz`, measured on a second of sine after it has settled.
    fn gain_at(profile: Profile, hz: f64) -> f64 {
        let mut sound: Vec<f32> = (0..96_000)
            .flat_map(|n| [(f64::from(n) / 48_000.0 * hz * std::f64::consts::TAU).sin() as f32; 2])
            .collect();
        let energy = |sound: &[f32]| {
            sound[96_000..]
                .iter()
                .map(|s| f64::from(*s).powi(2))
                .sum::<f64>()
        };
        let before = energy(&sound);
        let mut filter = ProfileFilter::new(profile);
        for piece in sound.chunks_mut(2 * 100) {
            filter.process(piece);
        }
        10.0 * (energy(&sound) / before).log10()
    }

    #[test]
    fn a_small_speaker_is_spared_what_it_cannot_play() {
        for (hz, least, most) in [
            (20.0, -33.0, -30.0),
            (40.0, -20.0, -18.0),
            (120.0, -3.1, -2.9),
            (300.0, -0.2, 0.0),
            (1000.0, -0.01, 0.01),
            (15_000.0, -0.01, 0.01),
        ] {
            let gain = gain_at(Profile::Speaker, hz);
            assert!((least..=most).contains(&gain), "{hz} Hz: {gain} dB");
        }
    }

    #[test]
    fn headphones_hear_the_sound_itself() {
        let mut sound = [0.1, -0.2, 0.3, 0.9];
        ProfileFilter::new(Profile::Headphones).process(&mut sound);
        assert_eq!(sound, [0.1, -0.2, 0.3, 0.9]);
    }
}
