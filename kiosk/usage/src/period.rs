//! When a reporting period closes. A pure decision from the local date: no
//! clock is read and nothing is stored here.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::key::KeyError;

/// Years a local date can lie in to be believed; the wire knows no other.
const PLAUSIBLE_YEARS: RangeInclusive<i16> = 2020..=2199;

/// The period being counted. Its identity is epoch and sequence; the date may
/// still be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPeriod {
    epoch: u32,
    sequence: u32,
    date: Option<Date>,
}

/// A period that will not be counted into again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedPeriod {
    pub(crate) epoch: u32,
    pub(crate) sequence: u32,
    pub(crate) date: Date,
}

impl ClosedPeriod {
    /// Number of the period within its epoch.
    #[must_use]
    pub const fn sequence(&self) -> u32 {
        self.sequence
    }

    /// The local date of the period.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }
}

/// What a tick asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Nothing.
    Continue,
    /// The same period goes on, its date now known or put right: store it.
    Dated(OpenPeriod),
    /// Close `closed` and go on in `next` with a tally of zero; both belong in
    /// one transaction.
    Close {
        /// The period to report.
        closed: ClosedPeriod,
        /// The period that is open from now on.
        next: OpenPeriod,
    },
}

impl OpenPeriod {
    /// The first period of a new store: a random epoch, sequence 1, no date.
    ///
    /// # Errors
    /// [`KeyError::Randomness`] if the system gives no random bytes.
    pub fn first() -> Result<Self, KeyError> {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).map_err(KeyError::Randomness)?;
        // Never 0, which the wire refuses.
        Ok(Self {
            epoch: u32::from_le_bytes(bytes).max(1),
            sequence: 1,
            date: None,
        })
    }

    /// The period as it was stored; `None` if it cannot have been.
    #[must_use]
    pub fn restore(epoch: u32, sequence: u32, date: Option<Date>) -> Option<Self> {
        let good = epoch > 0
            && sequence > 0
            && date.is_none_or(|date| PLAUSIBLE_YEARS.contains(&date.year()));
        good.then_some(Self {
            epoch,
            sequence,
            date,
        })
    }

    /// The life of the store, at least 1.
    #[must_use]
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Number of the period within the epoch, from 1.
    #[must_use]
    pub const fn sequence(&self) -> u32 {
        self.sequence
    }

    /// The date counts belong to; `None` until the clock has been plausible
    /// once since the period began.
    #[must_use]
    pub const fn date(&self) -> Option<Date> {
        self.date
    }

    /// Decides, given today's local date (`None` while the clock is not to be
    /// believed) and whether a visit is going on.
    ///
    /// - During a visit nothing changes, so a visit never straddles two periods.
    /// - An unknown clock continues.
    /// - A period without a date takes today's.
    /// - A later date closes the period, once: what follows is a new sequence.
    /// - An earlier date continues the same period. If the clock went back by
    ///   more than a day, the period had a date from a wrong clock and takes
    ///   today's; otherwise a date far ahead would hold it open for years.
    #[must_use]
    pub fn tick(&self, today: Option<Date>, in_visit: bool) -> Tick {
        let Some(today) = today.filter(|date| PLAUSIBLE_YEARS.contains(&date.year())) else {
            return Tick::Continue;
        };
        if in_visit {
            return Tick::Continue;
        }
        let Some(date) = self.date else {
            return Tick::Dated(Self {
                date: Some(today),
                ..*self
            });
        };
        if today > date {
            let Some(sequence) = self.sequence.checked_add(1) else {
                return Tick::Continue;
            };
            let closed = ClosedPeriod {
                epoch: self.epoch,
                sequence: self.sequence,
                date,
            };
            let next = Self {
                epoch: self.epoch,
                sequence,
                date: Some(today),
            };
            return Tick::Close { closed, next };
        }
        let day_before = date.yesterday().unwrap_or(date);
        if today < day_before {
            return Tick::Dated(Self {
                date: Some(today),
                ..*self
            });
        }
        Tick::Continue
    }
}
