//! What is done about a module that has stopped answering: a reset by command, then its power, then the port, each
//! followed by a pause in which it is asked whether it is back; then again, with pauses that grow.
//!
//! It decides which step is next and how long to wait after it. It sends nothing, and it is never begun while a call
//! may be up and well; the core sees to both.

use std::time::Duration;

use crate::modem::timer::Timings;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    SoftReset,
    PowerCycle,
    Reopen,
}

/// Where the remedies stand.
#[derive(Debug)]
pub(super) struct Recovery {
    next: Remedy,
    rounds: u8,
}

impl Recovery {
    /// More doublings of the pause than this cannot matter.
    const MOST_ROUNDS: u8 = 8;

    pub(super) const fn new() -> Self {
        Self {
            next: Remedy::SoftReset,
            rounds: 0,
        }
    }

    /// The pause before the next remedy: it doubles with each whole round, up to [`Timings::recover_most`].
    pub(super) fn pause(&self, timings: &Timings) -> Duration {
        timings
            .recover
            .saturating_mul(1 << self.rounds)
            .min(timings.recover_most)
    }

    /// Takes the remedy whose time has come.
    pub(super) fn take(&mut self) -> Remedy {
        let remedy = self.next;
        self.next = match remedy {
            Remedy::SoftReset => Remedy::PowerCycle,
            Remedy::PowerCycle => Remedy::Reopen,
            Remedy::Reopen => {
                self.rounds = (self.rounds + 1).min(Self::MOST_ROUNDS);
                Remedy::SoftReset
            }
        };
        remedy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_remedies_a_round_and_pauses_that_grow_to_a_limit() {
        let timings = Timings::default();
        let mut recovery = Recovery::new();
        let mut pauses = Vec::new();
        for round in 0..12 {
            for remedy in [Remedy::SoftReset, Remedy::PowerCycle, Remedy::Reopen] {
                assert_eq!(recovery.take(), remedy, "round {round}");
            }
            pauses.push(recovery.pause(&timings));
        }
        assert!(pauses.is_sorted());
        assert_eq!(pauses[0], timings.recover * 2);
        assert_eq!(pauses[11], timings.recover_most);
        assert!(timings.recover_most <= Duration::from_secs(60));
    }
}
