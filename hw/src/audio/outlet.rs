//! Between the engine and a device that insists on its own rate, channels or sample format. Runs inside the callback:
//! everything is allocated beforehand. Deliberately no volume and no policy about which format to ask for.

use cpal::{FromSample, SizedSample};
use xinting_sound::SAMPLE_RATE;

use super::clock::Epoch;
use super::engine::Engine;

/// Frames of the device made at a time.
const BLOCK: usize = 256;
/// Rates a device may insist on, in the order in which they are asked for.
pub(super) const RATES: [u32; 9] = [
    48_000, 96_000, 44_100, 192_000, 88_200, 32_000, 24_000, 22_050, 16_000,
];
/// Taps on each side of the middle, at the lower of both rates: 70 dB of what must not pass is held back.
const HALF: usize = 16;
/// Where the pass band ends, as a part of the lower Nyquist frequency.
const CUTOFF: f64 = 0.93;
/// Rows of the table; the weights of a place between two rows lie between theirs.
const ROWS: usize = 256;

/// The engine as one device hears it.
pub(super) struct Outlet {
    engine: Engine,
    epoch: Epoch,
    channels: usize,
    rate: u32,
    converter: Option<Converter>,
    stereo: Box<[f32]>,
}

impl Outlet {
    /// For a device of `rate` Hz, at least 16,000, and any channels.
    pub(super) fn new(engine: Engine, epoch: Epoch, rate: u32, channels: u16) -> Self {
        Self {
            engine,
            epoch,
            channels: usize::from(channels.max(1)),
            rate: rate.max(1),
            converter: (rate != SAMPLE_RATE).then(|| Converter::new(rate)),
            stereo: vec![0.0; BLOCK * 2].into_boxed_slice(),
        }
    }

    /// Fills what a device asks for; its first frame is heard `latency_ns` from now.
    ///
    /// One channel gets the middle of both, further channels stay silent.
    pub(super) fn fill<T: SizedSample + FromSample<f32>>(
        &mut self,
        data: &mut [T],
        latency_ns: u64,
    ) {
        let now = self.epoch.now_ns();
        let mut before = 0_u64;
        for block in data.chunks_mut(BLOCK * self.channels) {
            let frames = block.len() / self.channels;
            let ahead = before * 1_000_000_000 / u64::from(self.rate);
            let latency = latency_ns.saturating_add(ahead);
            let piece = &mut self.stereo[..frames * 2];
            match &mut self.converter {
                None => self.engine.render(piece, now, latency),
                Some(converter) => converter.fill(piece, |input, later_ns| {
                    self.engine
                        .render(input, now, latency.saturating_add(later_ns));
                }),
            }
            before += frames as u64;
            spread(block, piece, self.channels);
        }
    }
}

/// Stereo to any channels and sample type.
fn spread<T: SizedSample + FromSample<f32>>(out: &mut [T], stereo: &[f32], channels: usize) {
    for (out, stereo) in out.chunks_mut(channels).zip(stereo.chunks_exact(2)) {
        if let [only] = out {
            *only = T::from_sample(0.5 * (stereo[0] + stereo[1]));
            continue;
        }
        for (index, sample) in out.iter_mut().enumerate() {
            *sample = stereo
                .get(index)
                .map_or(T::EQUILIBRIUM, |sample| T::from_sample(*sample));
        }
    }
}

/// From 48 kHz to another rate, by a windowed sinc whose place is an exact fraction.
struct Converter {
    /// Rates of the device and of the engine without their common divisor.
    up: u64,
    down: u64,
    half: usize,
    /// `ROWS + 1` rows of `2 × half` weights.
    table: Box<[f32]>,
    /// Input frames, interleaved, of which `held` are valid.
    input: Box<[f32]>,
    held: usize,
    /// Frame of `input` in the middle of the next output frame, and the numerator of its fraction over `up`.
    middle: usize,
    rest: u64,
}

impl Converter {
    fn new(rate: u32) -> Self {
        let common = gcd(rate, SAMPLE_RATE);
        let (up, down) = (u64::from(rate / common), u64::from(SAMPLE_RATE / common));
        let stretch = (f64::from(rate) / f64::from(SAMPLE_RATE)).min(1.0);
        let half = (HALF as f64 / stretch).ceil() as usize;
        let step = BLOCK as u64 * down / up + 2;
        let room = 2 * half + usize::try_from(step).unwrap_or(BLOCK);
        Self {
            up,
            down,
            half,
            table: table(half, stretch),
            input: vec![0.0; room * 2].into_boxed_slice(),
            // Before the beginning there is silence.
            held: half - 1,
            middle: half - 1,
            rest: 0,
        }
    }

