//! The bowl that is struck at the end of a practice, made once when the player starts.
//! One sound and no choice of it; bells within a practice come from its pack.

use std::f64::consts::TAU;
use std::sync::Arc;

use xinting_sound::SAMPLE_RATE;

/// Lowest partial: a bowl of a hand's breadth, clear on a small loudspeaker.
const HZ: f64 = 392.0;
/// Peak of the lowest partial.
const LEVEL: f64 = 0.12;
/// Seconds until nothing is left.
const RING_S: f64 = 6.0;
/// Felt on metal: the stroke swells over 15 ms.
const ATTACK_S: f64 = 0.015;
/// Partials of a rim that bends: ratio to the lowest (n(n²−1)/√(n²+1) over n = 2), loudness, seconds to fall by 60 dB.
const PARTIALS: [(f64, f64, f64); 3] = [(1.0, 1.0, 6.0), (2.828, 0.35, 3.6), (5.424, 0.1, 2.0)];

/// Interleaved stereo, both channels alike.
pub(super) fn strike() -> Arc<[f32]> {
    let rate = f64::from(SAMPLE_RATE);
    let count = (RING_S * rate) as usize;
    let mut mono = vec![0.0_f64; count];
    for (ratio, loudness, fall_s) in PARTIALS {
        let turn = TAU * HZ * ratio / rate;
        let (turn_sin, turn_cos) = turn.sin_cos();
        let fall = (-6.908 / (fall_s * rate)).exp();
        // A phasor that turns and shrinks: one sine for the whole sound instead of one a sample.
        let (mut re, mut im) = (LEVEL * loudness, 0.0);
        for sample in &mut mono {
            *sample += im;
            (re, im) = (
                (re * turn_cos - im * turn_sin) * fall,
                (re * turn_sin + im * turn_cos) * fall,
            );
        }
    }
    let shaped = mono.iter().enumerate().flat_map(|(n, sample)| {
        let seconds = n as f64 / rate;
        let attack = (seconds / ATTACK_S).min(1.0);
        let tail = ((RING_S - seconds) / 0.5).min(1.0);
        [(sample * attack * attack * tail) as f32; 2]
    });
    shaped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_begins_and_ends_in_silence_and_is_soft() {
        let bowl = strike();
        assert_eq!(bowl.len(), 6 * 48_000 * 2);
        assert_eq!(bowl[0], 0.0);
        assert!(bowl[bowl.len() - 2].abs() < 1e-4);
        let peak = bowl.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
        assert!((0.08..0.2).contains(&peak), "{peak}");
        let step = bowl
            .chunks_exact(2)
            .map(|frame| frame[0])
            .collect::<Vec<_>>()
            .windows(2)
            .fold(0.0_f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(step < 0.03, "{step}");
        assert!(bowl.chunks_exact(2).all(|frame| frame[0] == frame[1]));
    }
}
