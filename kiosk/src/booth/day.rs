//! When the tally is written and when its day ends. Not here: what may be counted.

use super::{Booth, SAVE_EVERY};
use crate::admin::health::Way;
use crate::event::Command;
use crate::log_event::{LogEvent, log};
use crate::store::{Close, Running};
use xinting_session::Now;
use xinting_usage::{Tally, Tick};

impl Booth {
    pub(super) fn counted(&mut self, now: Now) {
        let passed = now.monotonic.as_secs() / SAVE_EVERY.as_secs();
        self.save_at = Some(SAVE_EVERY * u32::try_from(passed + 1).unwrap_or(u32::MAX));
    }

    pub(super) fn save_if_due(&mut self, now: Now, out: &mut Vec<Command>) {
        if self.may_save() && self.save_at.is_some_and(|at| at <= now.monotonic) {
            self.save_at = None;
            out.push(Command::Save(self.running));
        }
    }

    /// The tally of a new period never goes over that of one whose end the store does not have yet.
    pub(super) fn may_save(&self) -> bool {
        self.closing.len() == usize::from(self.handed)
    }

    /// Hands the end of a period to the store, one at a time.
    pub(super) fn close_if_due(&mut self, now: Now, out: &mut Vec<Command>) {
        if self.handed || self.close_at.is_some_and(|at| now.monotonic < at) {
            return;
        }
        let Some(close) = self.closing.front() else {
            return;
        };
        out.push(Command::Close(close.clone()));
        let late = close.next != self.running;
        self.handed = true;
        self.close_at = None;
        if late {
            // It begins the next period with nothing, and that has gone on.
            self.counted(now);
        }
    }

    /// Closes the period at the first chance after local midnight, outside a visit.
    pub(super) fn period(&mut self, now: Now) {
        let today = now.civil.map(|civil| civil.date());
        match self.running.period.tick(today, self.session.in_visit()) {
            Tick::Continue => {}
            Tick::Dated(period) => {
                self.running.period = period;
                self.counted(now);
            }
            Tick::Close { closed, next } => {
                let booth = self.booth.as_ref();
                let report = booth
                    .map(|id| xinting_usage::close(&self.running.tally, id, &closed, &self.key));
                if report.is_none() && self.facts.district != Way::NotConfigured {
                    log(LogEvent::PeriodWithoutBooth);
                }
                self.running = Running {
                    period: next,
                    tally: Tally::ZERO,
                };
                self.save_at = None;
                self.closing.push_back(Close {
                    date: closed.date().to_string(),
                    report,
                    next: self.running,
                });
            }
        }
    }
}
