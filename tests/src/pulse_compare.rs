//! Capture against reference, sample by sample: where one lies in the other, where they part and by how much, how loud
//! they are beside each other, and where in the reference a moment of the capture is.
//!
//! All sounds here are interleaved stereo at 48 kHz. Deliberately no spectra and no opinion about beauty: what is
//! asked is whether every frame came once, in order, unaltered.

use std::fmt;

/// Frames that tell one place in a reference from every other.
const PROBE: usize = 2048;
/// The difference up to which two samples count as the same: a sixth of a step of 16 bits.
pub const SAME: f32 = 5e-6;
/// Frames that must be the same again before a break counts as over.
const SETTLED: usize = 64;
/// How far a break may throw the sound, in frames either way, and still be found again.
const THROWN: usize = 48_000 * 4;

/// One place where capture and reference part.
#[derive(Debug, Clone, PartialEq)]
pub struct Break {
    /// Frame of the reference before which they were the same.
    pub at: usize,
    /// Frames of the capture that belong to nothing.
    pub strange: usize,
    /// Frames of the reference that were left out; negative where some came twice.
    pub left_out: i64,
    /// Whether the strange frames were silent.
    pub silent: bool,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at {:.3} s {} {} frames instead, then {} frames {}",
            self.at as f64 / 48_000.0,
            self.strange,
            if self.silent { "silent" } else { "other" },
            self.left_out.unsigned_abs(),
            if self.left_out < 0 {
                "again"
            } else {
                "left out"
            },
        )
    }
}

/// What came of a comparison.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Frames that were the same.
    pub same: usize,
    /// The largest difference among them.
    pub largest: f32,
    /// Where they parted.
    pub breaks: Vec<Break>,
    /// Frame of the capture after the last one that was the same.
    pub end: usize,
}

impl Comparison {
    /// Insists on a sound without a single break, at least `frames` long.
    ///
    /// # Panics
    /// With every break.
    pub fn must_be_whole(&self, what: &str, frames: usize) {
        let breaks: Vec<String> = self.breaks.iter().map(ToString::to_string).collect();
        assert!(breaks.is_empty(), "{what}: {}", breaks.join("; "));
        assert!(
            self.same >= frames,
            "{what}: only {} frames of {frames} were captured",
            self.same
        );
    }
}

/// Frame of `capture` at which frame `at` of `reference` is heard, where a few hundredths of a second are the same to
/// within `tolerance`. The capture is searched from its beginning.
#[must_use]
pub fn find(capture: &[f32], reference: &[f32], at: usize, tolerance: f32) -> Option<usize> {
    let probe = reference.get(at * 2..(at + PROBE) * 2)?;
    if !audible(probe, tolerance) {
        return None;
    }
    let last = (capture.len() / 2).checked_sub(PROBE)?;
    (0..=last).find(|&frame| {
        let piece = &capture[frame * 2..(frame + PROBE) * 2];
        piece
            .iter()
            .zip(probe)
            .all(|(a, b)| (a - b).abs() <= tolerance)
    })
}

fn audible(samples: &[f32], tolerance: f32) -> bool {
    samples.iter().any(|sample| sample.abs() > 4.0 * tolerance)
}

/// Two sounds beside each other.
struct Pair<'a> {
    capture: &'a [f32],
    reference: &'a [f32],
    looped: bool,
    tolerance: f32,
}

impl Pair<'_> {
    fn wanted(&self, there: usize) -> Option<[f32; 2]> {
        let length = self.reference.len() / 2;
        let frame = if self.looped { there % length } else { there };
        frame_of(self.reference, frame)
    }

    /// How far the two are apart; `None` past the end of either.
    fn apart(&self, here: usize, there: usize) -> Option<f32> {
        let (heard, wanted) = (frame_of(self.capture, here)?, self.wanted(there)?);
        let (left, right) = (heard[0] - wanted[0], heard[1] - wanted[1]);
        Some(left.abs().max(right.abs()))
    }

    /// Whether from here on they are the same, and not only silent together.
    fn settled(&self, here: usize, there: usize) -> bool {
        (0..SETTLED).all(|n| {
            self.apart(here + n, there + n)
                .is_some_and(|apart| apart <= self.tolerance)
        }) && (0..SETTLED)
            .filter_map(|n| self.wanted(there + n))
            .any(|frame| audible(&frame, self.tolerance))
    }

    /// The nearest place of the reference that goes on here.
    fn anywhere(&self, here: usize, there: usize) -> Option<usize> {
        (0..THROWN).find_map(|far| {
            let before = there.checked_sub(far);
            let candidates = [Some(there + far), before];
            candidates
                .into_iter()
                .flatten()
                .find(|candidate| self.settled(here, *candidate))
        })
    }

    /// Where they are the same again after a break.
    fn again(&self, here: usize, there: usize) -> Option<(usize, usize)> {
        let most = (self.capture.len() / 2).saturating_sub(here).min(THROWN);
        // Frames left out or repeated; frames put in between or covered; both.
        self.anywhere(here, there)
            .map(|found| (here, found))
            .or_else(|| {
                (1..most).find_map(|strange| {
                    [there, there + strange]
                        .into_iter()
                        .find(|candidate| self.settled(here + strange, *candidate))
                        .map(|found| (here + strange, found))
                })
            })
            .or_else(|| {
                (0..most).step_by(960).find_map(|strange| {
                    self.anywhere(here + strange, there)
                        .map(|found| (here + strange, found))
                })
            })
    }
}

fn frame_of(sound: &[f32], frame: usize) -> Option<[f32; 2]> {
    Some([*sound.get(frame * 2)?, *sound.get(frame * 2 + 1)?])
}

