//! Any rate from 8 to 192 kHz to 48 kHz, by a windowed sinc whose place is kept as an exact fraction.
//!
//! Written here and not taken from a library because a seek must land on the frame: output frame n depends only on the
//! input frames around n × rate / 48000, so that playing from anywhere gives bit for bit what playing there gives, and
//! the length is known beforehand. Resamplers that work in blocks have a delay and a phase that depend on where they
//! began. Deliberately no changing ratios.

use crate::{CHANNELS, SAMPLE_RATE};

/// Lowest rate that can be played, in Hz.
pub const LOWEST_RATE: u32 = 8_000;
/// Highest rate that can be played, in Hz.
pub const HIGHEST_RATE: u32 = 192_000;

/// Zero crossings of the sinc on each side, at the lower of the two rates.
const CROSSINGS: f64 = 32.0;
/// Where the pass band ends: half-way down at this part of the lower Nyquist frequency. With the window below, the
/// response is flat to 0.83 of it (18.3 kHz for 44.1 kHz) and 80 dB down from 1.0 of it on.
const CUTOFF: f64 = 0.915;
/// Shape of the Kaiser window: side lobes about 85 dB down.
const KAISER_BETA: f64 = 8.6;
/// Phases stored at most. Rates with more (47,999 Hz has 48,000) read between two of them, which costs nothing audible:
/// the error is 100 dB down.
const MOST_PHASES: u64 = 1024;
/// Phases stored for such rates.
const BETWEEN_PHASES: u64 = 512;

/// Converts one stream of stereo frames to 48 kHz.
pub(crate) struct Resampler {
    /// Output and input rates without their common divisor.
    up: u64,
    down: u64,
    /// Taps on each side of the middle.
    half: usize,
    phases: u64,
    /// `phases + 1` rows of `2 × half` weights.
    table: Box<[f32]>,
    left: Vec<f32>,
    right: Vec<f32>,
    /// Input frame of `left[0]`, which may lie before the beginning.
    first: i64,
    /// Output frame that comes next.
    next: u64,
    /// Input frames in all, once the end has been seen.
    total_in: Option<u64>,
}

impl Resampler {
    /// A converter from `rate`, which lies in [`LOWEST_RATE`] to [`HIGHEST_RATE`].
    pub(crate) fn new(rate: u32) -> Self {
        let rate = rate.clamp(LOWEST_RATE, HIGHEST_RATE);
        let common = gcd(SAMPLE_RATE, rate);
        let (up, down) = (u64::from(SAMPLE_RATE / common), u64::from(rate / common));
        let phases = if up <= MOST_PHASES {
            up
        } else {
            BETWEEN_PHASES
        };
        // Going down, the sinc is stretched so that what 48 kHz cannot hold is left out.
        let stretch = (f64::from(SAMPLE_RATE) / f64::from(rate)).min(1.0);
        let half = (CROSSINGS / stretch).ceil() as usize;
        let mut resampler = Self {
            up,
            down,
            half,
            phases,
            table: table(phases, half, stretch),
            left: Vec::new(),
            right: Vec::new(),
            first: 0,
            next: 0,
            total_in: None,
        };
        resampler.go_to(0);
        resampler
    }

    /// Frames at 48 kHz that `frames` of the input become: those whose moment lies before the input's end.
    pub(crate) fn length(&self, frames: u64) -> u64 {
        let exact = u128::from(frames) * u128::from(self.up);
        u64::try_from(exact.div_ceil(u128::from(self.down))).unwrap_or(u64::MAX)
    }

    /// Starts anew at output frame `frame`; the input must go on at the frame this returns.
    pub(crate) fn go_to(&mut self, frame: u64) -> u64 {
        self.next = frame;
        self.total_in = None;
        self.left.clear();
        self.right.clear();
        let (middle, _) = self.middle();
        let wanted = middle.saturating_sub(self.half as i64 - 1);
        // Before the beginning there is silence.
        let silence = usize::try_from(-wanted).unwrap_or(0);
        self.left.resize(silence, 0.0);
        self.right.resize(silence, 0.0);
        self.first = wanted;
        u64::try_from(wanted).unwrap_or(0)
    }