    /// Fills `out`, at most a block. `more(input, later_ns)` renders the next input frames, of which the first is heard
    /// that much after the first of `out`.
    fn fill(&mut self, out: &mut [f32], more: impl FnOnce(&mut [f32], u64)) {
        let frames = out.len() / 2;
        if frames == 0 {
            return;
        }
        let last = self.rest + (frames as u64 - 1) * self.down;
        let wanted = self.middle + (last / self.up) as usize + self.half + 1;
        if wanted > self.held {
            let later = (self.held - self.middle) as u64 * 62_500 / 3;
            more(&mut self.input[self.held * 2..wanted * 2], later);
            self.held = wanted;
        }
        for frame in out.chunks_exact_mut(2) {
            let place = self.rest as f64 / self.up as f64 * ROWS as f64;
            let (row, between) = (place as usize, place.fract() as f32);
            let width = 2 * self.half;
            let near = &self.table[row * width..(row + 1) * width];
            let far = &self.table[(row + 1) * width..(row + 2) * width];
            let begin = (self.middle + 1 - self.half) * 2;
            let taps = self.input[begin..begin + width * 2].chunks_exact(2);
            let mut sum = [0.0_f32; 2];
            for ((tap, near), far) in taps.zip(near).zip(far) {
                let weight = near + (far - near) * between;
                sum[0] += tap[0] * weight;
                sum[1] += tap[1] * weight;
            }
            frame.copy_from_slice(&sum);
            self.rest += self.down;
            self.middle += (self.rest / self.up) as usize;
            self.rest %= self.up;
        }
        let done = self.middle + 1 - self.half;
        self.input.copy_within(done * 2..self.held * 2, 0);
        self.held -= done;
        self.middle -= done;
    }
}

/// Rows of a Blackman-windowed sinc; row r is for a place r / `ROWS` after the middle.
fn table(half: usize, stretch: f64) -> Box<[f32]> {
    let mut table = Vec::with_capacity((ROWS + 1) * 2 * half);
    let cutoff = CUTOFF * stretch;
    for row in 0..=ROWS {
        let place = row as f64 / ROWS as f64;
        let begin = table.len();
        for tap in 0..2 * half {
            let x = tap as f64 - (half as f64 - 1.0) - place;
            let phase = std::f64::consts::PI * x;
            let sinc = if x.abs() < 1e-9 {
                cutoff
            } else {
                (phase * cutoff).sin() / phase
            };
            let turn = (phase / half as f64).cos();
            let twice = (2.0 * phase / half as f64).cos();
            let window = if x.abs() < half as f64 {
                0.42 + 0.5 * turn + 0.08 * twice
            } else {
                0.0
            };
            table.push((sinc * window) as f32);
        }
        let sum: f32 = table[begin..].iter().sum();
        for weight in &mut table[begin..] {
            *weight /= sum;
        }
    }
    table.into_boxed_slice()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_gets_every_frame() {
        let stereo: Vec<f32> = (0..10)
            .flat_map(|n| [n as f32 / 100.0, -(n as f32) / 100.0])
            .collect();
        let mut same = [9.0_f32; 20];
        spread(&mut same, &stereo, 2);
        assert_eq!(same[..], stereo[..]);
        let mut short = [9_i16; 20];
        spread(&mut short, &stereo, 2);
        assert_eq!(short[18], (0.09_f32 * 32768.0) as i16);
        assert_eq!(short[19], -short[18]);
        let mut mono = [9.0_f32; 10];
        spread(&mut mono, &stereo, 1);
        assert_eq!(mono, [0.0; 10]);
        let mut wide = [9.0_f32; 60];
        spread(&mut wide, &stereo, 6);
        assert_eq!(wide[54..], [0.09, -0.09, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_level_at_every_rate() {
        for rate in RATES.into_iter().filter(|rate| *rate != SAMPLE_RATE) {
            let mut converter = Converter::new(rate);
            let mut made = 0_u64;
            let mut out = Vec::new();
            for frames in [1_usize, 255, 256, 100, 17].into_iter().cycle().take(200) {
                let mut piece = vec![0.0; frames * 2];
                converter.fill(&mut piece, |input, _| {
                    for frame in input.chunks_exact_mut(2) {
                        let turn = made as f64 / 48_000.0 * 1_000.0 * std::f64::consts::TAU;
                        frame[0] = 0.5 * turn.sin() as f32;
                        frame[1] = 0.25;
                        made += 1;
                    }
                });
                out.extend(piece);
            }
            let frames = out.len() / 2;
            // What was taken is what was put out, and the taps on the far side.
            let due = frames as f64 * 48_000.0 / f64::from(rate);
            let slack = 2.0 + 48_000.0 / f64::from(rate);
            let ahead = made as f64 - due - converter.half as f64;
            assert!(ahead.abs() <= slack, "{rate}: {ahead}");
            for (n, frame) in out.chunks_exact(2).enumerate().skip(200) {
                let turn = n as f64 / f64::from(rate) * 1_000.0 * std::f64::consts::TAU;
                let expected = 0.5 * turn.sin() as f32;
                assert!((frame[0] - expected).abs() < 2e-3, "{rate} Hz, {n}");
                assert!((frame[1] - 0.25).abs() < 1e-4, "{rate} Hz, {n}");
            }
        }
    }
}
