//! The running tally as one row of fixed size: period and cells, every byte always present.
//!
//! Two such rows of the same store have the same length whatever was counted, so neither the size nor the number of
//! a record tells of visits.

use jiff::civil::Date;
use xinting_usage::{OpenPeriod, Tally};

/// Bytes of the date: `YYYY-MM-DD`, or ten hyphens while it is unknown.
const DATE_LEN: usize = 10;
const UNKNOWN: &[u8; DATE_LEN] = b"----------";

/// The open period and its counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Which period.
    pub period: OpenPeriod,
    /// What was counted in it.
    pub tally: Tally,
}

impl Running {
    /// Length of [`Self::period_row`], always.
    pub const PERIOD_LEN: usize = 4 + 4 + DATE_LEN;

    /// The period as kept: epoch and sequence little-endian, then the date.
    #[must_use]
    pub fn period_row(&self) -> Vec<u8> {
        let mut row = Vec::with_capacity(Self::PERIOD_LEN);
        row.extend_from_slice(&self.period.epoch().to_le_bytes());
        row.extend_from_slice(&self.period.sequence().to_le_bytes());
        match self.period.date() {
            Some(date) => row.extend_from_slice(date.to_string().as_bytes()),
            None => row.extend_from_slice(UNKNOWN),
        }
        row
    }

    /// The counts as kept.
    #[must_use]
    pub fn cells_row(&self) -> [u8; Tally::ROW_LEN] {
        self.tally.to_row()
    }

    /// Reads a row; `None` if it is not one that was kept by this program.
    #[must_use]
    pub fn from_rows(period: &[u8], cells: &[u8]) -> Option<Self> {
        if period.len() != Self::PERIOD_LEN {
            return None;
        }
        let (epoch, rest) = period.split_first_chunk::<4>()?;
        let (sequence, date) = rest.split_first_chunk::<4>()?;
        let date = if date == UNKNOWN {
            None
        } else {
            Some(std::str::from_utf8(date).ok()?.parse::<Date>().ok()?)
        };
        Some(Self {
            period: OpenPeriod::restore(
                u32::from_le_bytes(*epoch),
                u32::from_le_bytes(*sequence),
                date,
            )?,
            tally: Tally::from_row(cells).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use xinting_usage::{Fact, VisitFacts};

    #[test]
    fn a_row_has_one_length_and_reads_back() {
        let mut tally = Tally::ZERO;
        let mut visit = VisitFacts::new();
        visit.record(Fact::VisitBegan);
        for count in 0..300 {
            let day = (count > 3).then(|| date(2026, 5, 25));
            let running = Running {
                period: OpenPeriod::restore(7, 1 + count, day).unwrap(),
                tally,
            };
            let (period, cells) = (running.period_row(), running.cells_row());
            assert_eq!(period.len(), Running::PERIOD_LEN);
            assert_eq!(Running::from_rows(&period, &cells), Some(running));
            tally.add(&visit);
        }
    }

    #[test]
    fn damage_is_no_row() {
        let running = Running {
            period: OpenPeriod::restore(7, 1, None).unwrap(),
            tally: Tally::ZERO,
        };
        let (period, cells) = (running.period_row(), running.cells_row());
        assert_eq!(Running::from_rows(&period[1..], &cells), None);
        assert_eq!(Running::from_rows(&period, &cells[1..]), None);
        assert_eq!(Running::from_rows(&[], &[]), None);
        let mut negative = cells;
        negative[7] = 0xff;
        assert_eq!(Running::from_rows(&period, &negative), None);
        for (range, byte) in [(0..4, 0), (4..8, 0), (8..9, b'x')] {
            let mut bad = period.clone();
            bad[range.clone()].fill(byte);
            assert_eq!(Running::from_rows(&bad, &cells), None, "{range:?}");
        }
    }
}
