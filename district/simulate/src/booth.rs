//! One simulated booth: the counting is the real code, the network is
//! deliberately a little bad.

use std::ops::AddAssign;

use jiff::civil::Date;
use thiserror::Error;
use xinting_usage::retry::{self, Verdict};
use xinting_usage::{BoothKey, Cell, KeyError, OpenPeriod, SignedReport, Tally, Tick, close};
use xinting_wire::{BoothId, EnrolError, EnrolResponse};

use crate::life::{Dice, School};
use crate::link::{Answer, Link};

/// How often a report is tried before it counts as unanswered.
const ATTEMPTS: u32 = 3;

/// Why a booth cannot begin or go on.
#[derive(Debug, Error)]
pub(crate) enum BoothError {
    #[error("no key or no request could be made")]
    Key(#[source] KeyError),
    #[error("the district does not answer")]
    Silence,
    #[error("the district refused a code with status {0}")]
    Refused(u16),
    #[error("the district's answer is not understood")]
    Answer(#[source] EnrolError),
}

/// What became of the reports.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) visits: i64,
    pub(crate) reports: u64,
    pub(crate) stored: u64,
    pub(crate) again: u64,
    pub(crate) refused: u64,
    pub(crate) unanswered: u64,
}

impl AddAssign for Sent {
    fn add_assign(&mut self, more: Self) {
        self.visits += more.visits;
        self.reports += more.reports;
        self.stored += more.stored;
        self.again += more.again;
        self.refused += more.refused;
        self.unanswered += more.unanswered;
    }
}

pub(crate) struct Booth {
    id: BoothId,
    key: BoothKey,
    school: School,
    dice: Dice,
    period: OpenPeriod,
    tally: Tally,
    outbox: Vec<SignedReport>,
    sent: Sent,
}

impl Booth {
    /// Trades the code; the booth opens on `first`.
    pub(crate) fn enrol(
        link: &Link,
        code: &str,
        seed: u64,
        number: u64,
        first: Date,
    ) -> Result<Self, BoothError> {
        let key = BoothKey::generate().map_err(BoothError::Key)?;
        let enrolment = key.enrol(code).map_err(BoothError::Key)?;
        let (status, body) = link.enrol(&enrolment).ok_or(BoothError::Silence)?;
        if !matches!(status, 200 | 201) {
            return Err(BoothError::Refused(status));
        }
        let id = EnrolResponse::decode(&body)
            .map_err(BoothError::Answer)?
            .booth;
        let mut dice = Dice::new(seed.wrapping_mul(0x1_0000_0001).wrapping_add(number));
        let school = School::new(&mut dice);
        let mut period = OpenPeriod::first().map_err(BoothError::Key)?;
        if let Tick::Dated(dated) = period.tick(Some(first), false) {
            period = dated;
        }
        Ok(Self {
            id,
            key,
            school,
            dice,
            period,
            tally: Tally::ZERO,
            outbox: Vec::new(),
            sent: Sent::default(),
        })
    }

    /// One day: midnight's report first, then the visits.
    pub(crate) fn live(&mut self, link: &Link, day: Date) -> Result<(), BoothError> {
        match self.period.tick(Some(day), false) {
            Tick::Continue => {}
            Tick::Dated(period) => self.period = period,
            Tick::Close { closed, next } => {
                self.sent.visits += self.tally.get(Cell::Visits);
                self.sent.reports += 1;
                self.outbox
                    .push(close(&self.tally, &self.id, &closed, &self.key));
                self.tally = Tally::ZERO;
                self.period = next;
                self.post(link);
            }
        }
        for _ in 0..self.school.visits(day, &mut self.dice) {
            self.tally.add(&self.school.visit(&mut self.dice));
        }
        Ok(())
    }

    /// Sends what is still waiting, and says how everything went.
    pub(crate) fn finish(mut self, link: &Link) -> Sent {
        for _ in 0..ATTEMPTS {
            self.post(link);
        }
        self.sent.unanswered += u64::try_from(self.outbox.len()).unwrap_or(u64::MAX);
        self.sent
    }

    fn post(&mut self, link: &Link) {
        for report in std::mem::take(&mut self.outbox) {
            let mut answer = link.report(&report);
            if self.dice.chance(10) {
                self.sent.again += 1;
                answer = link.report(&report);
            }
            if self.dice.chance(5) {
                // The answer gets lost on the way back.
                self.sent.again += 1;
                self.outbox.push(report);
                continue;
            }
            match judge(&report, &answer) {
                Verdict::Done => self.sent.stored += 1,
                Verdict::SetAside { .. } => self.sent.refused += 1,
                Verdict::Retry => self.outbox.push(report),
            }
        }
    }
}

fn judge(report: &SignedReport, answer: &Answer) -> Verdict {
    let answer = match answer {
        Some((status, body)) => retry::Answer::Reply {
            status: *status,
            body,
        },
        None => retry::Answer::Silence,
    };
    retry::judge(&report.idempotency_key, answer)
}
