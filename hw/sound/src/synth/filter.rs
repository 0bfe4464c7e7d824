//! One filter for everything: a state-variable low, band and high pass whose corner may move every sample.

use std::f64::consts::PI;

/// Two-pole state-variable filter (Simper's trapezoidal form), stable while its corner moves.
#[derive(Debug, Clone)]
pub(super) struct Svf {
    g: f64,
    k: f64,
    one: f64,
    two: f64,
}

/// The three outputs of one step.
pub(super) struct Bands {
    pub(super) low: f64,
    pub(super) band: f64,
    pub(super) high: f64,
}

impl Svf {
    /// Corner in Hz and resonance Q (0.7 is flat). The band output has unit gain at the corner.
    pub(super) fn new(hz: f64, q: f64) -> Self {
        let mut filter = Self {
            g: 0.0,
            k: 1.0 / q,
            one: 0.0,
            two: 0.0,
        };
        filter.tune(hz);
        filter
    }

    /// Moves the corner; 20 Hz to 20 kHz.
    pub(super) fn tune(&mut self, hz: f64) {
        self.g = (PI * hz.clamp(20.0, 20_000.0) / f64::from(crate::SAMPLE_RATE)).tan();
    }

    /// One sample through.
    pub(super) fn step(&mut self, input: f64) -> Bands {
        let a1 = 1.0 / (1.0 + self.g * (self.g + self.k));
        let v3 = input - self.two;
        let v1 = a1 * self.one + self.g * a1 * v3;
        let v2 = self.two + self.g * v1;
        self.one = 2.0 * v1 - self.one;
        self.two = 2.0 * v2 - self.two;
        Bands {
            low: v2,
            band: self.k * v1,
            high: input - self.k * v1 - v2,
        }
    }
}

/// Steep low pass of six poles: what makes noise soft to the ear and small in FLAC.
#[derive(Debug, Clone)]
pub(super) struct Steep([Svf; 3]);

impl Steep {
    /// Butterworth of sixth order at `hz`.
    pub(super) fn new(hz: f64) -> Self {
        Self([0.517_6, std::f64::consts::FRAC_1_SQRT_2, 1.931_9].map(|q| Svf::new(hz, q)))
    }

    /// One sample through.
    pub(super) fn step(&mut self, input: f64) -> f64 {
        self.0
            .iter_mut()
            .fold(input, |sample, filter| filter.step(sample).low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain in dB for a sine after settling.
    fn gain_at(hz: f64, mut filter: impl FnMut(f64) -> f64) -> f64 {
        let mut most = 0.0_f64;
        for n in 0..48_000 {
            let out = filter((f64::from(n) / 48_000.0 * hz * 2.0 * PI).sin());
            if n > 24_000 {
                most = most.max(out.abs());
            }
        }
        20.0 * most.log10()
    }

    #[test]
    fn each_output_passes_its_own_band() {
        let mut low = Svf::new(1000.0, 0.707);
        assert!(gain_at(100.0, |x| low.step(x).low).abs() < 0.1);
        let mut low = Svf::new(1000.0, 0.707);
        assert!((gain_at(1000.0, |x| low.step(x).low) + 3.0).abs() < 0.2);
        let mut high = Svf::new(1000.0, 0.707);
        assert!(gain_at(100.0, |x| high.step(x).high) < -38.0);
        let mut band = Svf::new(1000.0, 2.0);
        assert!(gain_at(1000.0, |x| band.step(x).band).abs() < 0.1);
        let mut band = Svf::new(1000.0, 2.0);
        assert!(gain_at(8000.0, |x| band.step(x).band) < -20.0);
    }

    #[test]
    fn the_steep_one_falls_36_db_an_octave() {
        let mut filter = Steep::new(2000.0);
        assert!(gain_at(500.0, |x| filter.step(x)).abs() < 0.1);
        let mut filter = Steep::new(2000.0);
        assert!((gain_at(4000.0, |x| filter.step(x)) + 36.5).abs() < 1.5);
    }
}