    /// Takes the next input frames.
    pub(crate) fn push(&mut self, frames: &[f32]) {
        self.left
            .extend(frames.chunks_exact(CHANNELS).map(|frame| frame[0]));
        self.right
            .extend(frames.chunks_exact(CHANNELS).map(|frame| frame[1]));
    }

    /// No more input comes: from here on there is silence.
    pub(crate) fn finish(&mut self) {
        let end = self.first.saturating_add(self.left.len() as i64);
        self.total_in = Some(u64::try_from(end).unwrap_or(0));
        let length = self.left.len() + 2 * self.half;
        self.left.resize(length, 0.0);
        self.right.resize(length, 0.0);
    }

    pub(crate) fn finished(&self) -> bool {
        self.total_in.is_some()
    }

    /// Writes what can be made of the input so far; zero means that more input is wanted, or the end.
    pub(crate) fn pull(&mut self, out: &mut [f32]) -> usize {
        let mut written = 0;
        for frame in out.chunks_exact_mut(CHANNELS) {
            if self
                .total_in
                .is_some_and(|total| self.next >= self.length(total))
            {
                break;
            }
            let (middle, rest) = self.middle();
            let begin = middle - (self.half as i64 - 1) - self.first;
            let Ok(begin) = usize::try_from(begin) else {
                break;
            };
            let end = begin + 2 * self.half;
            if end > self.left.len() {
                break;
            }
            let (left, right) = (&self.left[begin..end], &self.right[begin..end]);
            let place = rest * self.phases;
            let (row, between) = (place / self.up, place % self.up);
            let row = self.row(row);
            frame[0] = dot(row, left);
            frame[1] = dot(row, right);
            if between > 0 {
                let row = self.row(place / self.up + 1);
                let share = between as f32 / self.up as f32;
                frame[0] += (dot(row, left) - frame[0]) * share;
                frame[1] += (dot(row, right) - frame[1]) * share;
            }
            self.next += 1;
            written += 1;
        }
        self.drop_used();
        written
    }

    /// Input frame at or before the next output frame, and how far behind it that is, in parts of `up`.
    fn middle(&self) -> (i64, u64) {
        let exact = u128::from(self.next) * u128::from(self.down);
        let up = u128::from(self.up);
        let frame = i64::try_from(exact / up).unwrap_or(i64::MAX);
        (frame, (exact % up) as u64)
    }

    fn row(&self, phase: u64) -> &[f32] {
        let taps = 2 * self.half;
        let at = phase as usize * taps;
        &self.table[at..at + taps]
    }

    /// Forgets input that no later frame needs, now and then.
    fn drop_used(&mut self) {
        let (middle, _) = self.middle();
        let used = middle - (self.half as i64 - 1) - self.first;
        let used = usize::try_from(used).unwrap_or(0).min(self.left.len());
        if used >= 4096 || used == self.left.len() {
            self.left.drain(..used);
            self.right.drain(..used);
            self.first += used as i64;
        }
    }
}

