//! Seeded randomness for sound: small, fast, the same everywhere. Not for secrets.

/// SplitMix64 (Steele, Lea and Flood 2014): one addition and three mixing steps a number.
#[derive(Debug, Clone)]
pub(super) struct Noise(u64);

impl Noise {
    /// Streams with different `stream` numbers are unrelated, so that each part of a sound has its own.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut noise = Self(seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03));
        noise.next();
        noise
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Even between 0 and 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Even between `low` and `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// White noise between -1 and 1.
    pub(super) fn white(&mut self) -> f64 {
        self.unit() * 2.0 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_even_repeatable_and_differs_by_stream() {
        let mut first = Noise::new(7, 1);
        let mut again = Noise::new(7, 1);
        let mut other = Noise::new(7, 2);
        let (mut sum, mut square, mut same) = (0.0, 0.0, 0);
        for _ in 0..100_000 {
            let value = first.white();
            assert!((-1.0..=1.0).contains(&value));
            assert_eq!(value, again.white());
            same += usize::from(value == other.white());
            sum += value;
            square += value * value;
        }
        assert!((sum / 1e5).abs() < 0.01);
        assert!((square / 1e5 - 1.0 / 3.0).abs() < 0.01);
        assert_eq!(same, 0);
    }
}
