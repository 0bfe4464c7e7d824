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

/// Adds the bed to all of `sound` at `level`.
pub(super) fn add(sound: &mut [f64], level: f64) {
    let rate = f64::from(SAMPLE_RATE);
    for (hz, loudness, period_s, phase) in VOICES {
        let step = TAU * hz / rate;
        let swell = TAU / (period_s * rate);
        for (n, sample) in sound.iter_mut().enumerate() {
            let n = n as f64;
            let envelope = 0.6 + 0.4 * (swell * n + TAU * phase).sin();
            // A touch of the octave keeps the tone alive on a speaker that has no bass.
            let angle = step * n;
            *sample += level * loudness * envelope * (angle.sin() + 0.18 * (2.0 * angle).sin());
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
