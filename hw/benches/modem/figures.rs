//! Times as the figures that are printed.

use std::time::Duration;

/// A row of samples.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that `share` of the samples do not exceed (nearest rank).
    fn at(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted[rank.clamp(1, sorted.len()) - 1]
    }

    pub(crate) fn p50(&self) -> Duration {
        self.at(0.5)
    }

    pub(crate) fn p99(&self) -> Duration {
        self.at(0.99)
    }

    fn most(&self) -> Duration {
        self.at(1.0)
    }

    /// Median, 99th percentile and maximum in milliseconds.
    pub(crate) fn three(&self) -> String {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        format!(
            "{:.2} / {:.2} / {:.2}",
            ms(self.p50()),
            ms(self.p99()),
            ms(self.most())
        )
    }
}