/// Sum of products, in eight lanes that the compiler can keep in one register.
fn dot(weights: &[f32], samples: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (weights, samples) = (weights.chunks_exact(8), samples.chunks_exact(8));
    let rest: f32 = weights
        .remainder()
        .iter()
        .zip(samples.remainder())
        .map(|(w, s)| w * s)
        .sum();
    for (weights, samples) in weights.zip(samples) {
        for ((lane, weight), sample) in lanes.iter_mut().zip(weights).zip(samples) {
            *lane += weight * sample;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// One row of weights for each phase; each row adds up to 1, so that silence and steady sound stay exact.
fn table(phases: u64, half: usize, stretch: f64) -> Box<[f32]> {
    let taps = 2 * half;
    let mut table = Vec::with_capacity((phases as usize + 1) * taps);
    for phase in 0..=phases {
        let fraction = phase as f64 / phases as f64;
        let row: Vec<f64> = (0..taps)
            .map(|tap| {
                let x = tap as f64 - (half as f64 - 1.0) - fraction;
                let scaled = x * stretch * CUTOFF;
                let sinc = if scaled.abs() < 1e-9 {
                    1.0
                } else {
                    (std::f64::consts::PI * scaled).sin() / (std::f64::consts::PI * scaled)
                };
                sinc * kaiser(x / half as f64)
            })
            .collect();
        let sum: f64 = row.iter().sum();
        table.extend(row.iter().map(|weight| (weight / sum) as f32));
    }
    table.into_boxed_slice()
}

/// Kaiser window at `x`, −1 to 1.
fn kaiser(x: f64) -> f64 {
    let inside = 1.0 - x * x;
    if inside <= 0.0 {
        0.0
    } else {
        bessel_i0(KAISER_BETA * inside.sqrt()) / bessel_i0(KAISER_BETA)
    }
}

/// Modified Bessel function of the first kind and order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-15 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate: u32, hz: f64, frames: usize) -> Vec<f32> {
        (0..frames)
            .flat_map(|n| {
                let turn = n as f64 * hz / f64::from(rate);
                [(turn * std::f64::consts::TAU).sin() as f32; 2]
            })
            .collect()
    }

    fn convert(rate: u32, input: &[f32]) -> Vec<f32> {
        let mut resampler = Resampler::new(rate);
        let mut out = Vec::new();
        let mut piece = [0.0; 2 * 333];
        for chunk in input.chunks(2 * 777) {
            resampler.push(chunk);
            while let got @ 1.. = resampler.pull(&mut piece) {
                out.extend_from_slice(&piece[..got * 2]);
            }
        }
        resampler.finish();
        while let got @ 1.. = resampler.pull(&mut piece) {
            out.extend_from_slice(&piece[..got * 2]);
        }
        out
    }

    #[test]
    fn every_rate_keeps_a_tone_its_place_and_its_length() {
        for rate in [
            8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 47_999, 88_200, 96_000,
            176_400, 192_000, 8_001, 191_999,
        ] {
            let frames = rate as usize / 2 + 7;
            let out = convert(rate, &sine(rate, 1_000.0, frames));
            let length = (frames as u64 * 48_000).div_ceil(u64::from(rate));
            assert_eq!(out.len() as u64, 2 * length, "{rate} Hz");
            let expected = sine(48_000, 1_000.0, out.len() / 2);
            let inner = 2 * 1_000..out.len() - 2 * 1_000;
            let worst = out[inner.clone()]
                .iter()
                .zip(&expected[inner])
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 2e-4, "{rate} Hz is off by {worst}");
        }
    }

    #[test]
    fn what_48_khz_cannot_hold_is_left_out() {
        for (rate, hz) in [(192_000, 30_000.0), (96_000, 25_000.0), (192_000, 90_000.0)] {
            let out = convert(rate, &sine(rate, hz, rate as usize / 4));
            let loudest = out[2 * 500..out.len() - 2 * 500]
                .iter()
                .fold(0.0_f32, |most, s| most.max(s.abs()));
            assert!(loudest < 3e-4, "{hz} Hz at {rate}: {loudest}");
        }
        // And no images of an 8 kHz sound: energy above 4 kHz after removing the tone itself.
        let out = convert(8_000, &sine(8_000, 3_000.0, 8_000));
        let expected = sine(48_000, 3_000.0, out.len() / 2);
        for (a, b) in out.iter().zip(&expected).skip(2_000).take(90_000) {
            assert!((a - b).abs() < 5e-4);
        }
    }

    #[test]
    fn starting_anywhere_gives_bit_for_bit_the_same() {
        for rate in [8_000, 44_100, 47_999, 192_000] {
            let input = sine(rate, 700.0, 20_000);
            let whole = convert(rate, &input);
            let mut resampler = Resampler::new(rate);
            let mut piece = [0.0; 2 * 64];
            for frame in [0_u64, 1, 31, 32, 33, 500, 4_321] {
                let from = resampler.go_to(frame);
                resampler.push(&input[from as usize * 2..]);
                let got = resampler.pull(&mut piece);
                let at = frame as usize * 2;
                let expected = &whole[at..at + got * 2];
                assert!(
                    got > 0 && piece[..got * 2] == *expected,
                    "{rate} Hz, {frame}"
                );
            }
        }
    }
}
