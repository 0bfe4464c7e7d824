//! Any speaker layout of one to eight channels down to two, by the coefficients of Recommendation ITU-R BS.775-4,
//! annex 4: left and right at 1, centre and surrounds at 1/√2 (−3 dB), the bass-effects channel left out.
//! Deliberately no attenuation of the sum: loudness is measured behind this, and the limiter holds the peak.

use std::f32::consts::FRAC_1_SQRT_2;

use symphonia::core::audio::{Channels, Position};

use crate::CHANNELS;

/// The most channels a sound may have: 7.1.
pub const MOST_CHANNELS: usize = 8;

/// Centre into each side, and a surround into its own side (BS.775-4, annex 4, table 2).
pub const CENTRE: f32 = FRAC_1_SQRT_2;
/// Surround into its own side.
pub const SURROUND: f32 = FRAC_1_SQRT_2;
/// A channel behind or above in the middle: first split evenly in power between both surrounds, then as they.
pub const BEHIND: f32 = 0.5;
/// Between a front corner and the centre, where a constant-power pan puts it (22.5°): into the near side, the far side.
pub const BETWEEN: (f32, f32) = (0.923_879_5, 0.382_683_43);

/// Weights of each channel into left and right.
#[derive(Debug, Clone, PartialEq)]
pub struct Downmix {
    weights: [[f32; CHANNELS]; MOST_CHANNELS],
    channels: usize,
    plain_stereo: bool,
}

impl Downmix {
    /// The matrix for a layout; `None` where there are no channels, more than eight, or no places for them.
    #[must_use]
    pub(crate) fn for_channels(channels: &Channels) -> Option<Self> {
        let count = channels.count();
        if !(1..=MOST_CHANNELS).contains(&count) {
            return None;
        }
        let position = match channels {
            Channels::Positioned(position) => *position,
            // Numbered but unnamed channels: in the order every container lists them.
            Channels::Discrete(_) => unnamed(count),
            _ => return None,
        };
        let mut weights = [[0.0; CHANNELS]; MOST_CHANNELS];
        // Channels lie in the order of their bits.
        for (weight, place) in weights.iter_mut().zip(position.iter()) {
            *weight = place_weights(place);
        }
        if count == 1 {
            weights[0] = [1.0, 1.0];
        }
        Some(Self {
            plain_stereo: count == 2 && weights[..2] == [[1.0, 0.0], [0.0, 1.0]],
            weights,
            channels: count,
        })
    }

    /// The same with everything multiplied by `gain`, for formats that carry one.
    pub(crate) fn with_gain(mut self, gain: f32) -> Self {
        if gain != 1.0 {
            self.plain_stereo = false;
            for weight in self.weights.iter_mut().flatten() {
                *weight *= gain;
            }
        }
        self
    }

    /// Channels going in.
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// Appends interleaved frames of the layout to `out` as stereo.
    pub(crate) fn append(&self, frames: &[f32], out: &mut Vec<f32>) {
        if self.plain_stereo {
            out.extend(frames.iter().map(|sample| clean(*sample)));
            return;
        }
        for frame in frames.chunks_exact(self.channels) {
            let mut sum = [0.0_f32; CHANNELS];
            for (sample, weight) in frame.iter().zip(&self.weights) {
                let sample = clean(*sample);
                sum[0] += sample * weight[0];
                sum[1] += sample * weight[1];
            }
            out.extend(sum.map(clean));
        }
    }
}

/// A wild float in a file must not reach the filters behind: not a number becomes silence.
fn clean(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-8.0, 8.0)
    } else {
        0.0
    }
}

/// The usual layout of so many channels: mono, stereo, 3.0, quadro, 5.0, 5.1, 6.1, 7.1.
fn unnamed(count: usize) -> Position {
    let front = Position::FRONT_LEFT | Position::FRONT_RIGHT;
    let rear = Position::REAR_LEFT | Position::REAR_RIGHT;
    let side = Position::SIDE_LEFT | Position::SIDE_RIGHT;
    let centre = Position::FRONT_CENTER;
    match count {
        1 => centre,
        2 => front,
        3 => front | centre,
        4 => front | rear,
        5 => front | centre | rear,
        6 => front | centre | Position::LFE1 | rear,
        7 => front | centre | Position::LFE1 | Position::REAR_CENTER | side,
        _ => front | centre | Position::LFE1 | rear | side,
    }
}

