//! From a complete sheet of answers to a total, a band or a reflection.
//!
//! Pure integers for instruments; a check-in's mean is a proportion. Nothing here keeps an answer.

use super::{Instrument, InstrumentKind, Item, Score};

/// Why a sheet cannot be scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// The sheet does not have one place for each item.
    #[error("scoring a sheet of {given} answers for an instrument of {expected} items")]
    WrongLength {
        /// Places on the sheet.
        given: usize,
        /// Items of the instrument.
        expected: usize,
    },
    /// An item has not been answered. Missing answers are never guessed.
    #[error("scoring a sheet whose item {item} has no answer")]
    Unanswered {
        /// The first such item, counted from 1.
        item: usize,
    },
    /// An answer names an option that the item does not have.
    #[error("scoring a sheet whose item {item} has only {options} options")]
    NoSuchOption {
        /// The item, counted from 1.
        item: usize,
        /// How many options it has.
        options: usize,
    },
    /// The total lies in no band: the instrument was not validated when it was read.
    #[error("scoring a total of {total}, which no band covers")]
    NoBand {
        /// The total.
        total: i32,
    },
}

impl Item {
    /// Whether choosing `option` (an index into `options`) opens the support path at once. The value
    /// compared is the option's own, before any reversal.
    pub fn is_risk(&self, option: usize) -> bool {
        match (self.risk_at, self.options.get(option)) {
            (Some(at), Some(option)) => option.value >= at,
            _ => false,
        }
    }

    /// The lowest and highest option value.
    pub fn range(&self) -> (i32, i32) {
        let values = || self.options.iter().map(|option| option.value);
        (values().min().unwrap_or(0), values().max().unwrap_or(0))
    }

    /// What choosing `option` counts, reversed where the item is.
    fn counted(&self, option: usize) -> Option<i32> {
        let value = self.options.get(option)?.value;
        let (low, high) = self.range();
        Some(if self.reverse {
            high + low - value
        } else {
            value
        })
    }
}

impl Instrument {
    /// The lowest and highest total a complete sheet can have, as scored (WHO-5: 0 and 100).
    pub fn total_range(&self) -> (i32, i32) {
        let (low, high) = self.items.iter().fold((0, 0), |(low, high), item| {
            let (item_low, item_high) = item.range();
            (low + item_low, high + item_high)
        });
        (
            low * self.scoring.multiplier,
            high * self.scoring.multiplier,
        )
    }

    /// Scores a complete sheet: `answers[i]` is the index of the option chosen for item `i`.
    ///
    /// # Errors
    /// [`ScoreError`] if the sheet has the wrong length, a missing answer or an unknown option.
    /// A missing answer is an error: no total is ever extrapolated.
    pub fn score(&self, answers: &[Option<usize>]) -> Result<Score, ScoreError> {
        if answers.len() != self.items.len() {
            return Err(ScoreError::WrongLength {
                given: answers.len(),
                expected: self.items.len(),
            });
        }
        let mut raw = 0;
        let mut share = 0.0;
        let mut risk = false;
        for (index, (item, answer)) in self.items.iter().zip(answers).enumerate() {
            let number = index + 1;
            let option = answer.ok_or(ScoreError::Unanswered { item: number })?;
            let counted = item.counted(option).ok_or(ScoreError::NoSuchOption {
                item: number,
                options: item.options.len(),
            })?;
            let (low, high) = item.range();
            raw += counted;
            share += f64::from(counted - low) / f64::from((high - low).max(1));
            risk |= item.is_risk(option);
        }
        let total = raw * self.scoring.multiplier;
        let (band, reflection) = match self.kind {
            InstrumentKind::Standard => (Some(self.band_of(total)?), None),
            InstrumentKind::CheckIn => (None, self.reflection_of(share)),
        };
        Ok(Score {
            total,
            band,
            reflection,
            risk,
        })
    }

    fn band_of(&self, total: i32) -> Result<usize, ScoreError> {
        self.bands
            .iter()
            .position(|band| (band.from..=band.to).contains(&total))
            .ok_or(ScoreError::NoBand { total })
    }

    /// The last reflection whose threshold the mean reaches. `share` is the sum over the items of
    /// each one's place in its range, 0 to 1.
    fn reflection_of(&self, share: f64) -> Option<usize> {
        // The sum of fractions such as 1/3 may fall short of an integer percentage by a rounding
        // error; a billionth of a per cent is far below one answer of any sheet.
        let percent = share * 100.0 / self.items.len().max(1) as f64 + 1e-9;
        self.reflections
            .iter()
            .rposition(|words| percent >= f64::from(words.from_percent))
    }
}

#[cfg(test)]
mod tests;