/// Compares on from a place (frame of the capture, frame of the reference) where they are known to be the same, to the
/// end of whichever ends first. `looped`: the reference goes round.
#[must_use]
pub fn compare(
    capture: &[f32],
    reference: &[f32],
    begin: (usize, usize),
    looped: bool,
    tolerance: f32,
) -> Comparison {
    let pair = Pair {
        capture,
        reference,
        looped,
        tolerance,
    };
    let (mut here, mut there) = begin;
    let mut result = Comparison {
        same: 0,
        largest: 0.0,
        breaks: Vec::new(),
        end: here,
    };
    while let Some(apart) = pair.apart(here, there) {
        if apart <= tolerance {
            result.largest = result.largest.max(apart);
            result.same += 1;
            here += 1;
            there += 1;
            result.end = here;
            continue;
        }
        let next = pair.again(here, there);
        let (next_here, next_there) = next.unwrap_or((capture.len() / 2, there));
        let between = &capture[here * 2..next_here * 2];
        result.breaks.push(Break {
            at: there,
            strange: next_here - here,
            left_out: next_there as i64 - there as i64,
            silent: between.iter().all(|sample| *sample == 0.0),
        });
        (here, there) = (next_here, next_there);
    }
    result
}

/// How much louder one sound is than the other where they have the same shape, in dB, and how alike they are
/// (1: the same but for the level). Both begin at the same place.
#[must_use]
pub fn level_beside(capture: &[f32], reference: &[f32]) -> (f64, f64) {
    let (mut cross, mut own, mut other) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (heard, wanted) in capture.iter().zip(reference) {
        let (heard, wanted) = (f64::from(*heard), f64::from(*wanted));
        cross += heard * wanted;
        own += heard * heard;
        other += wanted * wanted;
    }
    let alike = cross / (own * other).sqrt().max(f64::MIN_POSITIVE);
    let ratio = (cross / other.max(f64::MIN_POSITIVE)).abs();
    (20.0 * ratio.max(1e-12).log10(), alike)
}

/// Integrated loudness in LUFS by EBU R128.
///
/// # Panics
/// If it is silent: then there is nothing to measure.
#[must_use]
pub fn lufs(samples: &[f32]) -> f64 {
    let sound = xinting_sound::Stereo::from_interleaved(samples.to_vec());
    xinting_sound::integrated_lufs(&sound)
        .expect("the meter takes finite samples")
        .expect("it is not silent")
}

/// First frame that is not silence.
#[must_use]
pub fn first_sound(samples: &[f32]) -> Option<usize> {
    let first = samples.iter().position(|sample| *sample != 0.0);
    first.map(|sample| sample / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse_ruler::noise;

    #[test]
    fn the_same_sound_is_found_and_whole() {
        let reference = noise(20_000, 0.2, 7);
        let mut capture = vec![0.0; 5000];
        capture.extend_from_slice(&reference);
        let here = find(&capture, &reference, 100, SAME).expect("it is there");
        assert_eq!(here, 2600);
        let result = compare(&capture, &reference, (here, 100), false, SAME);
        result.must_be_whole("the same", 19_900);
        assert_eq!(result.end, 22_500);
    }

    #[test]
    fn a_gap_a_skip_and_a_repeat_are_told_apart() {
        let reference = noise(30_000, 0.2, 7);
        let piece = |from: usize, to: usize| &reference[from * 2..to * 2];
        let of =
            |pieces: &[&[f32]]| compare(&pieces.concat(), &reference, (0, 0), false, SAME).breaks;
        let expected = |strange, left_out| {
            vec![Break {
                at: 9000,
                strange,
                left_out,
                silent: true,
            }]
        };
        let silence = vec![0.0; 960 * 2];
        let put_in = of(&[piece(0, 9000), &silence, piece(9000, 30_000)]);
        assert_eq!(put_in, expected(960, 0));
        let covered = of(&[piece(0, 9000), &silence, piece(9960, 30_000)]);
        assert_eq!(covered, expected(960, 960));
        let skipped = of(&[piece(0, 9000), piece(9480, 30_000)]);
        assert_eq!(skipped, expected(0, 480));
        let repeated = of(&[piece(0, 9000), piece(8520, 30_000)]);
        assert_eq!(repeated, expected(0, -480));
    }

    #[test]
    fn one_altered_sample_is_seen() {
        let reference = noise(10_000, 0.2, 7);
        let mut capture = reference.clone();
        capture[12_345] += 1e-4;
        let result = compare(&capture, &reference, (0, 0), false, SAME);
        assert_eq!(result.breaks.len(), 1);
        assert_eq!((result.breaks[0].at, result.breaks[0].strange), (6172, 1));
    }

    #[test]
    fn a_loop_is_followed_round_its_seam() {
        let reference = noise(5000, 0.2, 7);
        let mut capture = reference.repeat(3);
        compare(&capture, &reference, (0, 0), true, SAME).must_be_whole("round", 15_000);
        capture[20_000] = 0.9;
        let clicked = compare(&capture, &reference, (0, 0), true, SAME);
        assert_eq!(clicked.breaks.len(), 1);
    }

    #[test]
    fn levels_beside_each_other() {
        let reference = noise(5000, 0.2, 7);
        let half: Vec<f32> = reference.iter().map(|sample| sample * 0.5).collect();
        let (level, alike) = level_beside(&half, &reference);
        assert!((level + 6.02).abs() < 0.01, "{level}");
        assert!(alike > 0.999, "{alike}");
        let (_, other) = level_beside(&half, &noise(5000, 0.2, 8));
        assert!(other.abs() < 0.1, "{other}");
    }
}
