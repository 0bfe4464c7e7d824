//! A look-ahead limiter that holds the true peak: what a converter reconstructs between samples counts too.
//! It only ever turns down. No gain of its own, no loudness, no allocation after construction.

use crate::CHANNELS;

/// Frames of look-ahead, which is also the delay: 5 ms at 48 kHz.
pub const LOOK_AHEAD: usize = 240;

/// Taps of each interpolation phase.
const TAPS: usize = 12;

/// Room left for what the gain's own movement adds between samples, in dB.
const MARGIN_DB: f32 = 0.15;

/// Stereo limiter with a fixed delay of [`LOOK_AHEAD`] frames.
///
/// Both channels get the same gain, so that the picture does not move. At rest it is transparent:
/// below the ceiling, samples come out bit for bit as they went in.
#[derive(Debug, Clone)]
pub struct Limiter {
    ceiling: f32,
    /// Four-times interpolation: phases at a quarter, a half and three quarters.
    phases: [[f32; TAPS]; 3],
    history: [[f32; TAPS]; CHANNELS],
    history_at: usize,
    delay: Box<[[f32; CHANNELS]]>,
    /// Wanted gains in a window, as a monotonic queue of (frame number, gain): the front is the least.
    minima: std::collections::VecDeque<(u64, f32)>,
    /// The least gains themselves, averaged over the window so that the gain glides.
    smooth: Box<[f32]>,
    smooth_sum: f64,
    frame: u64,
    /// Gain that recovers slowly after a peak.
    recovering: f32,
}

/// Frames over which the gain comes back by a factor of e: 120 ms.
const RELEASE_FRAMES: f32 = 5760.0;

impl Limiter {
    /// A limiter that keeps the true peak at or under `ceiling_dbtp` (the booth uses -1).
    #[must_use]
    pub fn new(ceiling_dbtp: f32) -> Self {
        let mut limiter = Self {
            ceiling: crate::db_to_gain(ceiling_dbtp.min(0.0) - MARGIN_DB),
            phases: interpolation(),
            history: [[0.0; TAPS]; CHANNELS],
            history_at: 0,
            delay: vec![[0.0; CHANNELS]; LOOK_AHEAD].into_boxed_slice(),
            minima: std::collections::VecDeque::with_capacity(LOOK_AHEAD + 2),
            smooth: vec![1.0; LOOK_AHEAD / 2].into_boxed_slice(),
            smooth_sum: 0.0,
            frame: 0,
            recovering: 1.0,
        };
        limiter.reset();
        limiter
    }

    /// Forgets everything heard, as at construction.
    pub fn reset(&mut self) {
        self.history = [[0.0; TAPS]; CHANNELS];
        self.history_at = 0;
        self.delay.fill([0.0; CHANNELS]);
        self.minima.clear();
        self.smooth.fill(1.0);
        self.smooth_sum = self.smooth.len() as f64;
        self.frame = 0;
        self.recovering = 1.0;
    }

    /// Limits interleaved stereo in place. What comes out is what went in [`LOOK_AHEAD`] frames earlier.
    pub fn process(&mut self, sound: &mut [f32]) {
        for frame in sound.chunks_exact_mut(CHANNELS) {
            let out = self.step([tame(frame[0]), tame(frame[1])]);
            frame.copy_from_slice(&out);
        }
    }

    /// Limits a whole sound without moving it in time.
    pub fn process_all(&mut self, sound: &mut Vec<f32>) {
        self.reset();
        sound.extend(std::iter::repeat_n(0.0, LOOK_AHEAD * CHANNELS));
        self.process(sound);
        sound.drain(..LOOK_AHEAD * CHANNELS);
        self.reset();
    }

    fn step(&mut self, input: [f32; CHANNELS]) -> [f32; CHANNELS] {
        let peak = self.true_peak(input);
        let wanted = if peak > self.ceiling {
            self.ceiling / peak
        } else {
            1.0
        };

        // The least wanted gain over the window, held for all of it.
        while self.minima.back().is_some_and(|(_, gain)| *gain >= wanted) {
            self.minima.pop_back();
        }
        self.minima.push_back((self.frame, wanted));
        let oldest = self.frame.saturating_sub(LOOK_AHEAD as u64);
        while self.minima.front().is_some_and(|(at, _)| *at < oldest) {
            self.minima.pop_front();
        }
        let least = self.minima.front().map_or(1.0, |(_, gain)| *gain);

        // Down at once, back slowly; then the average makes the way down a slope that ends in time.
        self.recovering = if least < self.recovering {
            least
        } else {
            let back = self.recovering + (least - self.recovering) / RELEASE_FRAMES;
            // Near 1 the steps vanish in rounding. The last hundredth of a decibel is taken in one, which the
            // average below spreads out, so that a quiet sound is untouched again.
            if back > 0.999 && least >= 1.0 {
                1.0
            } else {
                back
            }
        };
        let slot = (self.frame % self.smooth.len() as u64) as usize;
        self.smooth_sum += f64::from(self.recovering) - f64::from(self.smooth[slot]);
        self.smooth[slot] = self.recovering;
        let mut gain = (self.smooth_sum / self.smooth.len() as f64) as f32;
        if gain > 0.999_999 {
            gain = 1.0;
        }

        let slot = (self.frame % LOOK_AHEAD as u64) as usize;
        let delayed = std::mem::replace(&mut self.delay[slot], input);
        self.frame += 1;
        delayed.map(|sample| (sample * gain).clamp(-self.ceiling, self.ceiling))
    }

    /// Highest of the newest samples and of the three points between them, over both channels.
    fn true_peak(&mut self, input: [f32; CHANNELS]) -> f32 {
        self.history_at = (self.history_at + 1) % TAPS;
        let mut peak = 0.0_f32;
        for (history, sample) in self.history.iter_mut().zip(input) {
            history[self.history_at] = sample;
            peak = peak.max(sample.abs());
            // Most frames are far below the ceiling and need no interpolation: reconstruction of
            // TAPS samples cannot exceed their highest by more than the sum of the taps, about 2.5.
            let highest = history.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
            if highest * 2.6 <= self.ceiling {
                continue;
            }
            for phase in &self.phases {
                let mut sum = 0.0;
                for (tap, weight) in phase.iter().enumerate() {
                    sum += history[(self.history_at + TAPS - tap) % TAPS] * weight;
                }
                peak = peak.max(sum.abs());
            }
        }
        peak
    }
}

/// What is no number is silence, and what is beyond any sound (36 dB over full scale) is cut there: arithmetic on the
/// rest stays finite, so that one wild sample cannot stay in a filter for ever.
pub(crate) fn tame(sample: f32) -> f32 {
    if sample.is_nan() {
        0.0
    } else {
        sample.clamp(-64.0, 64.0)
    }
}

/// Windowed-sinc fractional delays at 1/4, 1/2 and 3/4 of a sample about the middle of the taps.
fn interpolation() -> [[f32; TAPS]; 3] {
    let mut phases = [[0.0; TAPS]; 3];
    for (index, phase) in phases.iter_mut().enumerate() {
        let fraction = (index + 1) as f64 / 4.0;
        let middle = (TAPS / 2 - 1) as f64 + fraction;
        for (tap, weight) in phase.iter_mut().enumerate() {
            let x = tap as f64 - middle;
            let sinc = (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x);
            let window = (std::f64::consts::PI * x / TAPS as f64).cos();
            *weight = (sinc * window * window) as f32;
        }
        let sum: f32 = phase.iter().sum();
        for weight in phase.iter_mut() {
            *weight /= sum;
        }
    }
    phases
}
