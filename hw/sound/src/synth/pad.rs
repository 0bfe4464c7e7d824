//! The bed under a practice: open fifths that swell and ebb so slowly that nobody notices them doing it.

use std::f64::consts::TAU;

use crate::SAMPLE_RATE;

/// Hz, level, seconds of one swell, phase of the swell. D, A, D, E, A, D: no third, so neither glad nor sad; most of
/// it above 200 Hz, where a small speaker still speaks. Swell periods share no multiple, so the chord never repeats
/// itself within a practice.
const VOICES: [(f64, f64, f64, f64); 6] = [
    (146.83, 0.26, 23.0, 0.0),
    (220.00, 0.40, 17.0, 0.3),
    (293.66, 0.38, 29.0, 0.6),
    (329.63, 0.20, 31.0, 0.15),
    (440.00, 0.22, 19.0, 0.8),
    (587.33, 0.07, 13.0, 0.45),
];

/// A sine and cosine that turn by one step a sample: a multiplication where a call of `sin` would be.
/// Over half an hour of samples the rounding adds up to less than a part in a billion.
struct Phasor {
    cos: f64,
    sin: f64,
    step_cos: f64,
    step_sin: f64,
}

impl Phasor {
    /// Turns `hz` times a second, beginning `turns` of a turn on.
    fn new(hz: f64, turns: f64) -> Self {
        let step = TAU * hz / f64::from(SAMPLE_RATE);
        let (sin, cos) = (TAU * turns).sin_cos();
        let (step_sin, step_cos) = step.sin_cos();
        Self {
            cos,
            sin,
            step_cos,
            step_sin,
        }
    }

    fn turn(&mut self) {
        let cos = self.cos * self.step_cos - self.sin * self.step_sin;
        self.sin = self.sin * self.step_cos + self.cos * self.step_sin;
        self.cos = cos;
    }
}

/// Adds the bed to all of `sound` at `level`.
pub(super) fn add(sound: &mut [f64], level: f64) {
    for (hz, loudness, period_s, phase) in VOICES {
        let mut tone = Phasor::new(hz, 0.0);
        let mut swell = Phasor::new(1.0 / period_s, phase);
        for sample in sound.iter_mut() {
            let envelope = 0.6 + 0.4 * swell.sin;
            // A touch of the octave (2 sin cos) keeps the tone alive on a speaker that has no bass.
            let voice = tone.sin + 0.18 * 2.0 * tone.sin * tone.cos;
            *sample += level * loudness * envelope * voice;
            tone.turn();
            swell.turn();
        }
    }
}

/// Lets the whole sound come and go: seconds of fade at each end.
pub(super) fn fade(sound: &mut [f64], in_s: f64, out_s: f64) {
    let frames = sound.len();
    let (rise, fall) = (
        in_s * f64::from(SAMPLE_RATE),
        out_s * f64::from(SAMPLE_RATE),
    );
    for (n, sample) in sound.iter_mut().enumerate() {
        let up = crate::equal_power((n as f64 / rise) as f32);
        let down = crate::equal_power(((frames - 1 - n) as f64 / fall) as f32);
        *sample *= f64::from(up * down);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phasor_is_still_a_sine_after_half_an_hour() {
        let mut phasor = Phasor::new(440.0, 0.25);
        let samples = 48_000 * 1800;
        for _ in 0..samples {
            phasor.turn();
        }
        // 440 Hz for whole seconds: back where it began.
        assert!((phasor.sin - 1.0).abs() < 1e-6, "{}", phasor.sin);
        assert!(phasor.cos.abs() < 1e-5, "{}", phasor.cos);
    }
}