fn place_weights(place: Position) -> [f32; CHANNELS] {
    const LEFT: Position = Position::REAR_LEFT
        .union(Position::SIDE_LEFT)
        .union(Position::TOP_FRONT_LEFT)
        .union(Position::TOP_REAR_LEFT)
        .union(Position::TOP_SIDE_LEFT)
        .union(Position::BOTTOM_FRONT_LEFT)
        .union(Position::FRONT_LEFT_WIDE);
    const RIGHT: Position = Position::REAR_RIGHT
        .union(Position::SIDE_RIGHT)
        .union(Position::TOP_FRONT_RIGHT)
        .union(Position::TOP_REAR_RIGHT)
        .union(Position::TOP_SIDE_RIGHT)
        .union(Position::BOTTOM_FRONT_RIGHT)
        .union(Position::FRONT_RIGHT_WIDE);
    const BASS: Position = Position::LFE1.union(Position::LFE2);
    let (near, far) = BETWEEN;
    match place {
        Position::FRONT_LEFT => [1.0, 0.0],
        Position::FRONT_RIGHT => [0.0, 1.0],
        Position::FRONT_CENTER => [CENTRE, CENTRE],
        Position::FRONT_LEFT_CENTER => [near, far],
        Position::FRONT_RIGHT_CENTER => [far, near],
        _ if BASS.contains(place) => [0.0, 0.0],
        _ if LEFT.contains(place) => [SURROUND, 0.0],
        _ if RIGHT.contains(place) => [0.0, SURROUND],
        _ => [BEHIND, BEHIND],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(channels: &Channels, frame: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        Downmix::for_channels(channels)
            .expect("a layout")
            .append(frame, &mut out);
        out
    }

    #[test]
    fn stereo_is_untouched_and_mono_is_on_both_sides() {
        let stereo = Channels::Positioned(Position::FRONT_LEFT | Position::FRONT_RIGHT);
        assert_eq!(mixed(&stereo, &[0.1, -0.3]), [0.1, -0.3]);
        for mono in [Position::FRONT_LEFT, Position::FRONT_CENTER, Position::LFE1] {
            assert_eq!(mixed(&Channels::Positioned(mono), &[0.7]), [0.7, 0.7]);
        }
    }

    #[test]
    fn surround_folds_down_as_recommended() {
        let h = FRAC_1_SQRT_2;
        // 5.1 in the order of the containers: L R C LFE Ls Rs.
        for (frame, expected) in [
            ([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0]),
            ([0.0, 1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0]),
            ([0.0, 0.0, 1.0, 0.0, 0.0, 0.0], [h, h]),
            ([0.0, 0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0]),
            ([0.0, 0.0, 0.0, 0.0, 1.0, 0.0], [h, 0.0]),
            ([0.0, 0.0, 0.0, 0.0, 0.0, 1.0], [0.0, h]),
        ] {
            assert_eq!(mixed(&Channels::Discrete(6), &frame), expected);
        }
        let all = mixed(&Channels::Discrete(8), &[0.1; 8]);
        assert!((all[0] - 0.1 * (1.0 + 3.0 * h)).abs() < 1e-6);
        assert_eq!(all[0], all[1]);
    }

    #[test]
    fn layouts_that_are_none_are_refused() {
        for channels in [
            Channels::None,
            Channels::Discrete(9),
            Channels::Ambisonic(1),
        ] {
            assert_eq!(Downmix::for_channels(&channels), None);
        }
        for count in 1..=8 {
            let layout = Downmix::for_channels(&Channels::Discrete(count)).expect("a layout");
            assert_eq!(layout.channels(), usize::from(count));
        }
    }
}
