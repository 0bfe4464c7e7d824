//! A small bowl, struck softly: a few partials that are not harmonics, each dying at its own pace.

use std::f64::consts::TAU;

use crate::SAMPLE_RATE;

/// Partials of a small rim bowl: ratio to the lowest, loudness, seconds to fall by 60 dB.
/// The ratios follow the flexural modes of a thin shell, n(n²−1)/√(n²+1) over the lowest of them.
const PARTIALS: [(f64, f64, f64); 5] = [
    (1.0, 1.0, 7.0),
    (2.828, 0.42, 4.5),
    (5.424, 0.16, 2.6),
    (8.771, 0.05, 1.4),
    (12.87, 0.015, 0.8),
];

/// Seconds from the stroke until nothing is left to hear.
pub(super) const RING_S: f64 = 7.0;

/// Adds one stroke to `sound` at frame `at`. `hz` is the lowest partial, `level` its peak.
pub(super) fn strike(sound: &mut [f64], at: usize, hz: f64, level: f64) {
    let rate = f64::from(SAMPLE_RATE);
    let frames = (RING_S * rate) as usize;
    for (ratio, loudness, decay_s) in PARTIALS {
        // Two close modes for each partial, as in a bowl that is never quite round: a slow, gentle beat.
        for (detune, share) in [(-0.25, 0.5), (0.25, 0.5)] {
            let step = TAU * (hz * ratio + detune) / rate;
            let fall = (-6.908 / (decay_s * rate)).exp();
            let mut envelope = level * loudness * share;
            for n in 0..frames {
                let Some(sample) = sound.get_mut(at + n) else {
                    break;
                };
                let seconds = n as f64 / rate;
                // 12 ms of attack: a felt mallet. A last half second brings the rest to nothing.
                let attack = (seconds / 0.012).min(1.0);
                let tail = ((RING_S - seconds) / 0.5).min(1.0);
                *sample += envelope * attack * attack * tail * (step * n as f64).sin();
                envelope *= fall;
            }
        }
    }
}
